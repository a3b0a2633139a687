/*
 * qmail's control/virtualdomains: which domains' mail goes to which local part. Read here because
 * reports over all accounts, and who keeps senders out, must know whose a domain is, and qmail has no
 * program that tells. Format: qmail-send(8); what qmail passes over is passed over here.
 */
#ifndef QMVC_CONTROL_VIRTUALDOMAINS_H
#define QMVC_CONTROL_VIRTUALDOMAINS_H

#include "base/arena.h"
#include "base/error.h"

struct virtualdomain {
	/* "user@dom", "dom", ".dom" (all below it), "" (all that have no line) */
	struct slice address;
	/* Mail for X@dom is delivered to local part "PREPEND-X"; empty: dom is no virtual domain. */
	struct slice prepend;
};

struct virtualdomains {
	const struct virtualdomain *items; /* in the order of the file */
	size_t count;
};

/*
 * Reads the file's `text`, from which the items borrow. Returns 0, -EINVAL with *error set when it is
 * no text, -ENOMEM.
 */
int virtualdomains_parse(struct arena *arena, struct slice text, const char *path,
	struct virtualdomains *domains, struct error *error);

#endif
