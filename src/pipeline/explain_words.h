/* The words that both forms of an explanation use. */
#ifndef QMVC_PIPELINE_EXPLAIN_WORDS_H
#define QMVC_PIPELINE_EXPLAIN_WORDS_H

#include "pipeline/explanation.h"

/* Why a condition that is on was not met, in a few words; in the arena. NULL: no memory. */
const char *words_not_met(const struct explanation *explanation, enum condition_id id);

/* Why the decision is what it is; in the arena. NULL: no memory. */
const char *words_decision(const struct explanation *explanation);

/* What qmail does on that exit code. */
const char *words_exit(enum disposition disposition);

/* How a node came to be: "attached mail", "uuencode block in a text", "member", ... */
const char *words_origin(const struct node *node);

/* The transfer encoding's name, or NULL when there is none. */
const char *words_encoding(const struct part *part);

/*
 * What is remarkable about a node, one word or phrase at a time: n counts from 0, NULL ends it.
 * *grave: it is what attackers make, not a mere property.
 */
const char *words_flag(const struct node *node, unsigned n, bool *grave);

#endif
