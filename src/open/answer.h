/*
 * Reads what qmvc-open answers, fills in the objects and adds their members. It counts who was
 * asked and how much: an answer nobody asked for, a second one, one too long, a member or a byte
 * more than was allowed, a byte out of place is nonsense, and after nonsense nothing more of that
 * helper is believed.
 */
#ifndef QMVC_OPEN_ANSWER_H
#define QMVC_OPEN_ANSWER_H

#include "message/content.h"
#include "message/object.h"
#include "open/protocol.h"

enum answer_state {
	ANSWER_NOT_WANTED,
	ANSWER_WANTED, /* to be asked for */
	ANSWER_ASKED,
	ANSWER_GIVEN,
};

#define ANSWER_NONSENSE 1

/* The member whose bytes are coming; see answer_member.c. */
struct answer_member {
	int index;	    /* the object's, -1 between members */
	bool content;	    /* OPEN_MEMBER_CONTENT: it is named after its container */
	unsigned names;	    /* how many have come */
	uint64_t left;	    /* bytes that follow of a `name` or `data` */
	bool in_name;	    /* they belong to a name */
	struct buf name;
	struct content_writer writer;
};

struct answer {
	struct objects *objects;
	const char *tmp;       /* where large members go */
	unsigned char *states; /* an answer_state for each object */
	size_t state_room;
	size_t wanted, asked, given; /* how many objects ever were in that state */
	bool hello;		     /* the helper has closed its box */
	bool nonsense;
	bool lacking; /* it takes the libraries for the object asked for last, which is wanted again */
	struct buf line; /* the beginning of a line whose end has not come */
	/* The answer that has begun, kept apart until its end has come. */
	int object;	       /* -1 between answers */
	unsigned seen;	       /* records that may come once, as bits of open_record_kind */
	unsigned flags;	       /* of object_flag */
	struct buf mime, text;
	struct buf imports; /* each with a NUL behind it */
	unsigned import_count;
	size_t import_total; /* of all objects */
	struct answer_member member;
	uint64_t members_left, bytes_left; /* of what the object asked for last may unpack */
};

/* Nobody is wanted yet. `tmp` is borrowed. Returns 0 or -ENOMEM; answer_release() in any case. */
int answer_init(struct answer *answer, struct objects *objects, const char *tmp);
void answer_release(struct answer *answer);

/* Object `index` is to be asked for. */
void answer_want(struct answer *answer, size_t index);
/* It was asked for: from now on an answer may come, without members. */
void answer_ask(struct answer *answer, size_t index);
/* It was asked for, and nothing else is: its answer may bring so many members and bytes of them. */
void answer_ask_inside(struct answer *answer, size_t index, uint64_t members, uint64_t bytes);

/*
 * Takes bytes as they come, in pieces of any size. Returns 0, ANSWER_NONSENSE (also ever after), or
 * -ENOMEM.
 */
int answer_feed(struct answer *answer, struct slice bytes);

/*
 * The helper is dead: a member that was coming is kept as far as it came. The object it was at gets
 * OBJECT_OVERLIMIT, with `limit` (a key of the file limits, or NULL), and counts as answered; the
 * others asked for are wanted again. The next helper begins with its greeting. Returns the lowest
 * index now wanted (objects->count: none), or a negative errno.
 */
long answer_restart(struct answer *answer, const char *limit);

/* Nothing more will come: objects wanted but without an answer get OBJECT_OVERLIMIT. */
void answer_give_up(struct answer *answer, const char *limit);

/*
 * answer_member.c: the members of one answer. Each returns 0, ANSWER_NONSENSE or a negative errno.
 */
int member_begin(struct answer *answer, uint64_t kind);
int member_name(struct answer *answer, uint64_t length);
int member_data(struct answer *answer, uint64_t length);
/* Takes what of `bytes` follows a `name` or `data`; *taken says how much. */
int member_take(struct answer *answer, struct slice bytes, size_t *taken);
/* Ends the member there is, whole or not: its object gets its content and its names. */
int member_end(struct answer *answer);

#endif
