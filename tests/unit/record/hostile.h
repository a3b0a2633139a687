/* Made-up hostile strings for the property tests: the same ones in every run. */
#ifndef QMVC_TESTS_HOSTILE_H
#define QMVC_TESTS_HOSTILE_H

#include "base/arena.h"

static inline uint32_t hostile_random(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

/* Up to `max` bytes: arbitrary ones, and pieces that mean something to a format or a terminal. */
static inline struct slice hostile_text(struct arena *arena, uint32_t *seed, size_t max)
{
	static const char *const pieces[] = {"\n", "\r\n", "\"", "\\", "\\\"", "=", " ", " exit=0",
		"\nv=1 t=", "\\x0", "\\x41", "\x1b[2J", "\xc3\xa4", "\xe2\x80\xae", "\xe2\x80\xa8",
		"\xc2\x85", "\xf0\x9f\x98\x80", "\xed\xa0\x80", "\xc0\x80", "\xe2\x82", "\xff", "+ ",
		"\n+", "# ", "%rec: X", "\t", "<>", "\xef\xbb\xbf", "a", ":", "\n\n", "\xf4\x90\x80\x80"};
	size_t want = max > 0 ? hostile_random(seed) % (max + 1) : 0, len = 0;
	unsigned char *text = arena_alloc(arena, want + 16);

	while (text && len < want) {
		const char *piece = pieces[hostile_random(seed) % (sizeof(pieces) / sizeof(pieces[0]))];

		if (hostile_random(seed) % 3 == 0) {
			text[len++] = (unsigned char)hostile_random(seed);
			continue;
		}
		memcpy(text + len, piece, strlen(piece));
		len += strlen(piece);
	}
	return slice_make(text, text && len < want ? len : want);
}

#endif
