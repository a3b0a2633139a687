/*
 * Starting a program; see launch.h. By posix_spawn(3) and not by libuv's uv_spawn(): that forks, so
 * the page tables of a process that holds a mail are copied, and afterwards each page that either
 * side writes to, while the next scanner waits to be started. posix_spawn(3) of glibc lends the
 * child our memory until it has begun its program (clone(2): CLONE_VM, CLONE_VFORK), with all
 * signals blocked meanwhile, and returns what execve(2) said.
 *
 * It does what it was told in this order: session, descriptors as added here, directory, program.
 */
#include "loop/launch.h"

#include "base/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FDS_MAX (3 + JOB_EXTRA_FDS)

/* What stands at 0, 1, ... in the child. */
struct fds {
	int given[FDS_MAX]; /* the caller's; -1: none */
	int moved[FDS_MAX]; /* a copy out of the way, ours, or -1 */
	int count;
};

/*
 * Whatever we hold, ours or inherited, must not reach a child unless it was given: a scanner has no
 * business with qmail's descriptors. One call marks all (Linux 5.11); before that, one by one.
 */
static void close_on_exec_all(void)
{
	cleanup_dir DIR *own = NULL;
	struct dirent *entry;

	if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) == 0)
		return;
	own = opendir("/proc/self/fd");
	while (own && (entry = readdir(own))) {
		int fd = atoi(entry->d_name);

		if (fd >= 3)
			fcntl(fd, F_SETFD, FD_CLOEXEC);
	}
}

static void fds_release(struct fds *fds)
{
	for (int i = 0; i < fds->count; i++)
		if (fds->moved[i] >= 0)
			close(fds->moved[i]);
}

/*
 * Copies what stands where another is to stand in the child: it might be overwritten before it is
 * used. Returns 0 or a negative errno.
 */
static int fds_move(struct fds *fds)
{
	for (int i = 0; i < fds->count; i++) {
		if (fds->given[i] < 0 || fds->given[i] >= fds->count || fds->given[i] == i)
			continue;
		fds->moved[i] = fcntl(fds->given[i], F_DUPFD_CLOEXEC, fds->count);
		if (fds->moved[i] < 0)
			return -errno;
	}
	return 0;
}

/* A program expects its standard input and output to wait for it. */
static int make_blocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0)
		return -errno;
	return (flags & O_NONBLOCK) && fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) < 0 ? -errno : 0;
}

/* Returns 0 or an errno, as all of posix_spawn(3) does. */
static int add_actions(
	posix_spawn_file_actions_t *actions, const struct fds *fds, const char *directory)
{
	int failed = 0;

	for (int i = 0; i < fds->count && !failed; i++) {
		int fd = fds->moved[i] >= 0 ? fds->moved[i] : fds->given[i];

		if (fd >= 0) /* also where it stands already: then it loses its mark */
			failed = posix_spawn_file_actions_adddup2(actions, fd, i);
		else if (i == STDIN_FILENO)
			failed = posix_spawn_file_actions_addopen(
				actions, i, "/dev/null", O_RDONLY, 0);
	}
	if (!failed && directory)
		failed = posix_spawn_file_actions_addchdir_np(actions, directory);
	return failed;
}

/* A session means a group of its own, and no terminal. */
static int set_attributes(posix_spawnattr_t *attributes)
{
	sigset_t none, all;
	int failed;

	sigemptyset(&none);
	/* Not sigfillset(3): it leaves out two that are libc's own, and a child would ignore those. */
	memset(&all, 0xff, sizeof(all));
	failed = posix_spawnattr_setsigmask(attributes, &none);
	if (!failed)
		failed = posix_spawnattr_setsigdefault(attributes, &all);
	if (!failed)
		failed = posix_spawnattr_setflags(attributes,
			POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	return failed;
}

/* A script without a first line that names its interpreter. */
static int begin_by_shell(pid_t *pid, const posix_spawn_file_actions_t *actions,
	const posix_spawnattr_t *attributes, char *const *argv, char *const *envp)
{
	static char shell[] = "/bin/sh";
	cleanup_free char **by_shell = NULL;
	size_t count = 0;

	while (argv[count])
		count++;
	by_shell = calloc(count + 2, sizeof(*by_shell));
	if (!by_shell)
		return ENOMEM;
	by_shell[0] = shell;
	memcpy(by_shell + 1, argv, count * sizeof(*argv));
	return posix_spawn(pid, shell, actions, attributes, by_shell, envp);
}

static int begin(const struct job_options *options, const struct fds *fds, pid_t *pid)
{
	static char *const no_environment[] = {NULL};
	char *const *argv = (char *const *)(uintptr_t)options->argv; /* not written to */
	char *const *envp =
		options->envp ? (char *const *)(uintptr_t)options->envp : no_environment;
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int failed = posix_spawn_file_actions_init(&actions);

	if (failed)
		return -failed;
	failed = posix_spawnattr_init(&attributes);
	if (!failed) {
		failed = set_attributes(&attributes);
		if (!failed)
			failed = add_actions(&actions, fds, options->directory);
		if (!failed)
			failed = posix_spawn(pid, argv[0], &actions, &attributes, argv, envp);
		if (failed == ENOEXEC)
			failed = begin_by_shell(pid, &actions, &attributes, argv, envp);
		posix_spawnattr_destroy(&attributes);
	}
	posix_spawn_file_actions_destroy(&actions);
	return -failed;
}

int launch(const struct job_options *options, int out, int err, pid_t *pid)
{
	struct fds fds = {
		.given = {options->stdin_fd, out, err}, .count = 3 + (int)options->extra_count};
	int failed = 0;

	for (int i = 0; i < fds.count; i++)
		fds.moved[i] = -1;
	for (unsigned i = 0; i < options->extra_count; i++)
		fds.given[3 + i] = options->extra_fds[i];
	close_on_exec_all();
	if (options->stdin_fd >= 0)
		failed = make_blocking(options->stdin_fd);
	if (!failed && options->stdout_fd > 0)
		failed = make_blocking(options->stdout_fd);
	if (!failed)
		failed = fds_move(&fds);
	if (!failed)
		failed = begin(options, &fds, pid);
	fds_release(&fds);
	return failed;
}
