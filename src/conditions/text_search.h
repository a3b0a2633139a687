/*
 * Many strings looked for in one pass over the bytes (Aho and Corasick, 1975): the cost does not
 * depend on how many strings there are, and no text can make it worse than linear. Compares bytes;
 * who wants case or blanks ignored folds both sides first (text_fold.h).
 */
#ifndef QMVC_CONDITIONS_TEXT_SEARCH_H
#define QMVC_CONDITIONS_TEXT_SEARCH_H

#include "base/slice.h"

struct text_search_node;
struct text_search_branch;

struct text_search {
	struct text_search_node *nodes;
	size_t node_count;
	struct text_search_branch *branches; /* open addressing, branch_mask + 1 slots */
	size_t branch_mask;
	uint32_t *filter; /* a bitmap: which four bytes stand at the front of a string */
	unsigned filter_shift;
	size_t stride;	  /* for each string, this many fours: those at 0, 1, ... stride - 1 */
	uint32_t *shorts; /* another, for strings of less than four; NULL when there are none */
};

/* Where a search stands between two pieces of one text; start with {0}. */
struct text_search_state {
	uint32_t node;
};

struct text_hit {
	size_t string; /* index in the list given to text_search_make() */
	size_t end;    /* offset in the piece just behind the string's last byte */
};

/*
 * Builds the search for `strings`; they need not outlive the call. Empty ones are passed over, of
 * equal ones the first counts. Returns 0, -ENOMEM, or -E2BIG for more than 16 million bytes of
 * strings; *search is to be released in any case.
 */
int text_search_make(struct text_search *search, const struct slice *strings, size_t count);

/*
 * Goes on with the next piece of a text. Returns true at the first place where a string ends (*hit
 * tells which: the longest that ends there); then the search is over. A string may begin in an
 * earlier piece. Legal on a zeroed search: nothing is ever found.
 */
bool text_search_feed(const struct text_search *search, struct text_search_state *state,
	struct slice piece, struct text_hit *hit);

/* Legal on a zeroed one, and twice. */
void text_search_release(struct text_search *search);

#endif
