/*
 * Hands one mail to qmail-queue, by its own protocol (qmail-queue(8)): the message on descriptor 0,
 * the envelope on descriptor 1. Never by qmail-inject, which would mend what it finds amiss.
 */
#ifndef QMVC_REACT_SUBMIT_H
#define QMVC_REACT_SUBMIT_H

#include "base/error.h"
#include "control/profile.h"
#include "loop/loop.h"

enum submit_outcome {
	SUBMIT_DONE,	/* queued: qmail answers for it from here on */
	SUBMIT_REFUSED, /* and would be refused again (exit codes 11 to 40) */
};

struct submission {
	struct slice sender; /* of the envelope; empty for all that we write ourselves: never answered */
	const char *const *recipients; /* NULL-terminated, at least one */
	const struct slice *pieces;    /* the message, one piece behind the other */
	size_t count;
	unsigned timeout_ms; /* 0: a minute */
};

/*
 * Runs the loop until qmail-queue has ended or `timeout_ms` are over. Returns a submit_outcome, with *error saying why
 * it was refused, or a negative errno with *error set when it may work later: every other exit
 * code, a death, no answer in time (-ETIMEDOUT), no such program.
 */
int submit(struct loop *loop, const struct profile *profile, const struct submission *submission,
	struct error *error);

#endif
