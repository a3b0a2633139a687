/*
 * Replays files into a fuzz target, without libFuzzer: every test run goes through the corpora. The
 * arguments are files and directories (gone through recursively); one that is missing is named and
 * passed over, because the larger corpora are not part of the sources. A file that takes longer
 * than 20 seconds ends the run by SIGALRM; the name of the one at hand is on stderr then.
 */
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SECONDS 20

static char current[4096];
static size_t replayed;

static void on_signal(int number)
{
	static const char text[] = "replay: died on ";

	/* Nothing can be done about a failing write here. */
	if (write(2, text, sizeof(text) - 1) < 0 || write(2, current, strlen(current)) < 0 ||
		write(2, "\n", 1) < 0)
		_exit(1);
	signal(number, SIG_DFL);
	raise(number);
}

static int replay(const char *path, const struct stat *status, int type, struct FTW *walk)
{
	cleanup_buf struct buf bytes = {0};
	cleanup_free unsigned char *exact = NULL;

	if (type != FTW_F || !S_ISREG(status->st_mode))
		return 0;
	snprintf(current, sizeof(current), "%s", path);
	if (fd_read_file(AT_FDCWD, path, SIZE_MAX, &bytes)) {
		fprintf(stderr, "replay: cannot read %s\n", path);
		return 1;
	}
	/* A block of exactly its size, so that ASan sees the first byte too many. */
	exact = malloc(bytes.len ? bytes.len : 1);
	if (!exact)
		return 1;
	if (bytes.len > 0)
		memcpy(exact, bytes.data, bytes.len);
	alarm(SECONDS);
	LLVMFuzzerTestOneInput(exact, bytes.len);
	alarm(0);
	replayed++;
	return 0;
}

int main(int argc, char **argv)
{
	signal(SIGALRM, on_signal);
	signal(SIGABRT, on_signal);
	for (int i = 1; i < argc; i++) {
		if (access(argv[i], F_OK) != 0) {
			printf("replay: no %s here\n", argv[i]);
			continue;
		}
		if (nftw(argv[i], replay, 16, FTW_PHYS) != 0)
			return 1;
	}
	printf("replay: %zu files\n", replayed);
	return replayed > 0 ? 0 : 77; /* 77: skipped */
}
