/*
 * What the two fault libraries share. They are preloaded into one qmvc by the shell's assignment
 * before the command; the helpers, scanners and commands that it starts have environments of their
 * own, and what runs between fork(2) and exec(2) is told apart by its process id. So every count is
 * qmvc's.
 *
 *	FAULT_AT	the number of the call that fails, from 1
 *	FAULT_REPORT	a file that is made when it fails, and says what did
 *	FAULT_TRACE	when set, the report also says from where it was called
 *
 * A preloaded function must not use what it replaces; the report is written by bare system calls.
 */
#pragma once

#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FAULT_FRAMES 32

static struct {
	long at; /* 0: none fails */
	pid_t pid;
	const char *report;
	bool trace;
	bool busy; /* in fault_report(): what it calls is not counted */
	atomic_long count;
} fault;

__attribute__((constructor)) static void fault_begin(void)
{
	const char *at = getenv("FAULT_AT");

	fault.report = getenv("FAULT_REPORT");
	fault.trace = getenv("FAULT_TRACE") != NULL;
	fault.pid = (pid_t)syscall(SYS_getpid);
	fault.at = at && fault.report ? atol(at) : 0;
}

static void fault_report(const char *what, int argument)
{
	char line[80];
	int length = snprintf(line, sizeof(line), "%s %d\n", what, argument);
	int fd = (int)syscall(
		SYS_openat, AT_FDCWD, fault.report, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	fault.busy = true;
	if (fd >= 0 && syscall(SYS_write, fd, line, length) == length && fault.trace) {
		void *frames[FAULT_FRAMES];

		backtrace_symbols_fd(frames, backtrace(frames, FAULT_FRAMES), fd);
	}
	syscall(SYS_close, fd);
	fault.busy = false;
}

/* Is this the call that fails? `argument` is for the report alone. */
static bool fault_due(const char *what, int argument)
{
	int saved = errno;
	bool due;

	if (fault.at == 0 || fault.busy || syscall(SYS_getpid) != fault.pid)
		return false;
	due = atomic_fetch_add(&fault.count, 1) + 1 == fault.at;
	if (due)
		fault_report(what, argument);
	errno = saved;
	return due;
}
