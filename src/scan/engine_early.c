/* Asking before the turn has come; see engine_early.h. */
#include "scan/engine_early.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"

int engine_begin(struct engine *engine, const struct object *message, struct scan_task **task)
{
	cleanup_free struct engine *owned = engine;
	int r;

	if (!owned)
		return -ENOMEM;
	owned->early = true;
	owned->begun_us = clock_us();
	owned->session = owned->protocol->init(owned);
	r = items_make_early(&owned->items, owned->task.request, message);
	if (r == 0)
		r = engine_open(owned);
	if (r < 0)
		return r;
	*task = &take_ptr(&owned)->task;
	return 0;
}

/* Whoever is about to end is asked nothing more, and its end is under way already. */
static bool is_ending(const struct engine *engine)
{
	return engine->over || engine->session->ending || !engine->session->ready;
}

/* From now on it has something to answer again. */
static void end_idleness(struct engine *engine)
{
	if (engine->idle_since_us > 0)
		engine->idle_us += clock_us() - engine->idle_since_us;
	engine->idle_since_us = 0;
}

void engine_add(struct scan_task *task)
{
	struct engine *engine = (struct engine *)task;
	int r = items_extend(
		&engine->items, task->request, task->config->max_size, &engine->answers);

	if (r < 0) {
		engine_broken(engine, strerror(-r));
	} else if (!is_ending(engine)) {
		end_idleness(engine);
		engine_go_on(engine);
	}
}

bool engine_has_sent(const struct scan_task *task)
{
	const struct engine *engine = (const struct engine *)task;

	return is_ending(engine) ? engine->over || engine->session->ending
				 : engine->shown && conn_all_sent(engine->session->conn);
}

bool engine_take_turn(struct scan_task *task)
{
	struct engine *engine = (struct engine *)task;
	int r;

	if (is_ending(engine))
		return false;
	end_idleness(engine);
	engine->early = false;
	engine->answers.result.early_us = clock_us() - engine->begun_us - engine->idle_us;
	answers_expect(&engine->answers);
	r = items_extend(&engine->items, task->request, task->config->max_size, &engine->answers);
	if (r == 0)
		r = engine_limit_time(engine);
	items_take_turn(&engine->items);
	if (r < 0)
		engine_broken(engine, strerror(-r));
	else
		engine_go_on(engine);
	return true;
}

bool engine_hold(struct engine *engine, int index, enum verdict verdict, struct slice name)
{
	struct item *item = &engine->items.list[index];

	if (!item->early || !item->object || item->object->kind != OBJECT_MESSAGE)
		return false;
	engine->heard = true;
	engine->held = arena_cstr(engine->task.request->arena, name);
	engine->held_verdict = verdict;
	item->state = ITEM_HELD;
	return true;
}

void engine_release_held(struct engine *engine)
{
	struct item *mail = &engine->items.list[0];

	if (!engine->items.list || mail->state != ITEM_HELD)
		return;
	engine_found(engine, 0, engine->held_verdict, slice_cstr(engine->held));
	engine_answered(engine, 0, false);
}

bool engine_put_off(struct engine *engine, int index)
{
	struct item *item = &engine->items.list[index];

	if (!item->early)
		return false;
	item->state = engine->early ? ITEM_LATER : ITEM_WAITING;
	item->early = false;
	engine->items.first = engine->items.start;
	return true;
}
