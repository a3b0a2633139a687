/*
 * Starting a daemon; see detach.h. The usual two forks, with two pipes between:
 *
 *	we -> intermediate -> daemon
 *
 * `report` is closed by a successful exec(3) and carries an errno otherwise; `go` holds the
 * intermediate back until we have stopped taking orphans, so that its end hands the daemon to a
 * reaper above us, and so that this moment is as short as can be.
 */
#include "loop/detach.h"

#include "base/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* Where descriptors are kept out of the way while 0 to 6 are filled. */
#define HIGH 64

/* To the defaults, whatever we ignore or block. */
static void reset_signals(void)
{
	struct sigaction normal = {.sa_handler = SIG_DFL};
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		sigaction(number, &normal, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Puts everything where the daemon is to find it, and closes the rest. Returns 0 or an errno. */
static int arrange_fds(const struct detach_options *options, int *report)
{
	int fds[DETACH_FDS], null = open("/dev/null", O_RDWR);

	*report = fcntl(*report, F_DUPFD_CLOEXEC, HIGH);
	if (null < 0 || *report < 0)
		return errno;
	for (unsigned i = 0; i < options->fd_count; i++)
		if ((fds[i] = fcntl(options->fds[i], F_DUPFD, HIGH)) < 0)
			return errno;
	for (int fd = 0; fd <= 2; fd++)
		if (dup2(null, fd) < 0)
			return errno;
	for (unsigned i = 0; i < options->fd_count; i++)
		if (dup2(fds[i], 3 + (int)i) < 0)
			return errno;
	close_range(3 + options->fd_count, (unsigned)*report - 1, 0);
	close_range((unsigned)*report + 1, ~0U, 0);
	return 0;
}

_Noreturn static void become(const struct detach_options *options, int report)
{
	static char *const no_environment[] = {NULL};
	char *const *argv = (char *const *)(uintptr_t)options->argv;
	char *const *envp =
		options->envp ? (char *const *)(uintptr_t)options->envp : no_environment;
	int failed;

	reset_signals();
	umask(077);
	failed = arrange_fds(options, &report);
	if (!failed && chdir("/") < 0)
		failed = errno;
	if (!failed) {
		execve(argv[0], argv, envp);
		failed = errno;
	}
	if (write(report, &failed, sizeof(failed)) < 0)
		_exit(126);
	_exit(127);
}

_Noreturn static void be_intermediate(const struct detach_options *options, int report, int go)
{
	pid_t daemon;
	char byte;
	int failed;

	setsid();
	daemon = fork();
	if (daemon == 0)
		become(options, report);
	failed = daemon < 0 ? errno : 0;
	if (failed && write(report, &failed, sizeof(failed)) < 0)
		_exit(1);
	close(report);
	while (read(go, &byte, 1) < 0 && errno == EINTR)
		;
	_exit(0);
}

/* Lets the intermediate end, and the daemon with it go to whoever is above us. */
static void let_go(pid_t intermediate, int *go)
{
	int reaper = 0;

	prctl(PR_GET_CHILD_SUBREAPER, &reaper);
	prctl(PR_SET_CHILD_SUBREAPER, 0);
	close(take_fd(go));
	while (waitpid(intermediate, NULL, 0) < 0 && errno == EINTR)
		;
	prctl(PR_SET_CHILD_SUBREAPER, reaper);
}

int detach_start(const struct detach_options *options)
{
	int reports[2], goes[2], failed = 0;
	ssize_t got;

	if (!options->argv || !options->argv[0] || options->argv[0][0] != '/' ||
		options->fd_count > DETACH_FDS)
		return -EINVAL;
	if (pipe2(reports, O_CLOEXEC) < 0)
		return -errno;

	cleanup_fd int report = reports[0], report_end = reports[1];

	if (pipe2(goes, O_CLOEXEC) < 0)
		return -errno;

	cleanup_fd int go_end = goes[0], go = goes[1];
	pid_t intermediate = fork();

	if (intermediate < 0)
		return -errno;
	if (intermediate == 0) {
		close(report);
		close(go);
		be_intermediate(options, report_end, go_end);
	}
	close(take_fd(&report_end));
	do
		got = read(report, &failed, sizeof(failed));
	while (got < 0 && errno == EINTR);
	let_go(intermediate, &go);
	return got == sizeof(failed) ? -failed : got < 0 ? -EIO : 0;
}
