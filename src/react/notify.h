/*
 * Reactions `notify` and `inform`: who is told of a mail that was stopped. Whom a stranger's mail
 * makes us write to is his choice, so the sender is written to only when he can be a person who waits
 * for an answer, and never because of a mail that answers one (RFC 3834 section 2).
 */
#ifndef QMVC_REACT_NOTIFY_H
#define QMVC_REACT_NOTIFY_H

#include "control/envelope.h"
#include "message/header.h"

enum notify_why {
	NOTIFY_YES,
	NOTIFY_NULL_SENDER,   /* a bounce, or the bounce of one: nobody is notified because of these */
	NOTIFY_AUTOMATIC,     /* a program wrote it: Auto-Submitted, Precedence, List-Id and the like */
	NOTIFY_PROGRAM_SENDER, /* MAILER-DAEMON, owner-LIST, LIST-request, no-reply: nobody reads there */
	NOTIFY_NO_ADDRESS      /* qmail-queue would not take it: too long, control characters */
};

/* May the recipient be notified because of this mail? */
enum notify_why notify_recipient_may(const struct envelope *envelope);
/* May its sender? */
enum notify_why notify_sender_may(const struct envelope *envelope, const struct header *header);

/* In words, for people: "the sender is empty". */
const char *notify_why_words(enum notify_why why);

/*
 * How many notices lie behind this mail (NOTICE_FIELD, react/notice.h): 0 when it is none itself.
 * From NOTICE_GENERATIONS on nobody is told of it any more.
 */
unsigned notify_generation(const struct envelope *envelope, const struct header *header);

#endif
