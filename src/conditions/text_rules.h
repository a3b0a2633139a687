/*
 * The rules of badsubjects and badbodytexts made ready for texts: all strings as one search, the
 * regular expressions one by one. Commands are not looked at here.
 */
#ifndef QMVC_CONDITIONS_TEXT_RULES_H
#define QMVC_CONDITIONS_TEXT_RULES_H

#include "conditions/regex.h"
#include "conditions/text_search.h"
#include "control/patterns.h"

struct text_rules {
	const char *path;
	struct text_search search;
	const struct pattern **strings; /* those in `search`, by its indexes */
	struct text_regex {
		const struct pattern *pattern;
		struct regex *regex;
	} * regexes;
	size_t string_count, regex_count;
	bool ignorecase;
	struct regex_budget budget; /* of all texts together */
};

struct text_met {
	const struct pattern *pattern;
	char around[256]; /* some of the text around it, NUL-terminated */
};

enum text_result {
	TEXT_NONE,
	TEXT_MET,   /* met->pattern */
	TEXT_LIMIT, /* met->pattern took too long on this text, and no other rule was met */
};

/*
 * `patterns` must outlive the rules. Returns 0, -EINVAL with *error naming the expression that does
 * not compile, or another negative errno; the rules are to be released in any case.
 */
int text_rules_make(struct text_rules *rules, const struct patterns *patterns, bool ignorecase,
	struct error *error);

/*
 * Looks in one text (UTF-8) for the strings, then for the expressions, which see it as it stands
 * and also without characters that nobody sees. The first met ends it. Returns a text_result or
 * -ENOMEM.
 */
int text_rules_search(struct text_rules *rules, struct slice text, struct text_met *met);

void text_rules_release(struct text_rules *rules);

/* For prepare(): compiles every expression of `patterns` and throws it away. As text_rules_make. */
int text_rules_check(const struct patterns *patterns, struct error *error);

#endif
