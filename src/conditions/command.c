/*
 * Runs one command of badbodytexts; see command.h. A command is the administrator's, but it reads
 * what a stranger wrote: it may hang, crash or talk without end, so its time and output are bounded
 * and its whole process group is gone when it is over (loop/job.h). When it fails the mail waits:
 * nobody knows whether it would have been stopped.
 */
#include "conditions/command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "conditions/command_environment.h"
#include "conditions/rule.h"
#include "loop/job.h"
#include "message/message.h"

#define OUTPUT_MAX 4096 /* kept of what it prints, then dropped with the rest */
#define GRACE_MS   2000

struct ended {
	bool yes;
	enum job_end end;
	int exit_code, signal;
};

static void note_end(struct job *job, const struct job_result *result, void *context)
{
	struct ended *ended = context;

	(void)job;
	ended->yes = true;
	ended->end = result->end;
	ended->exit_code = result->exit_code;
	ended->signal = result->signal;
}

/*
 * The message with an offset of its own: qmail's next command shares the one of our descriptor 0.
 * Where the file cannot be opened once more (/proc missing, another owner), a copy in memory.
 */
static int open_message(const struct message *message)
{
	char path[40];
	int fd;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", message->fd);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd >= 0 ? fd : fd_in_memory(message->bytes);
}

static int start_and_wait(const struct check *check, unsigned timeout_ms, const char *command,
	int message_fd, int replacement_fd, struct ended *ended)
{
	const char *const argv[] = {"/bin/sh", "-c", command, NULL};
	struct job_options options = {
		.argv = argv,
		.envp = command_environment(check->arena, check->envelope, clock_wall_ms()),
		.stdin_fd = message_fd,
		.extra_fds = {replacement_fd},
		.extra_count = 1,
		.stdout_limit = OUTPUT_MAX,
		.stderr_limit = OUTPUT_MAX,
		.timeout_ms = timeout_ms,
		.grace_ms = GRACE_MS,
	};
	struct job *job;
	int code = 0;

	if (!options.envp)
		return -ENOMEM;
	if (!*check->loop)
		code = loop_new(check->loop);
	if (code == 0)
		code = job_start(*check->loop, &options, note_end, ended, &job);
	while (code == 0 && !ended->yes)
		if (!loop_turn(*check->loop, true) && !ended->yes)
			code = -EIO;
	return code;
}

/* Returns 0 when it ended with an exit code that is an answer. */
static int judge_end(const struct ended *ended, const char *path, const struct pattern *pattern,
	const char *command, struct error *error)
{
	unsigned line = pattern->line;
	int exit_code = ended->exit_code;

	switch (ended->end) {
	case JOB_TIMED_OUT:
		return error_set(error, -ETIMEDOUT, "%s:%u: '|%s': did not end in time", path, line,
			command);
	case JOB_SIGNALED:
		return error_set(error, -ECHILD, "%s:%u: '|%s': killed by signal %d", path, line,
			command, ended->signal);
	case JOB_CANCELLED:
		return error_set(error, -ECANCELED, "%s:%u: '|%s': cancelled", path, line, command);
	case JOB_EXITED:
		break;
	}
	if (exit_code == 126 || exit_code == 127)
		return error_set(error, -ENOEXEC, "%s:%u: '|%s': cannot be run (exit code %d)",
			path, line, command, exit_code);
	if (exit_code == 111)
		return error_set(error, -ECHILD, "%s:%u: '|%s': asks to try later (exit code 111)",
			path, line, command);
	/* 128 + N is what the shell makes of signal N; but the rule may ask for that very code. */
	if (exit_code > 128 && exit_code <= 128 + SIGRTMAX && (unsigned)exit_code != pattern->code)
		return error_set(error, -ECHILD, "%s:%u: '|%s': killed by signal %d", path, line,
			command, exit_code - 128);
	return 0;
}

/* Keeps what was written to descriptor 3, if anything was. */
static int keep_replacement(const struct check *check, int *fd)
{
	struct stat st;

	if (fstat(*fd, &st))
		return -errno;
	if (st.st_size == 0)
		return 0;
	if (lseek(*fd, 0, SEEK_SET) < 0)
		return -errno;
	if (*check->replacement_fd >= 0)
		close(*check->replacement_fd);
	*check->replacement_fd = take_fd(fd);
	return 0;
}

int command_run_within(const struct check *check, unsigned timeout_ms, const char *path,
	const struct pattern *pattern, bool *met, struct error *error)
{
	const char *command = arena_cstr(check->arena, pattern->text);
	cleanup_fd int message_fd = open_message(check->message);
	cleanup_fd int replacement_fd = fd_unlinked(check->profile->tmp);
	struct ended ended = {0};
	int code;

	if (!command)
		return -ENOMEM;
	if (message_fd < 0)
		return error_set_errno(error, message_fd, "message for '|%s'", command);
	if (replacement_fd < 0)
		return error_set_errno(error, replacement_fd, "%s", check->profile->tmp);
	code = start_and_wait(check, timeout_ms, command, message_fd, replacement_fd, &ended);
	if (code)
		return error_set_errno(error, code, "%s:%u: '|%s'", path, pattern->line, command);
	code = judge_end(&ended, path, pattern, command, error);
	if (code)
		return code;
	if ((unsigned)ended.exit_code == pattern->code) {
		code = keep_replacement(check, &replacement_fd);
		if (code)
			return error_set_errno(
				error, code, "what '|%s' wrote to descriptor 3", command);
	}
	*met = (unsigned)ended.exit_code == pattern->code;
	return 0;
}

int command_run(const struct check *check, const char *path, const struct pattern *pattern,
	bool *met, struct error *error)
{
	return command_run_within(check, COMMAND_TIMEOUT_MS, path, pattern, met, error);
}
