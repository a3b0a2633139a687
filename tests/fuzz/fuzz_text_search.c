/*
 * Fuzz target: the search for many strings against the plainest one there is. The first byte of the
 * input is the size of the pieces, then come the strings, a line each, an empty line, and the text.
 */
#include "conditions/text_search.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define STRINGS_MAX 64
#define TEXT_MAX    4096 /* the plain search takes their product */

#define REQUIRE(condition)                                                                         \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "fuzz_text_search: not so: %s\n", #condition);             \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/* The string that ends first; of those that end there, the longest; of equal ones, the first. */
static bool plain(const struct slice *strings, size_t count, struct slice text, struct text_hit *hit)
{
	for (size_t end = 1; end <= text.len; end++) {
		size_t longest = 0;

		for (size_t i = 0; i < count; i++) {
			struct slice string = strings[i];

			if (string.len <= longest || string.len > end ||
				memcmp(text.data + end - string.len, string.data, string.len) != 0)
				continue;
			longest = string.len;
			*hit = (struct text_hit){i, end};
		}
		if (longest > 0)
			return true;
	}
	return false;
}

static bool in_pieces(const struct text_search *search, struct slice text, size_t size,
	struct text_hit *hit)
{
	struct text_search_state state = {0};

	for (size_t at = 0; at < text.len; at += size) {
		if (text_search_feed(search, &state, slice_first(slice_from(text, at), size), hit)) {
			hit->end += at;
			return true;
		}
	}
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = slice_make(data, size), line, strings[STRINGS_MAX];
	struct text_hit want = {0, 0}, got = {0, 0};
	struct text_search search;
	size_t count = 0, piece;

	if (size == 0)
		return 0;
	piece = data[0] ? data[0] : TEXT_MAX;
	rest = slice_from(rest, 1);
	while (count < STRINGS_MAX && slice_next_line(&rest, &line) && line.len > 0)
		strings[count++] = line;
	rest = slice_first(rest, TEXT_MAX);
	REQUIRE(text_search_make(&search, strings, count) == 0);
	REQUIRE(in_pieces(&search, rest, piece, &got) == plain(strings, count, rest, &want));
	REQUIRE(got.string == want.string && got.end == want.end);
	text_search_release(&search);
	return 0;
}
