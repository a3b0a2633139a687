/*
 * Wildcards of badfilenames and whitelist. Not fnmatch(3): that one depends on the locale, wants
 * C strings, treats a backslash and a leading dot specially, and a bad pattern can cost it
 * exponential time. This one goes back to the last star only, which is enough (a later star can
 * always take what an earlier one could), so the work is at most pattern times name.
 */
#include "control/patterns.h"

#define END	UINT32_MAX
#define INVALID 0x200000u /* + byte: a byte that is no UTF-8 stands for itself alone */

/*
 * Takes one character (UTF-8; ASCII in lower case) at *at, so that `?` and `[...]` mean what an
 * administrator sees as one. Overlong forms are not refused: they only have to compare equal.
 */
static uint32_t next_character(struct slice s, size_t *at)
{
	unsigned char first;
	uint32_t value;
	size_t more;

	if (*at >= s.len)
		return END;
	first = s.data[*at];
	more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc2 ? 1 : 0;
	if (first < 0x80 || more == 0 || first > 0xf4 || s.len - *at <= more) {
		*at += 1;
		return first < 0x80 ? ascii_lower(first) : INVALID + first;
	}
	value = first & (0x3fu >> more);
	for (size_t i = 1; i <= more; i++) {
		unsigned char byte = s.data[*at + i];

		if ((byte & 0xc0) != 0x80) {
			*at += 1;
			return INVALID + first;
		}
		value = value << 6 | (byte & 0x3fu);
	}
	*at += 1 + more;
	return value;
}

/*
 * Is `character` in the set whose `[` was just taken from the pattern? *at then stands behind the
 * `]`. A set without `]` is none: then *is_set is false, and `[` means itself.
 */
static bool match_set(struct slice pattern, size_t *at, uint32_t character, bool *is_set)
{
	size_t here = *at;
	bool negated =
		here < pattern.len && (pattern.data[here] == '!' || pattern.data[here] == '^');
	bool found = false, first = true;

	if (negated)
		here++;
	for (;;) {
		uint32_t low = next_character(pattern, &here), high = low;

		if (low == END) {
			*is_set = false;
			return false;
		}
		if (low == ']' && !first)
			break;
		first = false;
		if (here + 1 < pattern.len && pattern.data[here] == '-' &&
			pattern.data[here + 1] != ']') {
			here++;
			high = next_character(pattern, &here);
		}
		if (character >= low && character <= high)
			found = true;
	}
	*is_set = true;
	*at = here;
	return found != negated;
}

/* Does one character of the name match what stands at *at, no star? Moves *at over it. */
static bool match_one(struct slice pattern, size_t *at, uint32_t character)
{
	uint32_t wanted = next_character(pattern, at);
	bool is_set = false, found;

	if (wanted == '?')
		return true;
	if (wanted == '[') {
		found = match_set(pattern, at, character, &is_set);
		if (is_set)
			return found;
	}
	return wanted == character;
}

bool pattern_matches_name(struct slice pattern, struct slice name)
{
	size_t at = 0, here = 0;	       /* in pattern, in name */
	size_t star = SIZE_MAX, star_name = 0; /* behind the last star; where its rest began */

	while (here < name.len) {
		if (at < pattern.len && pattern.data[at] == '*') {
			star = ++at;
			star_name = here;
			continue;
		}
		if (at < pattern.len) {
			size_t next_at = at, next_here = here;
			uint32_t character = next_character(name, &next_here);

			if (match_one(pattern, &next_at, character)) {
				at = next_at;
				here = next_here;
				continue;
			}
		}
		if (star == SIZE_MAX)
			return false;
		next_character(name, &star_name);
		at = star;
		here = star_name;
	}
	while (at < pattern.len && pattern.data[at] == '*')
		at++;
	return at == pattern.len;
}
