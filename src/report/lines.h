/*
 * The mails behind the figures of a page: for every hour, action, condition, scanner's verdict and so
 * on the first of its mails, kept while the tally counts them all.
 *
 * Memory is bounded whatever the log holds: a selection keeps at most LINES_KEPT mails (the first by
 * time), or LINES_FEW where nobody goes through more: of the biggest and slowest, and of those with
 * which nothing was wrong. A mail is kept once however many selections it is
 * in, and all of them take at most LINES_BYTES. Where that is used up, selections stop growing before
 * that; which count is theirs they know all the same. Mails come nearly in order, so
 * for most lines of a long log a selection costs one comparison.
 */
#ifndef QMVC_REPORT_LINES_H
#define QMVC_REPORT_LINES_H

#include "report/tally.h"

#define LINES_KEPT  500
#define LINES_FEW   100
#define LINES_BYTES ((size_t)8 << 20)
#define LINES_SLOTS 366 /* hours or days on the axis of a page's charts */

enum lines_kind { /* `which` and `verdict` of a key are 0 where nothing else is said */
	LINES_ALL,
	LINES_STOPPED,
	LINES_INFECTED,
	LINES_DISAGREED, /* one scanner found something, another one called it clean */
	LINES_FAILED,	 /* of a scanner: timeout or error */
	LINES_BIGGEST,
	LINES_SLOWEST,
	LINES_ACTION,	 /* which: enum tally_action */
	LINES_CONDITION, /* which: enum condition_id, or CONDITION_COUNT */
	LINES_CODE,	 /* which: bit of condition errors */
	LINES_VERDICT,	 /* which: place of the scanner; verdict */
	LINES_ALONE,	 /* which: place of the scanner, here and below */
	LINES_MISSED,
	LINES_OPENED, /* its circuit breaker */
	LINES_LEFT,   /* it was left alone */
	LINES_SLOT,   /* which: hour or day */
	LINES_DELAY,  /* which: step of the delay (histogram_bounds_of_steps()) */
	LINES_KINDS
};

struct lines_key {
	enum lines_kind kind;
	unsigned which;
	enum tally_verdict verdict;
};

enum line_text {
	LINE_ID,
	LINE_SENDER,
	LINE_RECIPIENT,
	LINE_SUBJECT,
	LINE_SCANS, /* "C infected (Eicar), F clean" */
	LINE_ERROR, /* why it was deferred */
	LINE_TEXTS
};

/* A mail; its texts may be cut, behind more than a page shows. */
struct line {
	int64_t time_ms;
	uint64_t size, delay_us;
	enum tally_action action;
	unsigned met; /* as in struct tally_seen */
	unsigned errors, owners;
	unsigned short ends[LINE_TEXTS]; /* where each ends in `text` */
	unsigned char text[];
};

struct lines_selection {
	uint64_t count; /* of all mails that belong to it */
	unsigned kept, room;
	struct line **list; /* in the order of a page */
};

struct lines;

/* NULL without memory. */
struct lines *lines_new(void);
void lines_free(struct lines *lines);

/*
 * Puts a mail where it belongs. `seen` is what the tally made of it, `slot` its place on the axis,
 * LINES_SLOTS when it has none. Returns 0 or -ENOMEM.
 */
int lines_take(struct lines *lines, const struct log_entry *entry, const struct tally_seen *seen,
	unsigned slot);

const struct lines_selection *lines_of(const struct lines *lines, struct lines_key key);

/*
 * All selections, one after the other: the first from a zeroed key on. Returns false behind the
 * last.
 */
bool lines_next(struct lines_key *key);

struct slice line_text(const struct line *line, enum line_text text);

#endif
