/*
 * What was found in a mail, one entry a condition and cause. Only data: conditions write them,
 * decide() and the log read them.
 */
#ifndef QMVC_OUTCOME_FINDING_H
#define QMVC_OUTCOME_FINDING_H

#include "base/arena.h"
#include "control/vocabulary.h"

#define FINDING_NO_OBJECT (-1)

struct finding {
	enum condition_id condition;
	int object;	     /* index of the object, or FINDING_NO_OBJECT */
	unsigned code;	     /* errors: the sum of enum mail_error; else 0 */
	const char *pattern; /* the rule that was met as written in its file, or the virus name */
	const char *detail;  /* what met it: decoded name, type, ...; UTF-8, hostile; may be "" */
	bool by_command;     /* bodytext: a command said so (goodmail looks at this) */
};

/* In the order found. The strings live in the arena of the delivery. */
struct findings {
	struct finding *list;
	size_t count, cap;
	unsigned met; /* CONDITION_BIT of each condition that is in the list */
};

/*
 * Adds a copy of *finding; strings are not copied. At most 64 are kept for each condition: more
 * only set the bit. Returns 0 or -ENOMEM.
 */
int findings_add(struct findings *findings, struct arena *arena, const struct finding *finding);

/* The first finding of that condition, or NULL. */
const struct finding *findings_first(const struct findings *findings, enum condition_id condition);

#endif
