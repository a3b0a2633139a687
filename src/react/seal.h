/*
 * The seal: a header field by which a state home knows again what went out from it. A mail that was
 * forwarded to a guard, or released by qmvc-release, often comes back through the very filter that
 * stopped it; with a seal that is valid it passes.
 *
 *	X-QMVC-Seal: v1 DIGEST
 *
 * The digest (keyed.h) is over the recipient it was made for and over every byte behind the field's
 * line: body and header of the mail as it was. Whoever changes either, or sends it to somebody else,
 * has no seal. Hosts on the way put their lines on top.
 */
#ifndef QMVC_REACT_SEAL_H
#define QMVC_REACT_SEAL_H

#include "base/buf.h"
#include "base/error.h"
#include "control/envelope.h"

/*
 * Appends the field's line for a copy of `message` to `recipient` to *line. The copy is what stands
 * on top (Delivered-To), this line, the message unchanged. Returns 0 or a negative errno with *error
 * set.
 */
int seal_make(const char *run, const char *recipient, struct slice message, struct buf *line,
	struct error *error);

/*
 * Does `message` carry a seal that is valid for the recipient of `envelope`? The recipient counts as
 * qmail has it and as the sender wrote it, the host without regard to case; one that was sealed
 * without a host is valid for that local part on any. Only the first 3 such fields are looked at.
 * Returns 1, 0 (also when the field is not there, which costs one look at the header), or a negative
 * errno with *error set.
 */
int seal_check(const char *run, const struct envelope *envelope, struct slice message,
	struct error *error);

#endif
