/*
 * Ending processes nobody waits for: what is left of a job's group, and grandchildren that left it.
 *
 * As the subreaper (prctl(2)) we become the parent of every orphan below us, so whatever a job
 * started can be found among our own children, however often it forked. libuv waits only for the
 * processes it knows, by number; here too a wait names a group, or happens when libuv knows none,
 * so that nobody takes the other's exit status.
 */
#include "base/cleanup.h"
#include "base/clock.h"
#include "loop/loop_private.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#define PAUSE_FIRST_US 50
#define PAUSE_LAST_US  5000

/* Death by KILL takes the kernel a moment and cannot be polled for; pauses grow to stay cheap. */
static void pause_us(unsigned *us)
{
	struct timespec time = {.tv_nsec = (long)*us * 1000};

	nanosleep(&time, NULL);
	if (*us < PAUSE_LAST_US)
		*us *= 2;
}

/* Reaps what is dead of `which` (as waitpid(2) takes it). Returns false when no child is left. */
static bool reap_dead(pid_t which)
{
	pid_t pid;

	do
		pid = waitpid(which, NULL, WNOHANG);
	while (pid > 0 || (pid < 0 && errno == EINTR));
	return pid == 0;
}

void loop_end_group(pid_t group)
{
	uint64_t until = clock_us() + LOOP_REAP_MS * 1000;
	unsigned pause = PAUSE_FIRST_US;

	if (kill(-group, SIGKILL) < 0)
		return; /* nobody was left, as it should be */
	while (reap_dead(-group) && clock_us() < until)
		pause_us(&pause);
}

/* The parent of process `pid`, by /proc/PID/stat (proc(5)), or -1. */
static pid_t parent_of(pid_t pid)
{
	char path[64], text[512];
	const char *after_name;
	ssize_t got;
	int parent;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	{
		cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);

		got = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	}
	if (got <= 0)
		return -1;
	text[got] = 0;
	after_name = strrchr(text, ')'); /* the name may hold blanks and parentheses */
	if (!after_name || sscanf(after_name, ") %*c %d", &parent) != 1)
		return -1;
	return parent;
}

/* For kernels without CONFIG_PROC_CHILDREN: every process is looked at. */
static void kill_children_by_scan(void)
{
	cleanup_dir DIR *proc = opendir("/proc");
	struct dirent *entry;

	while (proc && (entry = readdir(proc))) {
		pid_t pid = isdigit((unsigned char)entry->d_name[0]) ? atoi(entry->d_name) : -1;

		if (pid > 1 && parent_of(pid) == getpid())
			kill(pid, SIGKILL);
	}
}

/* Orphans are handed to the main thread, and jobs are started there: its list is complete. */
static void kill_children(void)
{
	char path[64];
	int pid;
	cleanup_file FILE *list = NULL;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	list = fopen(path, "re");
	if (!list) {
		kill_children_by_scan();
		return;
	}
	while (fscanf(list, "%d", &pid) == 1)
		if (pid > 1)
			kill(pid, SIGKILL);
}

void loop_reap_strays(struct loop *loop)
{
	uint64_t until = clock_us() + LOOP_REAP_MS * 1000;
	unsigned pause = PAUSE_FIRST_US;

	/* A stranger may be at work for a job that runs; and libuv waits for that job. */
	if (loop->jobs_running > 0) {
		loop->strays_due = true;
		return;
	}
	loop->strays_due = false;
	/* Each round also meets the children of those that died in the last one. */
	while (reap_dead(-1) && clock_us() < until) {
		kill_children();
		if (!reap_dead(-1))
			return;
		pause_us(&pause);
	}
}
