/*
 * Regular expressions, the rules written /.../: PCRE2 in UTF-8, with Unicode's classes, `^` and `$`
 * at each line. A mail may be written to make an expression run for hours; so all expressions of a
 * condition share a budget of processor time, and what runs out of it is said to be over the limit:
 * the mail's doing, hence a finding and not a failure.
 */
#ifndef QMVC_CONDITIONS_REGEX_H
#define QMVC_CONDITIONS_REGEX_H

#include "base/error.h"
#include "base/slice.h"

struct regex;

enum regex_result {
	REGEX_NONE,
	REGEX_FOUND,
	REGEX_LIMIT, /* time, backtracking or memory for matching ran out */
};

/* Processor time in microseconds that is left; regex_search() takes from it. */
struct regex_budget {
	uint64_t left_us;
};
#define REGEX_BUDGET_US ((uint64_t)5 * 1000 * 1000)

/*
 * Compiles what stands between the slashes. Returns 0, -EINVAL with *error set as
 * "PATH:LINE: '/PATTERN/': MESSAGE at offset N", -ENOENT with *error set when PCRE2 is not
 * installed, or -ENOMEM.
 */
int regex_compile(struct slice pattern, bool ignorecase, const char *path, unsigned line,
	struct regex **regex, struct error *error);

/*
 * Searches `text` (UTF-8; what is not is never matched, never an error). Returns a regex_result, on
 * REGEX_FOUND with *found (in `text`), or -ENOMEM.
 */
int regex_search(const struct regex *regex, struct slice text, struct regex_budget *budget,
	struct slice *found);

void regex_free(struct regex *regex);

#endif
