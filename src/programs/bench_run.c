/* One mail through one qmvc; see bench_room.h. */
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "open/remove_tree.h"
#include "programs/bench_room.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define CODE_DEFER 111
#define LOG_MAX	   ((size_t)1 << 20)

static int use(struct bench_room *room, unsigned number)
{
	char target[32], path[4096], temporary[4096];

	snprintf(target, sizeof(target), "../way.%u", number);
	snprintf(path, sizeof(path), "%s/control", room->home);
	snprintf(temporary, sizeof(temporary), "%s/control.new", room->home);
	if (symlink(target, temporary) < 0 || rename(temporary, path) < 0)
		return -errno;
	return 0;
}

/* Its own process group, so that Ctrl-C at the terminal is for us to pass on. */
static int start(struct bench_room *room, int fd, pid_t *pid)
{
	char name[] = "qmvc", noscan[] = "-n";
	char *arguments[] = {name, room->noscan ? noscan : NULL, NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none;
	int result;

	sigemptyset(&none);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, fd, STDIN_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &room->signals);
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawnattr_setflags(&attributes,
		POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
	result = posix_spawn(pid, room->program, &actions, &attributes, arguments,
		(char *const *)(uintptr_t)room->environment);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return -result;
}

static uint64_t microseconds(struct timeval time)
{
	return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_usec;
}

/* Returns 0, or -EINTR when a signal came that ends us; what the process has left, others end. */
static int wait_for(struct bench_room *room, pid_t pid, int *status, struct rusage *usage)
{
	for (;;) {
		int number = sigwaitinfo(&room->signals, NULL);

		if (number > 0 && number != SIGCHLD) {
			kill(-pid, SIGKILL);
			wait4(pid, status, 0, usage);
			return -EINTR;
		}
		if (wait4(pid, status, WNOHANG, usage) == pid)
			return 0;
	}
}

/* The line that is new is the only one there is. */
static int read_line(struct bench_room *room, struct bench_run *run)
{
	cleanup_buf struct buf text = {0};
	struct slice rest, line;
	int result = fd_read_file(AT_FDCWD, room->log, LOG_MAX, &text);

	arena_release(&run->arena);
	run->logged = false;
	if (result)
		return result == -ENOENT ? 0 : result;
	rest = arena_copy(&run->arena, buf_slice(&text));
	if (slice_next_line(&rest, &line))
		result = log_entry_parse(line, &run->arena, &run->entry);
	run->logged = result == 0 && line.len > 0;
	return unlink(room->log) < 0 ? -errno : result < 0 ? result : 0;
}

/* So that the room does not grow. */
static void forget(struct bench_room *room)
{
	static const char *const kept[] = {"save", "log"};
	char path[4096];

	for (unsigned i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/%s", room->home, kept[i]);
		remove_tree(path);
	}
}

int bench_room_run(struct bench_room *room, unsigned number, int fd, struct bench_run *run,
	struct error *error)
{
	int status = 0, result = use(room, number);
	struct rusage usage = {0};
	uint64_t begin;
	pid_t pid;

	if (result)
		return error_set_errno(error, result, "%s", room->home);
	begin = clock_us();
	result = start(room, fd, &pid);
	if (result)
		return error_set_errno(error, result, "cannot run %s", room->program);
	result = wait_for(room, pid, &status, &usage);
	run->wall_us = clock_us() - begin;
	if (result)
		return error_set(error, result, "ended by a signal");
	run->cpu_us = microseconds(usage.ru_utime) + microseconds(usage.ru_stime);
	run->code = WIFEXITED(status) ? (unsigned)WEXITSTATUS(status) : CODE_DEFER;
	result = read_line(room, run);
	forget(room);
	return result ? error_set_errno(error, result, "%s", room->log) : 0;
}
