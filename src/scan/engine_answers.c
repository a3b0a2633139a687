/*
 * What an answer about one object comes to; see engine.h. The probe is no object: what is said of it
 * counts only for whether the engine works.
 */
#include "scan/engine.h"

void engine_found(struct engine *engine, int index, enum verdict verdict, struct slice name)
{
	struct item *item = &engine->items.list[index];

	engine->heard = true;
	if (!item->object)
		return;
	if (answers_mention(&engine->answers, verdict, (int)item->index, name))
		item->found = true;
	else
		item->pardoned = true;
}

void engine_failed(struct engine *engine, int index, struct slice text)
{
	struct item *item = &engine->items.list[index];

	engine->heard = true;
	item->failed = true;
	if (item->object)
		answers_failed(&engine->answers, (int)item->index, text);
}

/* An answer about the probe: unless it is a failure, the engine works. */
static void take_probe(struct engine *engine, const struct item *probe, bool clean)
{
	if (probe->failed)
		return;
	engine->answers.answers_otherwise = true;
	engine->probe_clean = clean;
}

void engine_answered(struct engine *engine, int index, bool clean)
{
	struct item *item = &engine->items.list[index];

	engine->heard = true;
	items_settle(&engine->items, item);
	if (!item->object)
		take_probe(engine, item, clean);
	else if (item->found)
		answers_settled(&engine->answers);
	else if (!item->failed && (clean || item->pardoned))
		answers_clean(&engine->answers);
	else if (!item->failed)
		engine_failed(engine, index, slice_cstr("an answer without a verdict"));
}

void engine_too_large(struct engine *engine, int index)
{
	struct item *item = &engine->items.list[index];

	engine->heard = true;
	items_settle(&engine->items, item);
	if (item->object)
		answers_too_large(&engine->answers, item->object);
}
