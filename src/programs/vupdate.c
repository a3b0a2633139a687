/*
 * vupdate(8): has each configured engine fetch its patterns, by its own update. One at a time on a
 * profile: two updaters in one directory of patterns would undo each other's work.
 */
#include "programs/vupdate.h"

#include "base/cleanup.h"
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <sys/file.h>

/* sysexits.h's EX_TEMPFAIL: another one is at it. */
#define EXIT_LOCKED 75

#define TIMEOUT_S     900
#define TIMEOUT_MAX_S 86400

static const char usage[] =
	"usage: vupdate [-qu] [-c BASEDIR] [-t SECONDS] [ENGINE]...\n"
	"       vupdate -V | -h\n"
	"\n"
	"Updates the patterns of the configured engines, or of those named by initial or engine.\n"
	"\n"
	"  -q          print only what failed, for cron\n"
	"  -u          the profile in ~/qmvc\n"
	"  -c BASEDIR  a shared profile, searched first\n"
	"  -t SECONDS  for each update at the longest (900)\n"
	"\n"
	"Exit code: 0 all are current, 1 some failed, 2 usage or profile, 75 another one is "
	"running.\n"
	"See vupdate(8), qmvc-scanners(5).\n";

struct command {
	struct asking asking;
	char *const *names;
	unsigned timeout_ms;
	bool quiet;
};

static int fail(const struct error *error)
{
	return asking_fail("vupdate", error);
}

/* Returns the lock's descriptor, -EWOULDBLOCK when another one has it, or an errno with *error set. */
static int lock(const struct profile *profile, struct error *error)
{
	cleanup_fd int run = -1, fd = -1;
	int result = profile_make_state(profile, error);

	if (result)
		return result;
	run = open(profile->run, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (run >= 0)
		fd = openat(run, "vupdate.lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0)
		return error_set_errno(error, -errno, "%s/vupdate.lock", profile->run);
	return take_fd(&fd);
}

/* Runs them one after the other, and prints each line when it is known. */
static int run_all(struct command *command, struct updates *updates, struct error *error)
{
	bool failed = false;

	for (unsigned i = 0; i < updates->count; i++) {
		cleanup_buf struct buf out = {0};
		struct update *update = &updates->list[i];
		int result = vupdate_run(&command->asking, update, command->timeout_ms, error);

		if (result < 0)
			return result;
		vupdate_tell(&command->asking, update, command->quiet, &out);
		result = asking_print(&out, error);
		if (result < 0)
			return result;
		failed |= update->failed;
	}
	return failed ? EXIT_UNUSABLE : EXIT_USABLE;
}

static int work(const char *room, const void *context)
{
	struct command command = *(const struct command *)context;
	struct updates updates = {0};
	struct error error = {0};
	cleanup_fd int held = -1;
	int result = asking_begin(&command.asking, room, &error);

	if (result == 0)
		result = asking_read_scanners(&command.asking, &error);
	if (result == 0)
		result = vupdate_plan(&command.asking, command.names, &updates, &error);
	if (result == 0) {
		held = lock(&command.asking.profile, &error);
		result = held < 0 ? held : run_all(&command, &updates, &error);
	}
	asking_end(&command.asking);
	if (result == -EWOULDBLOCK) {
		if (!command.quiet)
			fputs("vupdate: another one is running on this profile\n", stderr);
		return EXIT_LOCKED;
	}
	return result < 0 ? fail(&error) : result;
}

static int take(int letter, char *const *argv, struct command *command, struct error *error)
{
	uint64_t seconds;

	switch (letter) {
	case 'q':
		command->quiet = true;
		return 0;
	case 't':
		if (slice_to_size(slice_cstr(optarg), &seconds) < 0 || seconds < 1 ||
			seconds > TIMEOUT_MAX_S)
			return error_set(
				error, -EINVAL, "option -t: 1 to %d seconds", TIMEOUT_MAX_S);
		command->timeout_ms = (unsigned)seconds * 1000;
		return 0;
	default:
		return asking_option(&command->asking, letter, argv, error);
	}
}

/* Returns 0, 1 when all is said, or -EINVAL with *error set. */
static int parse(int argc, char **argv, struct command *command, struct error *error)
{
	static const struct option long_options[] = {{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'}, {NULL, 0, NULL, 0}};
	int letter, failed;

	opterr = 0;
	while ((letter = getopt_long(argc, argv, "+:c:hqt:uV", long_options, NULL)) != -1) {
		if (letter == 'h' || letter == 'V') {
			fputs(letter == 'h' ? usage : "vupdate " QMVC_VERSION "\n", stdout);
			return 1;
		}
		failed = take(letter, argv, command, error);
		if (failed)
			return failed;
	}
	command->names = argv + optind;
	return 0;
}

int main(int argc, char **argv)
{
	struct command command = {.timeout_ms = TIMEOUT_S * 1000};
	struct error error = {0};
	int result = parse(argc, argv, &command, &error);

	if (result)
		return result > 0 ? EXIT_USABLE : fail(&error);
	return asking_run("vupdate", work, &command);
}
