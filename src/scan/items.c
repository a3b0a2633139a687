/* The list of what is to be asked; see items.h. */
#include "scan/items.h"

#include <errno.h>
#include <string.h>

#include "scan/backend.h"

static void add(struct items *items, const struct object *object, uint64_t max,
	struct answers *answers)
{
	if (!scan_gives(object))
		return;
	if (max > 0 && object->content->bytes.len > max)
		answers_too_large(answers, object);
	else
		items->list[items->count++] =
			(struct item){.object = object, .index = object->index};
}

int items_make(struct items *items, const struct scan_request *request, uint64_t max,
	struct answers *answers)
{
	const struct objects *objects = request->objects;

	items->list = arena_array(request->arena, objects->count + 1, sizeof(*items->list));
	if (!items->list)
		return -ENOMEM;
	/* The mail as a whole comes last: what is found first should be the part that people look for. */
	for (size_t i = 0; i < objects->count; i++)
		add(items, &objects->list[(i + 1) % objects->count], max, answers);
	return 0;
}

int items_make_early(
	struct items *items, const struct scan_request *request, const struct object *message)
{
	items->list = arena_array(request->arena, 2, sizeof(*items->list));
	if (!items->list)
		return -ENOMEM;
	items->list[0] = (struct item){.object = message, .early = true};
	items->count = items->known = 1;
	return 0;
}

int items_extend(struct items *items, const struct scan_request *request, uint64_t max,
	struct answers *answers)
{
	const struct objects *objects = request->objects;
	size_t old = items->count;

	if (objects->count > items->known) {
		struct item *list = arena_array(request->arena,
			items->count + objects->count - items->known + 1, sizeof(*list));

		if (!list)
			return -ENOMEM;
		memcpy(list, items->list, items->count * sizeof(*list));
		items->list = list;
		for (; items->known < objects->count; items->known++)
			add(items, &objects->list[items->known], max, answers);
	}
	for (size_t i = 0; i < old; i++)
		items->list[i].object = &objects->list[items->list[i].index];
	for (size_t i = old; i < items->count; i++)
		items->list[i].early = true;
	/* The mail itself has been asked about. */
	items->start = 1;
	if (items->first < items->start)
		items->first = items->start;
	return 0;
}

void items_take_turn(struct items *items)
{
	for (size_t i = 0; i < items->count; i++) {
		struct item *item = &items->list[i];

		if (item->state == ITEM_LATER)
			item->state = ITEM_WAITING;
		if (item->state == ITEM_WAITING)
			item->early = false;
	}
	items->first = items->start;
}

int items_next(struct items *items)
{
	while (items->first < items->count && items->list[items->first].state != ITEM_WAITING)
		items->first++;
	if (items->first < items->count)
		return (int)items->first;
	return items->start > 0 && items->list[0].state == ITEM_WAITING ? 0 : -1;
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
	items->first = items->start;
}

void items_ask_again(struct items *items)
{
	for (size_t i = 0; i <= items->count; i++)
		if (items->list[i].state == ITEM_ASKED)
			items->list[i].state = ITEM_WAITING;
	items->first = items->start;
}

void items_give_up(
	struct items *items, enum verdict verdict, const char *words, struct answers *answers)
{
	for (size_t i = 0; i < items->count; i++) {
		if (items->list[i].state == ITEM_SETTLED || items->list[i].state == ITEM_HELD)
			continue;
		items_settle(items, &items->list[i]);
		answers_beaten(answers, verdict, (int)items->list[i].index, words);
	}
}
