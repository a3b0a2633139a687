/*
 * Handing a mail that passes to the command that delivers it; see hand_over.h. By exec, so nothing of
 * ours stays behind, and no exit code can get lost on its way. By then the log says what was decided;
 * when the command defers, the mail is filtered again, as with qmail when a later line of a dot-qmail
 * file does.
 */
#include "pipeline/hand_over.h"

#include "pipeline/exit_code.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

int hand_over_take(const struct delivery *delivery)
{
	return fcntl(delivery->message.fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
}

static int become(char *const *command, int message_fd)
{
	sigset_t none;

	if (message_fd < 0)
		return EBADF;
	if (lseek(message_fd, 0, SEEK_SET) < 0 || dup2(message_fd, STDIN_FILENO) < 0)
		return errno;
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_CHILD_SUBREAPER, 0);
	execvp(command[0], command);
	return errno;
}

int hand_over_run(const struct options *options, int message_fd)
{
	int failed;

	fflush(stdout);
	failed = become(options->command, message_fd);
	printf("qmvc: cannot run %s: %s\n", options->command[0], strerror(failed));
	return exit_code_defer(options);
}
