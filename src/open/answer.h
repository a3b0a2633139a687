/*
 * Reads what qmvc-open answers and fills in the objects. It counts who was asked: an answer nobody
 * asked for, a second one, one too long, a byte out of place is nonsense, and after nonsense
 * nothing more is believed.
 */
#ifndef QMVC_OPEN_ANSWER_H
#define QMVC_OPEN_ANSWER_H

#include "message/object.h"
#include "open/protocol.h"

enum answer_state {
	ANSWER_NOT_WANTED,
	ANSWER_WANTED, /* to be asked for */
	ANSWER_ASKED,
	ANSWER_GIVEN,
};

#define ANSWER_NONSENSE 1

struct answer {
	struct objects *objects;
	unsigned char *states; /* an answer_state for each object */
	size_t wanted, asked, given; /* how many objects ever were in that state */
	bool hello;		     /* the helper has closed its box */
	bool nonsense;
	struct buf line; /* the beginning of a line whose end has not come */
	/* The answer that has begun, kept apart until its end has come. */
	struct object *object; /* NULL between answers */
	unsigned seen;	       /* records that may come once, as bits of open_record_kind */
	unsigned flags;	       /* of object_flag */
	struct buf mime, text;
	struct buf imports; /* each with a NUL behind it */
	unsigned import_count;
	size_t import_total; /* of all objects */
};

/* Nobody is wanted yet. Returns 0 or -ENOMEM; answer_release() in any case. */
int answer_init(struct answer *answer, struct objects *objects);
void answer_release(struct answer *answer);

/* Object `index` is to be asked for. */
void answer_want(struct answer *answer, size_t index);
/* It was asked for: from now on an answer may come. */
void answer_ask(struct answer *answer, size_t index);

/*
 * Takes bytes as they come, in pieces of any size. Returns 0, ANSWER_NONSENSE (also ever after), or
 * -ENOMEM.
 */
int answer_feed(struct answer *answer, struct slice bytes);

/* Nothing more will come: objects wanted but without an answer get OBJECT_OVERLIMIT. */
void answer_give_up(struct answer *answer);

#endif
