/*
 * The memory of what has been sent, so that a mail that has to be tried again (exit code 111, a
 * crash) sends nothing twice. One empty file a dispatch, RUN/sent/DAY/DIGEST, DAY being the day (UTC)
 * on which it was sent; days that lie longer back than qmail keeps a mail in its queue are removed.
 */
#ifndef QMVC_REACT_SENT_H
#define QMVC_REACT_SENT_H

#include "base/error.h"
#include "react/keyed.h"

/* qmail gives up after seven days (queuelifetime). */
#define SENT_DAYS 8

/* One dispatch: what, of which mail, to whose delivery, to whom. */
struct sent_item {
	const char *kind;	/* "forward", "inform", ... */
	struct slice message;	/* the mail that was delivered, all of it */
	struct slice recipient; /* of the delivery, as qmail has it */
	const char *address;
};

/* The name of a dispatch. Returns 0 or a negative errno with *error set (keyed_digest()). */
int sent_name(const char *run, const struct sent_item *item, char name[KEYED_HEX + 1],
	struct error *error);

/* Has it been sent? Returns 1, 0, or a negative errno with *error set. */
int sent_look(const char *run, const char *name, struct error *error);

/*
 * It is about to be sent, at `now_ms` (milliseconds since the epoch): makes the entry under a name
 * that does not count yet, so that a disk that is full says so before anything has gone out. Also
 * removes what has expired. Returns 0 or a negative errno with *error set.
 */
int sent_prepare(const char *run, const char *name, int64_t now_ms, struct error *error);

/* It was sent: what was prepared counts, durably. Returns 0 or a negative errno with *error set. */
int sent_note(const char *run, const char *name, int64_t now_ms, struct error *error);

/* It was not sent: what was prepared goes. */
void sent_forget(const char *run, const char *name, int64_t now_ms);

#endif
