/*
 * Asking for every object; see engine.h. Everything runs from callbacks of the session; the
 * only way out is finish(), which closes what is open, and complete() once nothing is.
 */
#include "scan/engine.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "scan/engine_early.h"
#include "scan/engine_loss.h"

/* Time for the probe when the engine is late: nothing, unless work is piled up. */
#define PROBE_MS 2000
/* And then for an object that is asked about again, unless the timeout is shorter; for all: times 3. */
#define AGAIN_MS    5000
#define AGAIN_TIMES 3

static void pump(struct engine *engine);

static void complete(struct engine *engine)
{
	const struct scan_result *result;

	if (engine->protocol->end)
		engine->protocol->end(engine);
	engine_release_held(engine);
	result = answers_finish(&engine->answers);
	deadline_cancel(take_ptr(&engine->deadline));
	engine->task.done(&engine->task, result, engine->task.context);
	free(engine);
}

/* Asks nothing more; complete() follows when all is closed. */
static void finish(struct engine *engine)
{
	engine->over = true;
	deadline_cancel(take_ptr(&engine->deadline));
	if (engine->session->conn)
		session_end(engine->session);
	else if (engine->linked)
		engine->transport->close(engine);
}

void engine_broken(struct engine *engine, const char *words)
{
	answers_broken(
		&engine->answers, VERDICT_ERROR, "%s: %s", engine->transport->name(engine), words);
	finish(engine);
}

/* It is late, and does not answer the probe either. */
static void broken_late(struct engine *engine)
{
	bool stalled = engine->late && engine->pinged && !engine->reached;

	answers_broken(&engine->answers, VERDICT_TIMEOUT, "%s: no answer within %u ms%s",
		engine->transport->name(engine), engine->task.config->timeout_ms,
		stalled ? ", nor any sign of life: it is stopped, loads its signatures, or is full"
			: "");
	engine->task.unreachable |= !engine->transport->own_engine && !engine->shown;
	finish(engine);
}

/* It does not answer this once more, and the probe before and after: that is too much for it. */
static void beaten_late(struct engine *engine)
{
	char words[80];

	snprintf(words, sizeof(words), "no answer within %u ms, while it answers otherwise",
		engine->task.config->timeout_ms);
	items_give_up(&engine->items, VERDICT_TIMEOUT, words, &engine->answers);
	finish(engine);
}

static void timed_out(struct deadline *deadline, void *context);

static unsigned again_ms(const struct engine *engine)
{
	unsigned timeout_ms = engine->task.config->timeout_ms;

	return timeout_ms < AGAIN_MS ? timeout_ms : AGAIN_MS;
}

/* Time for the next object that is asked about again. */
static void allow_another(struct engine *engine)
{
	deadline_cancel(take_ptr(&engine->deadline));
	if (clock_us() >= engine->again_until_us ||
		deadline_start(engine->task.request->loop, again_ms(engine), timed_out, engine,
			&engine->deadline) < 0)
		broken_late(engine);
}

/* It was late, and has answered the probe at once. */
static void ask_again(struct engine *engine)
{
	engine->late = false;
	engine->again = engine->cautious = true;
	engine->again_until_us = clock_us() + UINT64_C(1000) * AGAIN_TIMES * again_ms(engine);
	items_ask_again(&engine->items);
}

static void timed_out(struct deadline *deadline, void *context)
{
	struct engine *engine = context;
	struct item *asked = items_asked(&engine->items);

	engine->deadline = NULL;
	if (engine->idle) {
		complete(engine);
		return;
	}
	/* Without an object in its hands there is nothing to blame but the engine. */
	if (engine->late || engine->transport->own_engine || !engine->session->ready ||
		engine->session->ending || !asked || !asked->object ||
		deadline_start(engine->task.request->loop, PROBE_MS, timed_out, engine,
			&engine->deadline) < 0) {
		broken_late(engine);
		return;
	}
	engine->late = true;
	items_probe(&engine->items)->by_stream = asked->by_stream;
	items_probe(&engine->items)->state = ITEM_WAITING;
	session_end(engine->session);
}

void engine_cancel(struct scan_task *task)
{
	struct engine *engine = (struct engine *)task;

	if (engine->over)
		return;
	answers_broken(&engine->answers, VERDICT_CANCELLED, "cancelled");
	if (!engine->idle)
		finish(engine);
}

/*
 * The next item to ask for, or -1: none now. The probe's turn comes first after a loss and alone
 * after the timeout, and last when everything that was given failed: it tells whose fault that is.
 */
static int next_item(struct engine *engine)
{
	struct items *items = &engine->items;
	bool may_probe = items_probe(items)->state == ITEM_WAITING;
	int next = items_next(items), probe = (int)items->count;

	if (engine->early)
		return next;
	if (engine->late || (next >= 0 && engine->cautious && !engine->heard))
		return may_probe ? probe : -1;
	if (next < 0 && items->settled == items->count && engine->answers.failed > 0 &&
		engine->answers.settled == 0 && !engine->answers.answers_otherwise && may_probe)
		next = probe;
	return next;
}

/* Asks for as many objects as may be under way; when there is nothing left to ask or await, ends. */
static void pump(struct engine *engine)
{
	unsigned window = engine->cautious ? 1 : engine->protocol->window;

	if (engine->over || engine->session->ending)
		return;
	while (!engine->session->ending && engine->session->waiting < window) {
		int index = next_item(engine), r;

		if (index < 0)
			break;
		engine->items.list[index].state = ITEM_ASKED;
		engine->shown |= engine->items.list[index].object != NULL;
		r = engine->protocol->ask(engine, &engine->items.list[index], index);
		if (r < 0) {
			engine_broken(engine, strerror(-r));
			return;
		}
	}
	if (engine->session->ending || engine->session->waiting > 0)
		return;
	if (engine->early)
		engine->idle_since_us = clock_us();
	else
		finish(engine);
}

void engine_go_on(struct engine *engine)
{
	if (engine->over)
		return;
	if (engine->early) {
		pump(engine);
		return;
	}
	if (engine->late && engine->probe_clean && engine->again) {
		beaten_late(engine);
		return;
	}
	if (engine->late && engine->probe_clean)
		ask_again(engine);
	if (answers_decided(&engine->answers)) {
		finish(engine);
	} else if (engine->late && items_probe(&engine->items)->state == ITEM_SETTLED) {
		broken_late(engine); /* that was no answer to believe */
	} else {
		if (engine->again)
			allow_another(engine);
		pump(engine);
	}
}

void engine_start_over(struct engine *engine)
{
	items_ask_again(&engine->items);
	session_end(engine->session);
}

/* ---- The connection ---- */

/* The wait for it is over, one way or the other. */
static void note_reached(struct engine *engine)
{
	if (!engine->reached)
		engine->answers.result.reach_us += clock_us() - engine->session->opened_us;
	engine->reached = true;
}

void engine_alive(struct engine *engine)
{
	note_reached(engine);
	engine_go_on(engine);
}

void engine_session_ready(struct session *session)
{
	struct engine *engine = session->context;

	session->ready = true;
	if (!engine->pinged)
		note_reached(engine);
	pump(engine);
}

void engine_session_broken(struct session *session, int error, struct slice words)
{
	struct engine *engine = session->context;

	engine->lost = true;
	engine->lost_connected = session->ready;
	engine->lost_error = error;
	if (words.len > 0)
		engine->lost_words = arena_cstr(
			engine->task.request->arena, slice_first(slice_trim(words), 100));
}

void engine_session_closed(struct session *session)
{
	struct engine *engine = session->context;

	engine->answers.result.send_us += session->send_us;
	engine->transport->close(engine);
}

/* Opens a connection, at the first address from here on that lets itself be tried. */
int engine_open(struct engine *engine)
{
	bool connected = false;
	int r;

	engine->lost = engine->pinged = engine->reached = false;
	engine->inherited = engine->early;
	engine->crashed = engine->blameless = engine->probe_clean = false;
	if (!engine->chained) {
		engine->heard = false;
		items_probe(&engine->items)->state = ITEM_WAITING;
		items_probe(&engine->items)->failed = false;
	}
	engine->chained = false;
	engine->lost_words = engine->why = NULL;
	do {
		engine->session = engine->protocol->init(engine);
		r = engine->transport->open(engine, &engine->session->conn, &connected);
	} while (r < 0 && engine->transport->next && engine->transport->next(engine));
	if (r < 0)
		return r;
	engine->linked = true;
	if (connected)
		engine_connected(engine, engine->session->conn);
	return 0;
}

void engine_connected(struct engine *engine, struct conn *conn)
{
	engine->session->conn = conn;
	session_connected(engine->session);
}

static void unreachable(struct engine *engine, int error)
{
	engine->task.unreachable = !engine->shown;
	engine_broken(engine, engine->why	   ? engine->why
			      : engine->lost_words ? engine->lost_words
			      : error < 0	   ? strerror(-error)
						   : "connection refused");
}

/* Returns false: give up. */
static bool after_loss(struct engine *engine)
{
	const char *words;

	switch (engine_judge_loss(engine, &words)) {
	case LOSS_ASK_AGAIN:
		return true;
	case LOSS_BLAMED:
		return next_item(engine) >= 0;
	case LOSS_FATAL:
		break;
	}
	engine_broken(engine, words);
	return false;
}

void engine_gone(struct engine *engine)
{
	bool again = true;
	int r = 0;

	note_reached(engine);
	engine->linked = false;
	engine->over |= engine->early;
	if (!engine->over && engine->late && engine->lost) {
		broken_late(engine);
	} else if (!engine->over && engine->lost && engine->inherited) {
		engine->task.again = engine->over = true;
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
		r = engine_open(engine);
		if (r == 0)
			return;
		unreachable(engine, r);
	}
	engine->over = true;
	complete(engine);
}

int engine_limit_time(struct engine *engine)
{
	return deadline_start(engine->task.request->loop,
		engine->idle ? 0 : engine->task.config->timeout_ms, timed_out, engine,
		&engine->deadline);
}
