/*
 * Whom blockvirussender(8) is to block. What virulator counted is a claim of strangers, for senders
 * are forged: an address gets into badmailfrom only past block_address_is_fit() and block_refused().
 */
#ifndef QMVC_PROGRAMS_BLOCK_SENDERS_H
#define QMVC_PROGRAMS_BLOCK_SENDERS_H

#include "control/patterns.h"
#include "programs/block_qmail.h"

/* RFC 5321 4.5.3.1.3, without the angle brackets. */
#define BLOCK_ADDRESS_MAX 254

struct block_sender {
	struct slice address; /* in lower case */
	uint64_t mails;
	const char *refused; /* why it is not blocked, or NULL */
};

struct block_senders {
	struct block_sender *list; /* worst first */
	size_t count;
};

/* What must not be blocked. */
struct block_rules {
	struct block_names own;
	struct patterns never; /* the control file neverblock */
};

/*
 * NAME@HOST as badmailfrom can hold it and means it: letters, digits and few signs, a host with a
 * dot. What patches of qmail take for a pattern (*, !, -, ~ in front, ...) is none.
 */
bool block_address_is_fit(struct slice address);

/*
 * Reads BASE/log/topvirus_Sender1: the senders of at least `threshold` infected mails. Returns 0, 1
 * when it is older than a day (*error says so), or a negative errno with *error set. Nothing is
 * written then. Those whose address is not fit are left out.
 */
int block_senders_read(const char *base, uint64_t threshold, int64_t now_ms, struct arena *arena,
	struct block_senders *senders, struct error *error);

/* Why this address, in lower case, must not be blocked, or NULL. */
const char *block_refused(const struct block_rules *rules, struct slice address);

#endif
