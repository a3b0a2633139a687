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

enum item_state {
	ITEM_WAITING,
	ITEM_ASKED,
	ITEM_SETTLED,
};

struct clamd_item {
	const struct object *object; /* NULL: the probe */
	enum item_state state;
	bool by_stream;
};

static void pump(struct clamd_engine *engine);

static struct clamd_engine *engine_of(struct clamd_session *session)
{
	return (struct clamd_engine *)((char *)session - offsetof(struct clamd_engine, session));
}

/* --- the end --- */

static void complete(struct clamd_engine *engine)
{
	const struct scan_result *result = answers_finish(&engine->answers);

	deadline_cancel(take_ptr(&engine->deadline));
	engine->task.done(&engine->task, result, engine->task.context);
	engine->transport->release(engine);
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
	answers_broken(&engine->answers, VERDICT_ERROR, "%s: %s", engine->transport->name(engine),
		words);
	finish(engine);
}

static void timed_out(struct deadline *deadline, void *context)
{
	struct clamd_engine *engine = context;

	(void)deadline;
	engine->deadline = NULL;
	if (engine->idle) {
		complete(engine);
		return;
	}
	answers_broken(&engine->answers, VERDICT_TIMEOUT, "%s: no answer within %u ms",
		engine->transport->name(engine), engine->task.config->timeout_ms);
	finish(engine);
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

/* --- asking --- */

static void settle(struct clamd_engine *engine, struct clamd_item *item)
{
	item->state = ITEM_SETTLED;
	engine->settled += item->object != NULL;
}

/* What was under way on a connection that is gone, or going, has to be asked again. */
static void ask_again(struct clamd_engine *engine)
{
	for (size_t i = 0; i <= engine->count; i++)
		if (engine->items[i].state == ITEM_ASKED)
			engine->items[i].state = ITEM_WAITING;
	engine->first = 0;
}

static int ask(struct clamd_engine *engine, struct clamd_item *item, int index)
{
	bool stream = item->by_stream || engine->streams_only ||
		      !conn_takes_fds(engine->session.conn);
	struct slice bytes = item->object ? item->object->content->bytes
					  : slice_cstr(engine->probe);

	if (stream && bytes.len >= engine->refused) {
		settle(engine, item);
		if (item->object)
			answers_too_large(&engine->answers, (int)item->object->index);
		return 0;
	}
	item->state = ITEM_ASKED;
	item->by_stream = stream;
	if (stream)
		return clamd_session_ask_stream(&engine->session, index, bytes);

	int fd = item->object ? object_fd(engine->task.request, item->object)
			      : fd_in_memory(bytes);

	return fd < 0 ? fd : clamd_session_ask_fd(&engine->session, index, fd);
}

/* Did everything that was given fail? Then the probe tells whose fault it is. */
static bool wants_probe(const struct clamd_engine *engine)
{
	return engine->answers.failed > 0 && engine->answers.settled == 0 &&
	       engine->items[engine->count].state == ITEM_WAITING;
}

/* The next item to ask for, or -1: none now. */
static int next_item(struct clamd_engine *engine)
{
	while (engine->first < engine->count && engine->items[engine->first].state != ITEM_WAITING)
		engine->first++;
	if (engine->first < engine->count)
		return (int)engine->first;
	if (engine->settled == engine->count && wants_probe(engine))
		return (int)engine->count;
	return -1;
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

		int r = ask(engine, &engine->items[index], index);

		if (r < 0) {
			broken(engine, strerror(-r));
			return;
		}
	}
	if (engine->session.waiting == 0)
		finish(engine);
}

/* --- the session's events --- */

static void session_ready(struct clamd_session *session)
{
	pump(engine_of(session));
}

/* An ERROR about one object: refused, the environment's fault, or the object's own. */
static void take_error(struct clamd_engine *engine, struct clamd_item *item,
	const struct clamd_reply *reply)
{
	if (!reply->about_stream && clamd_error_refuses_fd(reply->text)) {
		item->by_stream = true;
		item->state = ITEM_WAITING;
		engine->first = 0;
		return;
	}
	if (clamd_error_is_environment(reply->text)) {
		char words[200];

		snprintf(words, sizeof(words), "%.*s", (int)slice_first(reply->text, 150).len,
			(const char *)reply->text.data);
		broken(engine, words);
		return;
	}
	settle(engine, item);
	if (item->object)
		answers_failed(&engine->answers, (int)item->object->index, reply->text);
}

/* An answer about the probe: the engine works. */
static void take_probe(struct clamd_engine *engine, struct clamd_item *item,
	const struct clamd_reply *reply)
{
	settle(engine, item);
	engine->answers.answers_otherwise = reply->kind == CLAMD_OK || reply->kind == CLAMD_FOUND;
}

static void take_answer(struct clamd_engine *engine, struct clamd_item *item,
	const struct clamd_reply *reply)
{
	int object = (int)item->object->index;

	settle(engine, item);
	if (reply->kind == CLAMD_OK)
		answers_clean(&engine->answers);
	else
		answers_found(&engine->answers, clamav_name_means(reply->text), object,
			reply->text);
}

static void session_reply(struct clamd_session *session, int index, const struct clamd_reply *reply)
{
	struct clamd_engine *engine = engine_of(session);
	struct clamd_item *item = &engine->items[index];

	if (engine->over)
		return;
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
		ask_again(engine);
		clamd_session_end(session);
		return;
	case CLAMD_TOO_LONG: /* likewise */
		settle(engine, item);
		if (item->object) {
			answers_too_large(&engine->answers, (int)item->object->index);
			engine->refused = item->object->content->bytes.len;
		}
		ask_again(engine);
		clamd_session_end(session);
		return;
	case CLAMD_WORDS:
	case CLAMD_NONSENSE:
		break;
	}
	if (answers_decided(&engine->answers))
		finish(engine);
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
		engine->lost_words = arena_cstr(engine->task.request->arena,
			slice_first(slice_trim(words), 100));
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

/* --- connections --- */

/* Opens a connection, at the first address from here on that lets itself be tried. */
static int open_link(struct clamd_engine *engine)
{
	bool connected = false;
	int r;

	engine->lost = false;
	engine->lost_words = engine->why = NULL;
	do {
		clamd_session_init(&engine->session, &session_events);
		r = engine->transport->open(engine, &engine->session.conn, &connected);
	} while (r < 0 && engine->transport->next && engine->transport->next(engine));
	if (r < 0)
		return r;
	engine->linked = true;
	if (connected) {
		engine->session.connected = true;
		pump(engine);
	}
	return 0;
}

static void unreachable(struct clamd_engine *engine, int error)
{
	engine->task.unreachable = true;
	broken(engine, error < 0 ? strerror(-error) : "connection refused");
}

/* The engine went away with objects under way: which one was it? Returns false: give up. */
static bool after_loss(struct clamd_engine *engine)
{
	struct clamd_item *asked = NULL;
	const char *words = engine->why ? engine->why : "the engine went away while scanning it";

	/* Who talks nonsense, or stops in the middle of a word, is not asked again. */
	if (engine->lost_words || engine->lost_error == -EPROTO || engine->lost_error == -ENOMEM) {
		broken(engine, engine->lost_words ? engine->lost_words : "not an answer");
		return false;
	}
	if (engine->hopeless || ++engine->losses > LOSSES_MAX) {
		engine->task.unreachable = engine->hopeless;
		broken(engine, words);
		return false;
	}
	for (size_t i = 0; i <= engine->count && !asked; i++)
		if (engine->items[i].state == ITEM_ASKED)
			asked = &engine->items[i];
	if (!engine->cautious || !asked) {
		engine->cautious = true;
		ask_again(engine);
		return true;
	}
	settle(engine, asked);
	if (!asked->object)
		return false;
	answers_failed(&engine->answers, (int)asked->object->index, slice_cstr(words));
	engine->items[engine->count].by_stream = asked->by_stream;
	engine->culprits++;
	for (size_t i = 0; engine->culprits >= CULPRITS_MAX && i < engine->count; i++) {
		if (engine->items[i].state == ITEM_SETTLED)
			continue;
		settle(engine, &engine->items[i]);
		answers_failed(&engine->answers, (int)engine->items[i].object->index,
			slice_cstr(words));
	}
	return next_item(engine) >= 0;
}

void clamd_engine_gone(struct clamd_engine *engine)
{
	bool again = true;
	int r = 0;

	engine->linked = false;
	if (!engine->over && engine->lost && !engine->lost_connected) {
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

/* --- the start --- */

static int make_items(struct clamd_engine *engine)
{
	const struct objects *objects = engine->task.request->objects;
	uint64_t max = engine->task.config->max_size;

	engine->items = arena_array(engine->task.request->arena, objects->count + 1,
		sizeof(*engine->items));
	if (!engine->items)
		return -ENOMEM;
	for (size_t i = 0; i < objects->count; i++) {
		const struct object *object = &objects->list[i];

		if (!scan_gives(object))
			continue;
		if (max > 0 && object->content->bytes.len > max)
			answers_too_large(&engine->answers, (int)object->index);
		else
			engine->items[engine->count++].object = object;
	}
	return 0;
}

int clamd_engine_start(struct clamd_engine *engine, const struct clamd_transport *transport,
	const struct scan_request *request, const struct scanner_config *config,
	scan_task_done *done, void *context, struct error *error)
{
	engine->task = (struct scan_task){.request = request, .config = config, .done = done,
		.context = context};
	engine->transport = transport;
	engine->refused = UINT64_MAX;
	snprintf(engine->probe, sizeof(engine->probe), "qmvc asks whether you answer: %" PRIu64 "\n",
		clock_us());
	answers_init(&engine->answers, request);

	int r = make_items(engine);

	engine->idle = engine->count == 0;
	if (r == 0)
		r = deadline_start(request->loop, engine->idle ? 0 : config->timeout_ms, timed_out,
			engine, &engine->deadline);
	if (r < 0)
		return error_set_errno(error, r, "%s", config->engine);
	if (engine->idle)
		return 0;
	r = open_link(engine);
	if (r < 0) {
		deadline_cancel(take_ptr(&engine->deadline));
		return error_set_errno(error, r, "%s", transport->name(engine));
	}
	return 0;
}
