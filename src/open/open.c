/*
 * The conversation with qmvc-open; see open.h. Questions go out while answers come in, a window at
 * a time, so that a mail of a thousand attachments needs sixteen descriptors. The helper's word
 * ends where its greeting begins: before it, no byte of the mail has been looked at, and what fails
 * is the environment; behind it, whatever happens may be the mail's doing, and is a finding.
 */
#include "open/open.h"

#include "base/cleanup.h"
#include "loop/conn.h"
#include "loop/job.h"
#include "open/answer.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <sys/socket.h>

#define SECONDS_MAX	86400u
#define STDERR_LIMIT	((size_t)1024)
#define ARGUMENT_SIZE	48
#define STOPPED_AT_ONCE 1u /* milliseconds from TERM to KILL: it has nothing to tidy up */

struct opening {
	struct answer answer;
	struct job *job;   /* NULL when it has ended */
	struct conn *conn; /* NULL when it is closed */
	size_t next;	   /* objects before it have been asked for */
	int failed;	   /* the environment, a negative errno */
	bool stopped;	   /* nothing more is wanted of the helper */
	bool moving;	   /* this turn something came */
	enum job_end end;
	int exit_code, signal;
	char said[256]; /* the first line it wrote on stderr, or "" */
};

static bool all_given(const struct opening *opening)
{
	return opening->answer.given == opening->answer.wanted;
}

static void stop(struct opening *opening, int failed)
{
	opening->stopped = true;
	if (!opening->failed)
		opening->failed = failed;
	if (opening->conn)
		conn_close(opening->conn);
	if (opening->job)
		job_cancel(opening->job);
}

static int ask(struct opening *opening, const struct object *object)
{
	cleanup_buf struct buf line = {0};
	int fd, failed;

	failed = open_record_write(&line, OPEN_OBJECT, object->index, SLICE_EMPTY);
	if (failed)
		return failed;
	fd = content_open(object->content);
	if (fd < 0)
		return fd;
	failed = conn_send(opening->conn, buf_slice(&line));
	if (failed) {
		close(fd);
		return failed;
	}
	failed = conn_send_fd(opening->conn, fd);
	if (!failed)
		answer_ask(&opening->answer, object->index);
	return failed;
}

/* Asks for the next objects as long as the window has room. Returns 0 or a negative errno. */
static int ask_more(struct opening *opening)
{
	struct answer *answer = &opening->answer;

	while (answer->asked - answer->given < OPEN_WINDOW && answer->asked < answer->wanted) {
		const struct object *object = &answer->objects->list[opening->next++];

		if (answer->states[object->index] == ANSWER_WANTED) {
			int failed = ask(opening, object);

			if (failed)
				return failed;
		}
	}
	return 0;
}

static void take_answers(struct opening *opening, struct slice bytes)
{
	int failed = answer_feed(&opening->answer, bytes);

	opening->moving = true;
	if (!failed && !all_given(opening))
		failed = ask_more(opening);
	if (failed < 0)
		stop(opening, failed);
	else if (failed == ANSWER_NONSENSE || all_given(opening))
		stop(opening, 0);
}

/* An error of the socket that no end of the helper explains. */
static bool is_ours(int error)
{
	return error < 0 && error != -EPIPE && error != -ECONNRESET;
}

static void on_conn(
	struct conn *conn, enum conn_event event, struct slice data, int error, void *context)
{
	struct opening *opening = context;

	switch (event) {
	case CONN_CLOSED:
		opening->conn = NULL;
		break;
	case CONN_DATA:
		if (!opening->stopped)
			take_answers(opening, data);
		break;
	case CONN_EOF:
	case CONN_FAILED:
		if (!opening->stopped && is_ours(error))
			stop(opening, error);
		/* One that never greeted is about to say on stderr what it lacks. */
		else if (!opening->stopped && opening->answer.hello)
			stop(opening, 0);
		break;
	case CONN_SEND_FAILED:
		if (!opening->stopped && is_ours(error))
			stop(opening, error);
		break;
	case CONN_CONNECTED:
	case CONN_DRAINED:
		break;
	}
}

static void on_job(struct job *job, const struct job_result *result, void *context)
{
	struct opening *opening = context;
	struct slice rest = result->err, line;

	opening->job = NULL;
	opening->end = result->end;
	opening->exit_code = result->exit_code;
	opening->signal = result->signal;
	if (slice_next_line(&rest, &line))
		snprintf(opening->said, sizeof(opening->said), "%.*s", SLICE_ARGS(line));
}

static int start_job(struct opening *opening, const struct open_request *request, int socket,
	struct error *error)
{
	const struct limits *limits = request->limits;
	unsigned seconds = limits->seconds < SECONDS_MAX ? (unsigned)limits->seconds : SECONDS_MAX;
	char path[PATH_MAX], memory[ARGUMENT_SIZE], time[ARGUMENT_SIZE];
	const char *argv[] = {path, memory, time, NULL}, *envp[] = {NULL};
	struct job_options options = {
		.argv = argv,
		.envp = envp,
		.directory = "/",
		.stdin_fd = -1,
		.extra_fds = {socket},
		.extra_count = 1,
		.stderr_limit = STDERR_LIMIT,
		.grace_ms = STOPPED_AT_ONCE,
	};
	int failed;

	if (seconds == 0)
		seconds = 1;
	options.timeout_ms = seconds * 1000;
	if (snprintf(path, sizeof(path), "%s/qmvc-open", request->libexec) >= (int)sizeof(path))
		return error_set_errno(error, -ENAMETOOLONG, "%s", request->libexec);
	snprintf(memory, sizeof(memory), "--memory=%" PRIu64, limits->memory);
	snprintf(time, sizeof(time), "--seconds=%u", seconds);
	failed = job_start(request->loop, &options, on_job, opening, &opening->job);
	if (failed)
		error_set_errno(error, failed, "%s", path);
	return failed;
}

static int start(struct opening *opening, const struct open_request *request, struct error *error)
{
	cleanup_fd int ours = -1, theirs = -1;
	int ends[2], failed;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return error_set_errno(error, -errno, "qmvc-open: socketpair");
	ours = ends[0];
	theirs = ends[1];
	failed = start_job(opening, request, theirs, error);
	if (failed)
		return failed;
	failed = conn_adopt(request->loop, take_fd(&ours), on_conn, opening, &opening->conn);
	if (!failed)
		failed = ask_more(opening);
	if (failed)
		stop(opening, failed);
	return 0;
}

/*
 * Waits for the helper's end; what it wrote before is then still in the socket, and is read by
 * turns that do not wait. Nobody else can be writing for long: its group is dead.
 */
static void run(struct opening *opening, struct loop *loop)
{
	while (opening->job)
		loop_turn(loop, true);
	do {
		opening->moving = false;
		loop_turn(loop, false);
	} while (opening->moving && !opening->stopped);
	stop(opening, 0);
	while (opening->conn)
		loop_turn(loop, true);
}

/* It did not come as far as its greeting. */
static int explain(const struct opening *opening, struct error *error)
{
	if (opening->said[0])
		return error_set(error, -EIO, "%s", opening->said);
	if (opening->answer.nonsense)
		return error_set(error, -EPROTO,
			"qmvc-open does not speak version %d: is it another release's?",
			OPEN_VERSION);
	if (opening->end == JOB_TIMED_OUT)
		return error_set(error, -ETIMEDOUT, "qmvc-open was not ready in time");
	if (opening->end == JOB_SIGNALED)
		return error_set(error, -EIO, "qmvc-open: killed by signal %d at its start",
			opening->signal);
	return error_set(error, -EIO, "qmvc-open: exit code %d at its start", opening->exit_code);
}

/* Plain text is settled, the message itself is no attachment, nothing is nothing. */
static bool wants(const struct open_request *request, const struct object *object)
{
	return object->index != 0 && object->content && object->content->bytes.len > 0 &&
	       (request->all || !(object->flags & OBJECT_TEXT));
}

static int converse(
	struct opening *opening, const struct open_request *request, struct error *error)
{
	int failed = start(opening, request, error);

	if (failed)
		return failed;
	run(opening, request->loop);
	if (opening->failed)
		return error_set_errno(error, opening->failed, "qmvc-open");
	if (all_given(opening))
		return OPEN_DONE;
	if (!opening->answer.hello)
		return explain(opening, error);
	answer_give_up(&opening->answer);
	return OPEN_OVERLIMIT;
}

int open_objects(const struct open_request *request, struct objects *objects, struct error *error)
{
	struct opening opening = {0};
	int outcome = answer_init(&opening.answer, objects);

	if (outcome)
		return error_set_errno(error, outcome, "qmvc-open");
	for (size_t i = 0; i < objects->count; i++)
		if (wants(request, &objects->list[i]))
			answer_want(&opening.answer, i);
	if (opening.answer.wanted > 0)
		outcome = converse(&opening, request, error);
	answer_release(&opening.answer);
	return outcome;
}
