/*
 * What an engine still has to be asked, in the order of the objects: one item for each object that
 * is given, and behind them the probe (engine.h). A connection that is lost puts back what was
 * under way.
 */
#ifndef QMVC_SCAN_ITEMS_H
#define QMVC_SCAN_ITEMS_H

#include "scan/answers.h"

enum item_state {
	ITEM_WAITING,
	ITEM_ASKED,
	ITEM_HELD,  /* asked early, and found: counted when everything else has been */
	ITEM_LATER, /* asked early, in vain: waits from the scanner's turn on */
	ITEM_SETTLED, /* nothing more is asked about it */
};

struct item {
	const struct object *object; /* NULL: the probe */
	unsigned index;		     /* the object's */
	enum item_state state;
	bool early;	      /* asked before the scanner's turn; see engine_early.h */
	bool by_stream;	      /* (clamd) a descriptor of it was refused */
	bool found;	      /* something that counts was said about it ... */
	bool pardoned;	      /* a name that the whitelist takes back ... */
	bool failed;	      /* or that the engine failed on it */
	unsigned char deaths; /* the engine went away on it, alone, so often */
};

struct items {
	struct item *list;     /* count of them and the probe; in the arena */
	size_t count, settled; /* without the probe */
	size_t known;	       /* so many objects have been looked at */
	size_t first;	       /* none before this one waits, but for those before `start` */
	size_t start;	       /* 1: the mail was asked early, is the first, and waits for all others */
};

/* One for each object but those larger than `max` (0: no bound), which are noted in *answers. */
int items_make(struct items *items, const struct scan_request *request, uint64_t max,
	struct answers *answers);
/* The mail alone, before anything else is known of it; `message` is a stand-in for object 0. */
int items_make_early(
	struct items *items, const struct scan_request *request, const struct object *message);
/*
 * Adds the objects that have become known, and points all to where the objects are now. Pointers to
 * items, but not their numbers, are then no longer valid. What is asked before items_take_turn() is
 * `early`.
 */
int items_extend(struct items *items, const struct scan_request *request, uint64_t max,
	struct answers *answers);
/* The scanner's turn: what was asked in vain waits again. */
void items_take_turn(struct items *items);
/* The index of the first that waits, or -1. The probe's turn is another's decision. */
int items_next(struct items *items);
/* The first that has been asked, the probe too, or NULL. */
struct item *items_asked(struct items *items);
void items_settle(struct items *items, struct item *item);
/* This one waits again, by stream. */
void items_by_stream(struct items *items, struct item *item);
/* What has been asked on a connection that is gone, or going, waits again. */
void items_ask_again(struct items *items);
/* All that is not settled is too much for the engine: answers_beaten(). */
void items_give_up(
	struct items *items, enum verdict verdict, const char *words, struct answers *answers);

static inline struct item *items_probe(const struct items *items)
{
	return &items->list[items->count];
}

#endif
