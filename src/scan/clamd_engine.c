/*
 * Asking for every object; see clamd_engine.h. Everything runs from callbacks of the session; the
 * only way out is finish(), which closes what is open, and complete() once nothing is.
 */
#include "scan/clamd_engine.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "scan/object_fd.h"

/* After so many objects on which the engine went away, it is asked about no other. */
#define CULPRITS_MAX 3
/* More lost connections than this are no accident. */
#define LOSSES_MAX 8
/* So often a daemon has to go away on an object alone until it is the object's doing. */
#define DEATHS_MIN 2
/* Time for the probe when the engine is late: nothing, unless work is piled up. */
#define PROBE_MS 2000

static void pump(struct clamd_engine *engine);

static struct clamd_engine *engine_of(struct clamd_session *session)
{
	return (struct clamd_engine *)((char *)session - offsetof(struct clamd_engine, session));
}

static void complete(struct clamd_engine *engine)
{
	const struct scan_result *result = answers_finish(&engine->answers);

	deadline_cancel(take_ptr(&engine->deadline));
	engine->task.done(&engine->task, result, engine->task.context);
	free(engine);
}

/* Asks nothing more; complete() follows when all is closed. */
static void finish(struct clamd_engine *engine)
{
	engine->over = true;
	deadline_cancel(take_ptr(&engine->deadline));
	if (engine->session.conn)
		clamd_session_end(&engine->session);
	else if (engine->linked)
		engine->transport->close(engine);
}

static void broken(struct clamd_engine *engine, const char *words)
{
	answers_broken(
		&engine->answers, VERDICT_ERROR, "%s: %s", engine->transport->name(engine), words);
	finish(engine);
}

/* It is late, and does not answer the probe either. */
static void broken_late(struct clamd_engine *engine)
{
	answers_broken(&engine->answers, VERDICT_TIMEOUT, "%s: no answer within %u ms",
		engine->transport->name(engine), engine->task.config->timeout_ms);
	finish(engine);
}

/* It is late, but has answered the probe: what it was asked before that is too much for it. */
static void beaten_late(struct clamd_engine *engine)
{
	char words[80];

	snprintf(words, sizeof(words), "no answer within %u ms, while it answers otherwise",
		engine->task.config->timeout_ms);
	clamd_items_give_up(&engine->items, VERDICT_TIMEOUT, words, &engine->answers);
	finish(engine);
}

static void timed_out(struct deadline *deadline, void *context)
{
	struct clamd_engine *engine = context;
	struct clamd_item *asked = clamd_items_asked(&engine->items);

	engine->deadline = NULL;
	if (engine->idle) {
		complete(engine);
		return;
	}
	/* Without an object in its hands there is nothing to blame but the engine. */
	if (engine->late || engine->transport->own_engine || !engine->session.connected ||
		engine->session.ending || !asked || !asked->object ||
		deadline_start(engine->task.request->loop, PROBE_MS, timed_out, engine,
			&engine->deadline) < 0) {
		broken_late(engine);
		return;
	}
	engine->late = true;
	clamd_items_probe(&engine->items)->by_stream = asked->by_stream;
	clamd_items_probe(&engine->items)->state = CLAMD_ITEM_WAITING;
	clamd_session_end(&engine->session);
}

void clamd_engine_cancel(struct scan_task *task)
{
	struct clamd_engine *engine = (struct clamd_engine *)task;

	if (engine->over)
		return;
	answers_broken(&engine->answers, VERDICT_CANCELLED, "cancelled");
	if (!engine->idle)
		finish(engine);
}

static int ask(struct clamd_engine *engine, struct clamd_item *item, int index)
{
	bool stream =
		item->by_stream || engine->streams_only || !conn_takes_fds(engine->session.conn);
	struct slice bytes =
		item->object ? item->object->content->bytes : slice_cstr(engine->probe);

	if (stream && bytes.len >= engine->refused) {
		clamd_items_settle(&engine->items, item);
		if (item->object)
			answers_too_large(&engine->answers, item->object);
		return 0;
	}
	item->state = CLAMD_ITEM_ASKED;
	item->by_stream = stream;
	if (stream)
		return clamd_session_ask_stream(&engine->session, index, bytes);

	int fd = item->object ? object_fd(engine->task.request, item->object) : fd_in_memory(bytes);

	return fd < 0 ? fd : clamd_session_ask_fd(&engine->session, index, fd);
}

/*
 * The next item to ask for, or -1: none now. The probe's turn comes first after a loss and alone
 * after the timeout, and last when everything that was given failed: it tells whose fault that is.
 */
static int next_item(struct clamd_engine *engine)
{
	struct clamd_items *items = &engine->items;
	bool may_probe = clamd_items_probe(items)->state == CLAMD_ITEM_WAITING;
	int next = clamd_items_next(items), probe = (int)items->count;

	if (engine->late || (next >= 0 && engine->cautious && !engine->heard))
		return may_probe ? probe : -1;
	if (next < 0 && items->settled == items->count && engine->answers.failed > 0 &&
		engine->answers.settled == 0 && !engine->answers.answers_otherwise && may_probe)
		next = probe;
	return next;
}

/* Asks for as many objects as may be under way; when there is nothing left to ask or await, ends. */
static void pump(struct clamd_engine *engine)
{
	unsigned window = engine->cautious ? 1 : CLAMD_WINDOW;

	if (engine->over || engine->session.ending)
		return;
	while (engine->session.waiting < window) {
		int index = next_item(engine);

		if (index < 0)
			break;

		int r = ask(engine, &engine->items.list[index], index);

		if (r < 0) {
			broken(engine, strerror(-r));
			return;
		}
	}
	if (engine->session.waiting == 0)
		finish(engine);
}

static void session_ready(struct clamd_session *session)
{
	pump(engine_of(session));
}

/* An ERROR about one object: refused, the environment's fault, or the object's own. */
static void take_error(
	struct clamd_engine *engine, struct clamd_item *item, const struct clamd_reply *reply)
{
	if (!reply->about_stream && clamd_error_refuses_fd(reply->text)) {
		clamd_items_by_stream(&engine->items, item);
		return;
	}
	if (clamd_error_is_environment(reply->text)) {
		char words[200];

		snprintf(words, sizeof(words), "%.*s", (int)slice_first(reply->text, 150).len,
			(const char *)reply->text.data);
		broken(engine, words);
		return;
	}
	clamd_items_settle(&engine->items, item);
	if (item->object)
		answers_failed(&engine->answers, (int)item->object->index, reply->text);
}

/* An answer about the probe: the engine works. */
static void take_probe(
	struct clamd_engine *engine, struct clamd_item *item, const struct clamd_reply *reply)
{
	clamd_items_settle(&engine->items, item);
	engine->answers.answers_otherwise = true;
	if (engine->late && reply->kind == CLAMD_OK)
		beaten_late(engine);
}

static void take_answer(
	struct clamd_engine *engine, struct clamd_item *item, const struct clamd_reply *reply)
{
	int object = (int)item->object->index;

	clamd_items_settle(&engine->items, item);
	if (reply->kind == CLAMD_OK)
		answers_clean(&engine->answers);
	else
		answers_found(
			&engine->answers, clamav_name_means(reply->text), object, reply->text);
}

static void session_reply(struct clamd_session *session, int index, const struct clamd_reply *reply)
{
	struct clamd_engine *engine = engine_of(session);
	struct clamd_item *item = &engine->items.list[index];

	if (engine->over)
		return;
	engine->heard = true;
	switch (reply->kind) {
	case CLAMD_OK:
	case CLAMD_FOUND:
		(item->object ? take_answer : take_probe)(engine, item, reply);
		break;
	case CLAMD_ERROR:
		take_error(engine, item, reply);
		break;
	case CLAMD_NO_FD: /* clamd closes now; the rest goes by stream over a new connection */
		engine->streams_only = true;
		clamd_items_ask_again(&engine->items);
		clamd_session_end(session);
		return;
	case CLAMD_TOO_LONG: /* likewise */
		clamd_items_settle(&engine->items, item);
		if (item->object) {
			answers_too_large(&engine->answers, item->object);
			engine->refused = item->object->content->bytes.len;
		}
		clamd_items_ask_again(&engine->items);
		clamd_session_end(session);
		return;
	case CLAMD_WORDS:
	case CLAMD_NONSENSE:
		break;
	}
	if (engine->over)
		return;
	if (answers_decided(&engine->answers))
		finish(engine);
	else if (engine->late && clamd_items_probe(&engine->items)->state == CLAMD_ITEM_SETTLED)
		broken_late(engine); /* that was no answer to believe */
	else
		pump(engine);
}

static void session_broken(struct clamd_session *session, int error, struct slice words)
{
	struct clamd_engine *engine = engine_of(session);

	engine->lost = true;
	engine->lost_connected = session->connected;
	engine->lost_error = error;
	if (words.len > 0)
		engine->lost_words = arena_cstr(
			engine->task.request->arena, slice_first(slice_trim(words), 100));
}

static void session_closed(struct clamd_session *session)
{
	struct clamd_engine *engine = engine_of(session);

	engine->transport->close(engine);
}

static const struct clamd_session_events session_events = {
	.ready = session_ready,
	.reply = session_reply,
	.broken = session_broken,
	.closed = session_closed,
};

/* Opens a connection, at the first address from here on that lets itself be tried. */
static int open_link(struct clamd_engine *engine)
{
	bool connected = false;
	int r;

	engine->lost = engine->heard = engine->crashed = engine->blameless = false;
	clamd_items_probe(&engine->items)->state = CLAMD_ITEM_WAITING;
	engine->lost_words = engine->why = NULL;
	do {
		clamd_session_init(&engine->session, &session_events);
		r = engine->transport->open(engine, &engine->session.conn, &connected);
	} while (r < 0 && engine->transport->next && engine->transport->next(engine));
	if (r < 0)
		return r;
	engine->linked = true;
	if (connected)
		clamd_engine_connected(engine, engine->session.conn);
	return 0;
}

void clamd_engine_connected(struct clamd_engine *engine, struct conn *conn)
{
	engine->session.conn = conn;
	engine->session.connected = true;
	pump(engine);
}

static void unreachable(struct clamd_engine *engine, int error)
{
	/* After a loss a mail may have brought the daemon down: not the breaker's business. */
	engine->task.unreachable = engine->losses == 0 && !engine->late;
	broken(engine, engine->why ? engine->why
		       : error < 0 ? strerror(-error)
				   : "connection refused");
}

/* The engine went away with objects under way: which one was it? Returns false: give up. */
static bool after_loss(struct clamd_engine *engine)
{
	struct clamd_item *asked = clamd_items_asked(&engine->items);
	const char *words = engine->why ? engine->why : "the engine went away while scanning it";

	/* Who talks nonsense, or stops in the middle of a word, is not asked again. */
	if (engine->lost_words || engine->lost_error == -EPROTO || engine->lost_error == -ENOMEM) {
		broken(engine, engine->lost_words ? engine->lost_words : "not an answer");
		return false;
	}
	if (!engine->hopeless && engine->blameless && ++engine->accidents <= LOSSES_MAX) {
		clamd_items_ask_again(&engine->items);
		return true;
	}
	if (engine->hopeless || ++engine->losses > LOSSES_MAX) {
		engine->task.unreachable = engine->hopeless && engine->losses == 0;
		broken(engine, words);
		return false;
	}
	if (!engine->cautious || !asked) {
		engine->cautious = true;
		clamd_items_ask_again(&engine->items);
		return true;
	}
	/* Not even the probe: it is going down, and would take any object with it. */
	if (!asked->object) {
		broken(engine, words);
		return false;
	}
	clamd_items_probe(&engine->items)->by_stream = asked->by_stream;
	if (++asked->deaths < DEATHS_MIN && !engine->crashed) {
		clamd_items_ask_again(&engine->items);
		return true;
	}
	clamd_items_settle(&engine->items, asked);
	answers_beaten(&engine->answers, VERDICT_ERROR, (int)asked->object->index, words);
	if (++engine->culprits >= CULPRITS_MAX)
		clamd_items_give_up(&engine->items, VERDICT_ERROR, words, &engine->answers);
	return next_item(engine) >= 0;
}

void clamd_engine_gone(struct clamd_engine *engine)
{
	bool again = true;
	int r = 0;

	engine->linked = false;
	if (!engine->over && engine->late && engine->lost) {
		broken_late(engine);
	} else if (!engine->over && engine->lost && !engine->lost_connected) {
		again = engine->transport->next && engine->transport->next(engine);
		if (!again)
			unreachable(engine, engine->lost_error);
	} else if (!engine->over && engine->lost) {
		again = after_loss(engine);
	} else if (!engine->over) {
		again = next_item(engine) >= 0;
	}
	if (!engine->over && again) {
		r = open_link(engine);
		if (r == 0)
			return;
		unreachable(engine, r);
	}
	engine->over = true;
	complete(engine);
}

static int begin(struct clamd_engine *engine)
{
	const struct scan_request *request = engine->task.request;
	const struct scanner_config *config = engine->task.config;
	int r = clamd_items_make(&engine->items, request, config->max_size, &engine->answers);

	engine->idle = engine->items.count == 0;
	if (r == 0)
		r = deadline_start(request->loop, engine->idle ? 0 : config->timeout_ms, timed_out,
			engine, &engine->deadline);
	if (r == 0 && !engine->idle)
		r = open_link(engine);
	if (r < 0)
		deadline_cancel(take_ptr(&engine->deadline));
	return r;
}

int clamd_engine_start(const struct clamd_transport *transport, const struct scan_request *request,
	const struct scanner_config *config, scan_task_done *done, void *context,
	struct scan_task **task, struct error *error)
{
	cleanup_free struct clamd_engine *engine = calloc(1, transport->size);

	if (!engine)
		return error_set_errno(error, -ENOMEM, "%s", config->engine);
	engine->task = (struct scan_task){
		.request = request, .config = config, .done = done, .context = context};
	engine->transport = transport;
	engine->refused = UINT64_MAX;
	snprintf(engine->probe, sizeof(engine->probe),
		"qmvc asks whether you answer: %" PRIu64 "\n", clock_us());
	answers_init(&engine->answers, request);

	int r = begin(engine);

	if (r < 0)
		return error_set_errno(error, r, "%s", transport->name(engine));
	*task = &take_ptr(&engine)->task;
	return 0;
}
