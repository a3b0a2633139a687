/* The list of what is to be asked; see items.h. */
#include "scan/items.h"

#include <errno.h>

#include "scan/backend.h"

int items_make(struct items *items, const struct scan_request *request, uint64_t max,
	struct answers *answers)
{
	const struct objects *objects = request->objects;

	items->list = arena_array(request->arena, objects->count + 1, sizeof(*items->list));
	if (!items->list)
		return -ENOMEM;
	/* The mail as a whole comes last: what is found first should be the part that people look for. */
	for (size_t i = 0; i < objects->count; i++) {
		const struct object *object = &objects->list[(i + 1) % objects->count];

		if (!scan_gives(object))
			continue;
		if (max > 0 && object->content->bytes.len > max)
			answers_too_large(answers, object);
		else
			items->list[items->count++].object = object;
	}
	return 0;
}

int items_next(struct items *items)
{
	while (items->first < items->count && items->list[items->first].state != ITEM_WAITING)
		items->first++;
	return items->first < items->count ? (int)items->first : -1;
}

struct item *items_asked(struct items *items)
{
	for (size_t i = 0; i <= items->count; i++)
		if (items->list[i].state == ITEM_ASKED)
			return &items->list[i];
	return NULL;
}

void items_settle(struct items *items, struct item *item)
{
	item->state = ITEM_SETTLED;
	items->settled += item->object != NULL;
}

void items_by_stream(struct items *items, struct item *item)
{
	item->by_stream = true;
	item->state = ITEM_WAITING;
	items->first = 0;
}

void items_ask_again(struct items *items)
{
	for (size_t i = 0; i <= items->count; i++)
		if (items->list[i].state == ITEM_ASKED)
			items->list[i].state = ITEM_WAITING;
	items->first = 0;
}

void items_give_up(
	struct items *items, enum verdict verdict, const char *words, struct answers *answers)
{
	for (size_t i = 0; i < items->count; i++) {
		if (items->list[i].state == ITEM_SETTLED)
			continue;
		items_settle(items, &items->list[i]);
		answers_beaten(answers, verdict, (int)items->list[i].object->index, words);
	}
}
