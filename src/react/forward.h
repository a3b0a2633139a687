/*
 * Reaction `forward`: the mail itself goes to a guard. The copy is Delivered-To on top (so that
 * qmail ends a loop), the seal for this guard, and the mail unchanged; the envelope sender is empty.
 */
#ifndef QMVC_REACT_FORWARD_H
#define QMVC_REACT_FORWARD_H

#include "control/filters.h"
#include "react/dispatch.h"

struct forward_request {
	struct dispatcher dispatcher;
	const struct filters *filters;
	unsigned reacting;   /* the conditions whose reactions are carried out, CONDITION_BITs */
	struct slice mail;
	struct slice replacement; /* what a command wrote; .data NULL: nothing */
	struct arena *arena;
};

/* What became of it; strings in the arena. */
struct forward_report {
	const char **sent; /* addresses, NULL-terminated; those of an earlier try among them */
	unsigned sent_count;
	const char *refused; /* an address it will never go to, and why; NULL: there was none */
	const char *forgotten; /* one it went to, and why that is not remembered; NULL */
};

/*
 * Sends to every address of every reacting condition, once to each: the mail, and the replacement
 * where no condition but bodytext names the address, since another's guard wants what was found.
 * Returns 0 (also when one was
 * refused for good: then nobody has the copy, and it should be kept), or a negative errno with
 * *error set when one has to be tried again.
 */
int forward_all(const struct forward_request *request, struct forward_report *report,
	struct error *error);

/*
 * The addresses `reacting` conditions forward to (`inform` when that is set), expanded, each once,
 * in the order of the conditions; NULL-terminated. *unfit is the first as written that this mail
 * makes no address of, or NULL. Returns 0 or -ENOMEM.
 */
int forward_addresses(struct arena *arena, const struct envelope *envelope,
	const struct filters *filters, unsigned reacting, bool inform, const char ***addresses,
	const char **unfit);

#endif
