/*
 * The conversation with qmvc-open; see open.h. Questions go out while answers come in, a window at
 * a time, so that a mail of a thousand attachments needs sixteen descriptors; only an object that
 * is looked into is asked for alone, because what it may unpack depends on what those before it
 * did. Most archives are zips, tars and gzips of the regular layout, for which the helper needs no
 * libraries, and of most objects no type is wanted, for which it needs no libmagic; when a member
 * turns out to want what the helper has not loaded, or a gzip to be none, one that has it takes over.
 * The helper's word ends where its greeting begins: before it, no byte of the mail has been looked
 * at, and what fails is the environment; behind it, whatever happens may be the mail's doing, and
 * is a finding.
 */
#include "open/open.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "loop/conn.h"
#include "loop/deadline.h"
#include "loop/job.h"
#include "open/answer.h"
#include "open/plan.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <sys/socket.h>

#define SECONDS_MAX	86400u
#define STDERR_LIMIT	((size_t)1024)
#define ARGUMENT_SIZE	48
#define ARGUMENTS	5
#define STOPPED_AT_ONCE 1u /* milliseconds from TERM to KILL: it has nothing to tidy up */

/* How often a helper that died is started anew, and the least time that is worth it. */
#define STARTS_MAX	  9u
#define START_WORTH_MS	  200u

struct opening {
	const struct open_request *request;
	struct answer answer;
	struct plan plan;
	struct job *job;   /* NULL when it has ended */
	struct conn *conn; /* NULL when it is closed */
	size_t next;	   /* objects before it have been asked for */
	int failed;	   /* the environment, a negative errno */
	bool stopped;	   /* nothing more is wanted of this helper */
	bool moving;	   /* this turn something came */
	enum job_end end;
	int exit_code, signal;
	char said[256]; /* the first line it wrote on stderr, or "" */
	unsigned starts;
	uint64_t ends_us; /* limits.seconds are over */
	struct deadline *deadline;
	bool late; /* it took more than its share of the time */
	struct plan_means means; /* what the helper has loaded: its successors have no less */
	bool lacking;		 /* it is stopped because it has not what an object takes */
};

static unsigned milliseconds_left(const struct opening *opening)
{
	const uint64_t now = clock_us();

	if (now >= opening->ends_us)
		return 0;
	return (unsigned)((opening->ends_us - now) / 1000);
}

static bool all_given(const struct opening *opening)
{
	return opening->answer.given == opening->answer.wanted;
}

/* One that has answered all is not waited for: it takes a millisecond to die. */
static void stop(struct opening *opening, int failed)
{
	opening->stopped = true;
	if (!opening->failed)
		opening->failed = failed;
	if (opening->conn)
		conn_close(opening->conn);
	if (opening->job && all_given(opening))
		job_abandon(take_ptr(&opening->job));
	else if (opening->job)
		job_cancel(opening->job);
}

/* Another helper is to take its place, which counts as one that died unless it `needs` to be. */
static void lack(struct opening *opening, bool needs)
{
	opening->lacking = needs;
	stop(opening, 0);
}

static void on_late(struct deadline *deadline, void *context)
{
	struct opening *opening = context;

	opening->deadline = NULL;
	opening->late = true;
	stop(opening, 0);
}

/* One archive may take half of the time left when others wait behind it. */
static int begin_inside(struct opening *opening, const struct object *object)
{
	const struct answer *answer = &opening->answer;

	plan_ask(&opening->plan, object->index);
	if (answer->asked == answer->wanted)
		return 0;
	return deadline_start(opening->request->loop, milliseconds_left(opening) / 2 + 1, on_late,
		opening, &opening->deadline);
}

static void end_inside(struct opening *opening)
{
	deadline_cancel(take_ptr(&opening->deadline));
	plan_account(&opening->plan);
}

static int ask(struct opening *opening, const struct object *object)
{
	const bool inside = plan_is_opened(&opening->plan, object);
	cleanup_buf struct buf line = {0};
	int fd, failed;

	if (inside) {
		plan_allow(&opening->plan, object);
		open_record_write(&line, OPEN_MEMBERS, opening->plan.members, SLICE_EMPTY);
		open_record_write(&line, OPEN_BYTES, opening->plan.bytes, SLICE_EMPTY);
	}
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
	if (failed)
		return failed;
	if (inside)
		return begin_inside(opening, object);
	answer_ask(&opening->answer, object->index);
	return 0;
}

/* Asks for the next objects as long as the window has room. Returns 0 or a negative errno. */
static int ask_more(struct opening *opening)
{
	struct answer *answer = &opening->answer;

	for (; opening->next < opening->plan.judged; opening->next++) {
		const struct object *object = &answer->objects->list[opening->next];
		const size_t waiting = answer->asked - answer->given;
		int failed;

		if (answer->states[object->index] != ANSWER_WANTED)
			continue;
		if (waiting >= OPEN_WINDOW || opening->plan.inside ||
			(waiting > 0 && (plan_is_opened(&opening->plan, object) ||
						plan_lacks(&opening->plan, object, &opening->means))))
			return 0;
		if (!plan_is_worth(&opening->plan, opening->next))
			continue;
		if (plan_lacks(&opening->plan, object, &opening->means)) {
			lack(opening, true);
			return 0;
		}
		failed = ask(opening, object);
		if (failed)
			return failed;
	}
	return 0;
}

static void take_answers(struct opening *opening, struct slice bytes)
{
	int failed = answer_feed(&opening->answer, bytes);

	opening->moving = true;
	plan_judge(&opening->plan);
	if (opening->answer.asked == opening->answer.given)
		end_inside(opening);
	if (!failed && opening->answer.lacking) {
		/* Of one that has the libraries nobody believes that it lacks them. */
		lack(opening, !opening->means.libraries);
		opening->means.libraries = true;
	} else if (!failed && !all_given(opening))
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

static int start_job(struct opening *opening, int socket, struct error *error)
{
	const struct open_request *request = opening->request;
	const unsigned left = milliseconds_left(opening);
	char path[PATH_MAX], memory[ARGUMENT_SIZE], time[ARGUMENT_SIZE];
	const char *argv[ARGUMENTS + 1] = {path, memory, time}, *envp[] = {NULL};
	unsigned count = 3;
	struct job_options options = {
		.argv = argv,
		.envp = envp,
		.directory = "/",
		.stdin_fd = -1,
		.extra_fds = {socket},
		.extra_count = 1,
		.stderr_limit = STDERR_LIMIT,
		.timeout_ms = left ? left : 1,
		.grace_ms = STOPPED_AT_ONCE,
	};
	int failed;

	if (snprintf(path, sizeof(path), "%s/qmvc-open", request->libexec) >= (int)sizeof(path))
		return error_set_errno(error, -ENAMETOOLONG, "%s", request->libexec);
	snprintf(memory, sizeof(memory), "--memory=%" PRIu64, request->limits->memory);
	snprintf(time, sizeof(time), "--seconds=%u", left / 1000 + 1);
	plan_add_means(&opening->plan, &opening->means);
	if (opening->means.libraries)
		argv[count++] = "--archives";
	if (opening->means.libmagic)
		argv[count++] = request->descriptions ? "--descriptions" : "--types";
	failed = job_start(request->loop, &options, on_job, opening, &opening->job);
	if (failed)
		error_set_errno(error, failed, "%s", path);
	return failed;
}

static int start(struct opening *opening, struct error *error)
{
	cleanup_fd int ours = -1, theirs = -1;
	int ends[2], failed;

	opening->starts += !opening->lacking;
	opening->stopped = opening->late = opening->lacking = false;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return error_set_errno(error, -errno, "qmvc-open: socketpair");
	ours = ends[0];
	theirs = ends[1];
	failed = start_job(opening, theirs, error);
	if (failed)
		return failed;
	failed = conn_adopt(opening->request->loop, take_fd(&ours), on_conn, opening, &opening->conn);
	if (!failed)
		failed = ask_more(opening);
	if (failed || all_given(opening))
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

/* Which limit was it, as far as the end of the process tells? */
static const char *limit_met(const struct opening *opening)
{
	const bool time = opening->late || opening->end == JOB_TIMED_OUT ||
			  (opening->end == JOB_SIGNALED && opening->signal == SIGXCPU) ||
			  milliseconds_left(opening) == 0;

	return time ? "seconds" : NULL;
}

/*
 * Behind its greeting it died, or met an object that it has no library for: the others may still
 * be asked for. Returns whether it is worth it.
 */
static bool go_on(struct opening *opening)
{
	long first = answer_restart(&opening->answer, limit_met(opening));

	if (first < 0) {
		opening->failed = (int)first;
		return false;
	}
	plan_judge(&opening->plan);
	end_inside(opening);
	opening->next = 0;
	return !all_given(opening) && opening->starts < STARTS_MAX &&
	       milliseconds_left(opening) >= START_WORTH_MS;
}

static int converse(struct opening *opening, struct error *error)
{
	bool again;

	do {
		int failed = start(opening, error);

		if (failed)
			return failed;
		run(opening, opening->request->loop);
		if (opening->failed)
			return error_set_errno(error, opening->failed, "qmvc-open");
		if (all_given(opening))
			break;
		/* One that began before and now cannot is no reason to defer a mail for good. */
		if (!opening->answer.hello && opening->starts == 1)
			return explain(opening, error);
		again = go_on(opening);
		if (opening->failed)
			return error_set_errno(error, opening->failed, "qmvc-open");
	} while (again);
	answer_give_up(&opening->answer, limit_met(opening));
	return all_given(opening) && opening->starts == 1 ? OPEN_DONE : OPEN_OVERLIMIT;
}

int open_objects(const struct open_request *request, struct objects *objects, struct error *error)
{
	const uint64_t limit = request->limits->seconds;
	const unsigned seconds = limit < SECONDS_MAX ? (unsigned)limit : SECONDS_MAX;
	struct opening opening = {
		.request = request, .plan = {.request = request, .answer = &opening.answer}};
	int outcome = answer_init(&opening.answer, objects, request->tmp);

	if (outcome)
		return error_set_errno(error, outcome, "qmvc-open");
	opening.ends_us = clock_us() + (seconds ? seconds : 1) * UINT64_C(1000000);
	plan_judge(&opening.plan);
	if (opening.answer.wanted > 0)
		outcome = converse(&opening, error);
	deadline_cancel(opening.deadline);
	answer_release(&opening.answer);
	return outcome;
}
