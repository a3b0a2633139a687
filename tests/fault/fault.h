/*
 * What the two fault libraries share. They are preloaded into one qmvc by the shell's assignment
 * before the command; the helpers, scanners and commands that it starts have environments of their
 * own, from that of qmail-queue LD_PRELOAD is taken away, and what runs between fork(2) and exec(2)
 * is told apart by its process id. So every count is qmvc's.
 *
 *	FAULT_AT	the number of the call that fails, from 1
 *	FAULT_REPORT	a file that is made when it fails, and says what did
 *	FAULT_TRACE	when set, the report also says from where it was called
 *
 * Preloaded into a helper instead, with FAULT_KILL alone, no call fails: the process gets a signal in
 * front of it, and its caller learns what happens then. FAULT_KILL is a file with a struct
 * fault_kill, mapped before the sandbox closes; what has it mapped counts together, helpers that are
 * started anew and the children that they fork: so exactly one of them is hit, and once, or, when
 * that is asked for, each of them.
 *
 * A preloaded function must not use what it replaces; the report is written by bare system calls.
 */
#pragma once

#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FAULT_FRAMES 32

/* Known to test_killed.py too. */
struct fault_kill {
	int64_t at, signal; /* in front of which call, and which signal */
	int64_t each;	    /* not 0: every process counts for itself, and none is spared */
	atomic_llong count; /* calls so far */
	int64_t pid;	    /* who was hit, 0 nobody */
	char what[32];	    /* and in front of what */
};

static struct {
	long at; /* 0: none fails */
	pid_t pid;
	const char *report;
	bool trace;
	bool busy; /* in fault_report(): what it calls is not counted */
	struct fault_kill *kill; /* NULL: FAULT_KILL is not set */
	atomic_long count;
} fault;

static void fault_map(const char *path)
{
	int fd = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC) : -1;
	long mapped = fd < 0 ? -1 : syscall(SYS_mmap, NULL, sizeof(*fault.kill),
		PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (mapped >= 0)
		fault.kill = (struct fault_kill *)(uintptr_t)mapped;
	syscall(SYS_close, fd);
}

__attribute__((constructor)) static void fault_begin(void)
{
	const char *at = getenv("FAULT_AT");

	fault.report = getenv("FAULT_REPORT");
	fault.trace = getenv("FAULT_TRACE") != NULL;
	fault.pid = (pid_t)syscall(SYS_getpid);
	fault.at = at && fault.report ? atol(at) : 0;
	fault_map(getenv("FAULT_KILL"));
	if (fault.at)
		unsetenv("LD_PRELOAD");
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

/* The sandbox lets a process signal none but itself, and by this call only. */
static void fault_kill(const char *what)
{
	const long pid = syscall(SYS_getpid), all = atomic_fetch_add(&fault.kill->count, 1);
	const long own = atomic_fetch_add(&fault.count, 1);

	if ((fault.kill->each ? own : all) + 1 != fault.kill->at)
		return;
	strncpy(fault.kill->what, what, sizeof(fault.kill->what) - 1);
	fault.kill->pid = pid;
	syscall(SYS_tgkill, pid, syscall(SYS_gettid), fault.kill->signal);
}

/* Is this the call that fails? `argument` is for the report alone. */
static bool fault_due(const char *what, int argument)
{
	int saved = errno;
	bool due;

	if (fault.kill) {
		fault_kill(what);
		errno = saved;
		return false;
	}
	if (fault.at == 0 || fault.busy || syscall(SYS_getpid) != fault.pid)
		return false;
	due = atomic_fetch_add(&fault.count, 1) + 1 == fault.at;
	if (due)
		fault_report(what, argument);
	errno = saved;
	return due;
}
