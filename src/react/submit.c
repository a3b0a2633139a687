/*
 * Submission; see submit.h. Message and envelope are files that hold all of it before qmail-queue
 * starts: it reads one to its end and then the other, and with pipes whoever writes both could wait
 * for it while it waits for him.
 */
#include "react/submit.h"

#include "base/cleanup.h"
#include "base/fd.h"
#include "loop/job.h"

#include <errno.h>
#include <sys/mman.h>

/* Messages up to this size stay in memory. */
#define MEMORY_MAX ((size_t)1 << 20)
/* qmail-queue needs milliseconds, and on a busy disk seconds; what runs in its place may be a filter. */
#define TIMEOUT_MS 60000
/* Kept of what it says: qmail-queue says nothing, what runs in its place may. */
#define WORDS_MAX 200

struct ended {
	bool yes;
	enum job_end end;
	int exit_code, signal;
	char words[WORDS_MAX + 1];
};

static void note_end(struct job *job, const struct job_result *result, void *context)
{
	struct ended *ended = context;
	struct slice words = slice_first(slice_trim(result->err), WORDS_MAX);

	(void)job;
	ended->yes = true;
	ended->end = result->end;
	ended->exit_code = result->exit_code;
	ended->signal = result->signal;
	if (words.len > 0)
		memcpy(ended->words, words.data, words.len);
}

/* The message in a file without a name, at its start. Returns the descriptor or a negative errno. */
static int write_message(const struct submission *submission, const char *tmp)
{
	cleanup_fd int fd = -1;
	size_t size = 0;

	for (size_t i = 0; i < submission->count; i++)
		size += submission->pieces[i].len;
	fd = size > MEMORY_MAX ? fd_unlinked(tmp) : fd_in_memory(SLICE_EMPTY);
	if (fd < 0)
		return fd;
	for (size_t i = 0; i < submission->count; i++) {
		int result = fd_write_all(fd, submission->pieces[i]);

		if (result)
			return result;
	}
	return lseek(fd, 0, SEEK_SET) < 0 ? -errno : take_fd(&fd);
}

/* F, the sender, NUL; T, a recipient, NUL for each; NUL. */
static int write_envelope(const struct submission *submission)
{
	cleanup_buf struct buf envelope = {0};

	buf_add_byte(&envelope, 'F');
	buf_add(&envelope, submission->sender);
	buf_add_byte(&envelope, '\0');
	for (size_t i = 0; submission->recipients[i]; i++) {
		buf_add_byte(&envelope, 'T');
		buf_add(&envelope, slice_cstr(submission->recipients[i]));
		buf_add_byte(&envelope, '\0');
	}
	buf_add_byte(&envelope, '\0');
	return envelope.failed ? -ENOMEM : fd_in_memory(buf_slice(&envelope));
}

static int run(struct loop *loop, const struct profile *profile, unsigned timeout_ms,
	int message_fd, int envelope_fd, struct ended *ended)
{
	const char *const argv[] = {profile->queue, NULL};
	struct job_options options = {
		.argv = argv,
		.envp = profile->environment,
		.stdin_fd = message_fd,
		.stdout_fd = envelope_fd,
		.stderr_limit = WORDS_MAX,
		.timeout_ms = timeout_ms ? timeout_ms : TIMEOUT_MS,
	};
	struct job *job;
	int result = job_start(loop, &options, note_end, ended, &job);

	while (result == 0 && !ended->yes)
		if (!loop_turn(loop, true) && !ended->yes)
			result = -EIO;
	return result;
}

/* As qmail's own clients see it: 11 to 40 for good, all else for now; 115 is an old name of 11. */
static bool is_refusal(int exit_code)
{
	return (exit_code >= 11 && exit_code <= 40) || exit_code == 115;
}

static int judge(const char *queue, const struct ended *ended, struct error *error)
{
	const char *colon = *ended->words ? ": " : "";

	switch (ended->end) {
	case JOB_EXITED:
		break;
	case JOB_SIGNALED:
		return error_set(error, -ECHILD, "%s: killed by signal %d%s%s", queue,
			ended->signal, colon, ended->words);
	case JOB_TIMED_OUT:
		return error_set(error, -ETIMEDOUT, "%s: did not end in time%s%s", queue, colon,
			ended->words);
	case JOB_CANCELLED:
		return error_set(error, -ECANCELED, "%s: cancelled", queue);
	}
	if (ended->exit_code == 0)
		return SUBMIT_DONE;
	error_set(error, 0, "%s: exit code %d%s%s", queue, ended->exit_code, colon, ended->words);
	return is_refusal(ended->exit_code) ? SUBMIT_REFUSED : -ECHILD;
}

int submit(struct loop *loop, const struct profile *profile, const struct submission *submission,
	struct error *error)
{
	cleanup_fd int message_fd = write_message(submission, profile->tmp), envelope_fd = -1;
	struct ended ended = {0};
	int result;

	if (message_fd < 0)
		return error_set_errno(error, message_fd, "a message for %s", profile->queue);
	envelope_fd = write_envelope(submission);
	if (envelope_fd < 0)
		return error_set_errno(error, envelope_fd, "an envelope for %s", profile->queue);
	result = run(loop, profile, submission->timeout_ms, message_fd, envelope_fd, &ended);
	if (result)
		return error_set_errno(error, result, "%s", profile->queue);
	return judge(profile->queue, &ended, error);
}
