/*
 * Sends one mail to one address, once: what an earlier try of the same delivery has sent already
 * (sent.h) is not sent again.
 */
#ifndef QMVC_REACT_DISPATCH_H
#define QMVC_REACT_DISPATCH_H

#include "control/envelope.h"
#include "react/submit.h"

/* The delivery that sends. */
struct dispatcher {
	struct loop *loop;
	const struct profile *profile;
	const struct envelope *envelope;
	struct slice message; /* the mail that is delivered */
	int64_t now_ms;	      /* since the epoch */
};

/*
 * Sends `count` pieces as one mail, unless an earlier try has sent `kind` ("forward", ...) there. Returns a submit_outcome (SUBMIT_DONE
 * also when an earlier try did it) or a negative errno with *error set. A mail that was queued and
 * could not be remembered counts as sent, with *error saying so: one too many is better than none.
 */
int dispatch_mail(const struct dispatcher *dispatcher, const char *kind, const char *address,
	const struct slice *pieces, size_t count, struct error *error);

#endif
