/*
 * The file `filters`: one line a condition, CONDITION=y|n ; ACTION ; REACTIONS ; OPTIONS. Format:
 * qmvc-filters(5).
 */
#ifndef QMVC_CONTROL_FILTERS_H
#define QMVC_CONTROL_FILTERS_H

#include "base/arena.h"
#include "base/error.h"
#include "control/vocabulary.h"

/* One line. */
struct filter {
	bool present;	 /* a line stands in the file */
	bool on;	 /* `=y` */
	unsigned line;	 /* its number, from 1 */
	enum action action;
	bool notify_recipient, notify_sender;
	const char **inform, **forward; /* addresses as written, NULL-terminated; NULL: none */
	bool ignorecase, goodmail, quitasap;
};

struct filters {
	const char *path; /* the file, for messages */
	struct filter conditions[CONDITION_COUNT];
};

/*
 * Parses `text`. Errors (-EINVAL, *error set as "PATH:LINE: 'WORD': what is wrong") among others:
 * an unknown condition, action, reaction or option; a condition given twice; quitasap on an action
 * that does not stop the mail; an option the condition has no use for; a condition of a coming
 * version.
 * A file without any line is legal: nothing is filtered. Without a line, overlimit is on as `keep`.
 */
int filters_parse(struct arena *arena, struct slice text, const char *path,
	struct filters *filters, struct error *error);

/* The set of conditions that are on. */
unsigned filters_enabled(const struct filters *filters);

#endif
