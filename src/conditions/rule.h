/* What conditions share when they write a finding: the rule as written, and what met it. */
#ifndef QMVC_CONDITIONS_RULE_H
#define QMVC_CONDITIONS_RULE_H

#include "conditions/condition.h"
#include "control/patterns.h"

/* The longest detail of a finding, in bytes. */
#define DETAIL_MAX 200

/* The rule as it stands in its file ("/re/", "|command:1", "import:x"); NULL: no memory. */
const char *rule_text(struct arena *arena, const struct pattern *pattern);

/*
 * `bytes` as a finding's detail: valid UTF-8 (else '?'), white space as blanks, other control
 * characters '?', at most DETAIL_MAX bytes (a longer one ends in "..."). NULL: no memory.
 */
const char *rule_detail(struct arena *arena, struct slice bytes);

/*
 * The place [from, from + len) in `text` with something around it, at most DETAIL_MAX bytes, cut
 * between characters. Borrows from text.
 */
struct slice rule_around(struct slice text, size_t from, size_t len);

/*
 * Adds a finding of `condition` for `object` (or FINDING_NO_OBJECT) that met `pattern`. Returns 0,
 * -ENOMEM.
 */
int rule_met(const struct check *check, enum condition_id condition, int object,
	const struct pattern *pattern, struct slice detail);

/* As rule_met, the rule given in words. */
int rule_met_words(const struct check *check, enum condition_id condition, int object,
	const char *rule, struct slice detail);

/*
 * Adds the finding `overlimit` that says: this expression of file `path` was not done with the mail
 * in the time it has. Returns 0, -ENOMEM.
 */
int rule_too_slow(
	const struct check *check, const char *path, int object, const struct pattern *pattern);

#endif
