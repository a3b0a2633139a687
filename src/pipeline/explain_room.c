/*
 * The private directory of `qmvc -x`, which scanners(8) and vupdate(8) use as well; see
 * explain_room.h. The mail is hostile and the one who asks
 * is at a terminal: neither a crash nor a Ctrl-C may leave parts of somebody's mail in /tmp. So the
 * work is done in a child, and the parent does nothing but wait and clean up.
 */
#include "pipeline/explain_room.h"

#include "base/fd.h"
#include "open/remove_tree.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define TEMPLATE "/tmp/qmvc-x.XXXXXX"

static int make_room(char room[sizeof(TEMPLATE)], struct error *error)
{
	char path[sizeof(TEMPLATE) + 8];
	int result = 0;

	memcpy(room, TEMPLATE, sizeof(TEMPLATE));
	if (!mkdtemp(room))
		return error_set_errno(error, -errno, "cannot make a directory in /tmp");
	snprintf(path, sizeof(path), "%s/tmp", room);
	result = fd_make_dir(path, 0700);
	snprintf(path, sizeof(path), "%s/run", room);
	if (!result)
		result = fd_make_dir(path, 0700);
	if (result)
		remove_tree(room);
	return result ? error_set_errno(error, result, "%s", path) : 0;
}

/* Waits for the child; what this process is told by a signal meanwhile, the child is told too. */
static int wait_for(pid_t child, const sigset_t *signals)
{
	int status;

	for (;;) {
		int number = sigwaitinfo(signals, NULL);

		if (number > 0 && number != SIGCHLD)
			kill(child, number);
		if (waitpid(child, &status, WNOHANG) == child)
			return status;
	}
}

int explain_in_room(int (*work)(const char *room, const void *context), const void *context,
	bool *is_child, struct error *error)
{
	char room[sizeof(TEMPLATE)];
	sigset_t signals, before;
	int status, result;
	pid_t child;

	*is_child = false;
	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, &before);
	result = make_room(room, error);
	if (result)
		return result;
	child = fork();
	if (child == 0) {
		*is_child = true;
		sigprocmask(SIG_SETMASK, &before, NULL);
		return work(room, context);
	}
	if (child < 0)
		result = error_set_errno(error, -errno, "cannot start a process");
	else
		status = wait_for(child, &signals);
	remove_tree(room);
	if (child < 0)
		return result;
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	return error_set(error, -ECHILD, "ended by signal %d", WTERMSIG(status));
}
