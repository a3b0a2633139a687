/* One question and one answer after the other; see daemon.h. */
#include "scan/daemon_session.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "scan/addresses.h"

void daemon_setup(struct daemon *daemon, const struct daemon_protocol *protocol,
	const struct daemon_events *events, const struct scan_request *request,
	const struct scanner_config *config, void *state)
{
	*daemon = (struct daemon){.protocol = protocol,
		.events = events,
		.request = request,
		.config = config,
		.state = state,
		.greet_ms = address_greet_ms(config)};
}

/* ---- For protocols ---- */

static void sent(struct daemon *daemon, int error)
{
	if (error < 0 && !daemon->failed)
		daemon->failed = error;
}

void daemon_send(struct daemon *daemon, struct slice bytes)
{
	sent(daemon, conn_send(daemon->base.conn, bytes));
}

void daemon_send_borrowed(struct daemon *daemon, struct slice bytes)
{
	sent(daemon, conn_send_borrowed(daemon->base.conn, bytes));
}

void daemon_found(struct daemon *daemon, enum verdict verdict, struct slice name)
{
	daemon->events->found(daemon, verdict, name);
}

void daemon_failed(struct daemon *daemon, struct slice text)
{
	daemon->events->failed(daemon, text);
}

enum daemon_step daemon_words(struct daemon *daemon, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(daemon->words, sizeof(daemon->words), format, arguments);
	va_end(arguments);
	return DAEMON_REFUSES;
}

void daemon_fact(struct daemon *daemon, enum scan_fact fact, struct slice text)
{
	if (daemon->events->fact)
		daemon->events->fact(daemon, fact, text);
}

bool daemon_line(struct slice in, size_t *used, struct slice *line)
{
	size_t end = slice_find_byte(in, '\n', *used);

	if (end >= in.len)
		return false;
	*line = slice_make(in.data + *used, end - *used);
	*used = end + 1;
	if (line->len > 0 && line->data[line->len - 1] == '\r')
		line->len--;
	return true;
}

enum daemon_step daemon_lines(struct daemon *daemon, struct slice in, size_t *used,
	enum daemon_step (*read)(struct daemon *daemon, struct slice line))
{
	enum daemon_step step = DAEMON_MORE;
	struct slice line;

	while (step == DAEMON_MORE) {
		size_t begin = *used;

		if (!daemon_line(in, used, &line))
			break;
		step = read(daemon, line);
		if (step == DAEMON_NONSENSE)
			*used = begin;
	}
	return step;
}

/* ---- The session ---- */

static void greeted(struct daemon *daemon)
{
	deadline_cancel(take_ptr(&daemon->greeting));
	daemon->events->ready(daemon);
}

static void greets_too_late(struct deadline *deadline, void *context)
{
	struct daemon *daemon = context;

	(void)deadline;
	daemon->greeting = NULL;
	session_break(&daemon->base, -ETIMEDOUT, SLICE_EMPTY);
}

static void connected(struct session *session)
{
	struct daemon *daemon = (struct daemon *)session;
	uint64_t gone_ms = (clock_us() - session->opened_us) / 1000;
	enum daemon_step step =
		daemon->protocol->begin ? daemon->protocol->begin(daemon) : DAEMON_GREETED;
	int r = daemon->failed;

	if (r == 0 && step == DAEMON_MORE && daemon->greet_ms > 0)
		r = deadline_start(daemon->request->loop,
			gone_ms < daemon->greet_ms ? daemon->greet_ms - (unsigned)gone_ms : 1,
			greets_too_late, daemon, &daemon->greeting);
	if (r < 0)
		session_break(session, r, SLICE_EMPTY);
	else if (step == DAEMON_GREETED)
		greeted(daemon);
}

static void nonsense(struct daemon *daemon, struct slice in)
{
	struct slice line = slice_first(in, slice_find_byte(in, '\n', 0));

	session_break(&daemon->base, -EPROTO, line.len > 0 ? line : slice_cstr("not an answer"));
}

/* A whole answer, or the refusal of one. */
static void answered(struct daemon *daemon, enum daemon_step step, bool eof)
{
	daemon->base.waiting = 0;
	daemon->question = (struct daemon_question){0};
	/* What is refused before any question is asked may be granted elsewhere. */
	if (!daemon->base.ready) {
		session_break(&daemon->base, 0, slice_cstr(daemon->words));
		return;
	}
	if (eof || daemon->last || daemon->protocol->one_each)
		session_end(&daemon->base);
	daemon->events->answered(daemon, step);
}

/* Does this step fit what we wait for: greetings, or an answer? */
static bool fits(const struct daemon *daemon, enum daemon_step step)
{
	if (step == DAEMON_MORE || step == DAEMON_REFUSES)
		return true;
	if (step == DAEMON_GREETED)
		return !daemon->base.ready;
	return step != DAEMON_NONSENSE && daemon->base.waiting > 0;
}

static void take(struct daemon *daemon, struct slice in, bool eof)
{
	struct session *session = &daemon->base;
	size_t used = 0;
	enum daemon_step step = daemon->base.ready && !daemon->base.waiting
					? DAEMON_NONSENSE
					: daemon->protocol->take(daemon, in, eof, &used);
	struct slice rest = slice_from(in, used);

	if (daemon->failed < 0) {
		session_break(session, daemon->failed, SLICE_EMPTY);
	} else if (!fits(daemon, step)) {
		nonsense(daemon, rest);
	} else if (step == DAEMON_REFUSES) {
		answered(daemon, step, true);
	} else if (step == DAEMON_MORE) {
		if (eof)
			session_break(session, 0, rest);
		else if (rest.len > daemon->protocol->answer_max)
			session_break(session, -EPROTO, slice_cstr("an answer without end"));
	} else if (rest.len > 0) {
		nonsense(daemon, slice_cstr("more than an answer"));
	} else if (step == DAEMON_GREETED) {
		if (eof)
			session_break(session, 0, SLICE_EMPTY);
		else
			greeted(daemon);
	} else {
		answered(daemon, step, eof);
	}
	if (session->ending || rest.len == session->partial.len)
		return;
	/* What is left is kept; it may lie in the buffer itself. */
	if (session->partial.len > 0) {
		memmove(session->partial.data, rest.data, rest.len);
		session->partial.len = rest.len;
	} else if (buf_add(&session->partial, rest) < 0) {
		session_break(session, -ENOMEM, SLICE_EMPTY);
	}
}

static void data(struct session *session, struct slice bytes)
{
	struct daemon *daemon = (struct daemon *)session;

	if (session->partial.len == 0)
		take(daemon, bytes, false);
	else if (buf_add(&session->partial, bytes) < 0)
		session_break(session, -ENOMEM, SLICE_EMPTY);
	else
		take(daemon, buf_slice(&session->partial), false);
}

static void peer_closed(struct session *session)
{
	take((struct daemon *)session, buf_slice(&session->partial), true);
}

static void broken(struct session *session, int error, struct slice words)
{
	((struct daemon *)session)->events->broken(session, error, words);
}

static void closed(struct session *session)
{
	struct daemon *daemon = (struct daemon *)session;

	deadline_cancel(take_ptr(&daemon->greeting));
	daemon->events->closed(session);
}

static const struct session_events session_events = {
	.connected = connected,
	.data = data,
	.eof = peer_closed,
	.broken = broken,
	.closed = closed,
};

struct session *daemon_init(struct daemon *daemon, void *context)
{
	session_init(&daemon->base, &session_events, context);
	if (daemon->protocol->state_size > 0)
		memset(daemon->state, 0, daemon->protocol->state_size);
	daemon->last = false;
	daemon->failed = 0;
	return &daemon->base;
}

int daemon_ask(
	struct daemon *daemon, const struct daemon_question *question, enum daemon_step *step)
{
	daemon->question = *question;
	*step = daemon->protocol->ask(daemon);
	daemon->base.waiting = *step == DAEMON_MORE;
	return daemon->failed;
}
