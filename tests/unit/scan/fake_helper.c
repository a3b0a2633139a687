/*
 * qmvc-clamav without libclamav: the protocol of clamav_serve.c, resident.c, and an engine that does
 * what the content says. For tests of the back-end libclamav.
 *
 * The database is a directory whose file "load" says how loading goes: KILL (it dies), FAIL (it says
 * why not), WAIT (until that file is gone); whose file "loads" counts by its size how often it was
 * loaded; and whose file "changed", once, has new signatures.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "helpers/clamav_serve.h"
#include "helpers/resident.h"
#include "scan/resident_state.h"

#include <fcntl.h>

static void scan(void *context, int fd, struct buf *answer)
{
	struct buf content = {0};

	(void)context;
	fd_read_all(fd, 1 << 26, &content);
	if (slice_starts(buf_slice(&content), "KILL ALL"))
		kill(getppid(), SIGKILL);
	if (slice_starts(buf_slice(&content), "KILL"))
		raise(SIGKILL);
	if (slice_starts(buf_slice(&content), "CRASH")) {
		signal(SIGSEGV, SIG_DFL); /* a sanitizer would exit instead */
		raise(SIGSEGV);
	}
	if (slice_starts(buf_slice(&content), "HANG"))
		for (;;)
			pause();
	if (slice_starts(buf_slice(&content), "EVIL"))
		buf_add_cstr(answer, "Test.Evil FOUND");
	else
		buf_add_cstr(answer, "OK");
	buf_release(&content);
}

static int serve(void *context, int socket, const char *room)
{
	const struct clamav_engine engine = {
		.scan = scan, .version = "ClamAV 9.9.9", .tmp = room ? room : "/"};
	struct error error = {0};

	(void)context;
	return clamav_serve(socket, &engine, &error) < 0;
}

static bool changed(void *context)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/changed", (const char *)context);
	return unlink(path) == 0;
}

static bool file_says(const char *path, const char *word)
{
	struct buf text = {0};
	bool says = fd_read_file(AT_FDCWD, path, 100, &text) == 0 &&
		    slice_starts(buf_slice(&text), word);

	buf_release(&text);
	return says;
}

/* Returns false: it cannot be loaded. */
static bool load(const char *database)
{
	const struct timespec moment = {.tv_nsec = 1000000};
	char path[512];

	snprintf(path, sizeof(path), "%s/loads", database);
	{
		cleanup_fd int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);

		fd_write_all(fd, slice_cstr("."));
	}
	snprintf(path, sizeof(path), "%s/load", database);
	if (file_says(path, "KILL"))
		raise(SIGKILL);
	while (file_says(path, "WAIT"))
		nanosleep(&moment, NULL);
	return !file_says(path, "FAIL");
}

static int stay(struct resident_options *options, const char *database, bool is_heir)
{
	struct error error = {0};

	if (!is_heir)
		resident_state_write(RESIDENT_LOCK, RESIDENT_LOADING, getpid(), "");
	if (!load(database)) {
		if (is_heir)
			fd_write_all(RESIDENT_HEIR_FD, slice_cstr("no such luck"));
		else
			resident_state_write(
				RESIDENT_LOCK, RESIDENT_FAILED, getpid(), "no such luck");
		return 2;
	}
	options->lock = RESIDENT_LOCK;
	options->listener = RESIDENT_LISTENER;
	options->heir_of = is_heir ? RESIDENT_HEIR_FD : -1;
	options->text = "fake";
	options->serve = serve;
	options->changed = changed;
	options->context = (void *)(uintptr_t)database;
	return resident_run(options, &error) < 0 ? 2 : 0;
}

int main(int argc, char **argv)
{
	struct resident_options options = {.tmp = "/tmp"};
	char *heir[16] = {argv[0], (char[]){"-H"}};
	bool is_heir = false;
	int option;

	for (int i = 1, at = 2; i < argc && at < 15; i++)
		if (strcmp(argv[i], "-H") != 0)
			heir[at++] = argv[i];
	options.argv = heir;
	options.envp = (char *[]){NULL};
	while ((option = getopt(argc, argv, "Hr:s:t:")) != -1) {
		is_heir |= option == 'H';
		if (option == 'r')
			options.idle_s = (unsigned)atoi(optarg);
		if (option == 's')
			options.socket = optarg;
		if (option == 't')
			options.tmp = optarg;
	}
	if (options.socket)
		return stay(&options, optind < argc ? argv[optind] : "/nonexistent", is_heir);
	return serve(NULL, 3, options.tmp) ? 2 : 0;
}
