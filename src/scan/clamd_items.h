/*
 * What an engine still has to be asked, in the order of the objects: one item for each object that
 * is given, and behind them the probe (clamd_engine.h). A connection that is lost puts back what was
 * under way.
 */
#ifndef QMVC_SCAN_CLAMD_ITEMS_H
#define QMVC_SCAN_CLAMD_ITEMS_H

#include "scan/answers.h"

enum clamd_item_state {
	CLAMD_ITEM_WAITING,
	CLAMD_ITEM_ASKED,
	CLAMD_ITEM_SETTLED, /* nothing more is asked about it */
};

struct clamd_item {
	const struct object *object; /* NULL: the probe */
	enum clamd_item_state state;
	bool by_stream; /* a descriptor of it was refused */
	unsigned char deaths; /* the engine went away on it, alone, so often */
};

struct clamd_items {
	struct clamd_item *list; /* count of them and the probe; in the arena */
	size_t count, settled;	 /* without the probe */
	size_t first;		 /* none before this one waits */
};

/* One for each object but those larger than `max` (0: no bound), which are noted in *answers. */
int clamd_items_make(struct clamd_items *items, const struct scan_request *request, uint64_t max,
	struct answers *answers);
/* The index of the first that waits, or -1. The probe's turn is another's decision. */
int clamd_items_next(struct clamd_items *items);
/* The first that has been asked, the probe too, or NULL. */
struct clamd_item *clamd_items_asked(struct clamd_items *items);
void clamd_items_settle(struct clamd_items *items, struct clamd_item *item);
/* This one waits again, by stream. */
void clamd_items_by_stream(struct clamd_items *items, struct clamd_item *item);
/* What has been asked on a connection that is gone, or going, waits again. */
void clamd_items_ask_again(struct clamd_items *items);
/* All that is not settled is too much for the engine: answers_beaten(). */
void clamd_items_give_up(struct clamd_items *items, enum verdict verdict, const char *words,
	struct answers *answers);

static inline struct clamd_item *clamd_items_probe(const struct clamd_items *items)
{
	return &items->list[items->count];
}

#endif
