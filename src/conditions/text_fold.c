/*
 * Folding of texts for comparison; see text_fold.h. Plain ASCII and the small letters of the most
 * common alphabets are done sixteen bytes at once, and byte by byte near what stops that; only other
 * characters are decoded, and of these only those looked up whose first byte says that a rule may
 * apply. No rule makes a character longer, so the
 * output always has room where the input had.
 */
#include "conditions/text_fold.h"

#include <errno.h>
#include <stdlib.h>

#include "base/lanes.h"
#include "message/unicode.h"
#include "message/utf8.h"

struct range {
	uint32_t first, last;
};

static const struct range blanks[] = {
	{0x09, 0x0d},
	{0x20, 0x20},
	{0x85, 0x85},
	{0xa0, 0xa0},
	{0x1680, 0x1680},
	{0x2000, 0x200a},
	{0x2028, 0x2029},
	{0x202f, 0x202f},
	{0x205f, 0x205f},
	{0x3000, 0x3000},
};

/*
 * What lowers a letter of a range: add `delta`, or (delta 0) each second one is the next's capital.
 * Sorted, for a binary search.
 */
static const struct capitals {
	uint32_t first, last;
	int delta;
} capitals[] = {
	{'A', 'Z', 32},
	{0xc0, 0xd6, 32},
	{0xd8, 0xde, 32},
	{0x100, 0x12f, 0},
	{0x132, 0x137, 0},
	{0x139, 0x148, 0},
	{0x14a, 0x177, 0},
	{0x178, 0x178, 0xff - 0x178},
	{0x179, 0x17e, 0},
	{0x386, 0x386, 38},
	{0x388, 0x38a, 37},
	{0x38c, 0x38c, 64},
	{0x38e, 0x38f, 63},
	{0x391, 0x3a1, 32},
	{0x3a3, 0x3ab, 32},
	{0x3c2, 0x3c2, 1},
	{0x400, 0x40f, 80},
	{0x410, 0x42f, 32},
	{0x460, 0x481, 0},
	{0x48a, 0x4bf, 0},
	{0x4c0, 0x4c0, 15},
	{0x4c1, 0x4ce, 0},
	{0x4d0, 0x52f, 0},
	{0x531, 0x556, 48},
	{0x1e00, 0x1e95, 0},
	{0x1ea0, 0x1eff, 0},
	{0xff21, 0xff3a, 32},
};

static bool is_blank(uint32_t character)
{
	for (size_t i = 0; i < sizeof(blanks) / sizeof(blanks[0]); i++)
		if (character >= blanks[i].first && character <= blanks[i].last)
			return true;
	return false;
}

static int compare_capitals(const void *key, const void *element)
{
	uint32_t character = *(const uint32_t *)key;
	const struct capitals *range = element;

	return character < range->first ? -1 : character > range->last;
}

static uint32_t lower(uint32_t character)
{
	const struct capitals *range;

	/* The small letters of western languages and of Cyrillic ones are most of what comes. */
	if ((character >= 0xdf && character <= 0xff) || (character >= 0x430 && character <= 0x45f))
		return character;
	switch (character) {
	case 0x130: /* I with a dot, and signs that are letters */
		return 'i';
	case 0x17f:
		return 's';
	case 0x1e9e:
		return 0xdf;
	case 0x212a:
		return 'k';
	case 0x212b:
		return 0xe5;
	}
	range = bsearch(&character, capitals, sizeof(capitals) / sizeof(capitals[0]),
		sizeof(capitals[0]), compare_capitals);
	if (!range)
		return character;
	if (range->delta != 0)
		return character + (uint32_t)range->delta;
	return (character - range->first) % 2 == 0 ? character + 1 : character;
}

/* Can a character that begins with this byte be blank or invisible? Rules out whole alphabets. */
static bool may_vanish(unsigned char lead)
{
	switch (lead) {
	case 0xc2: /* U+0080 to U+00BF */
	case 0xcd: /* U+034F */
	case 0xd8: /* U+061C */
	case 0xe1: /* U+115F, 1680, 17B4, 180B */
	case 0xe2: /* U+2000 to 206F */
	case 0xe3: /* U+3000, 3164 */
	case 0xef: /* U+FE00, FEFF, FFA0, FFF0 */
		return true;
	default:
		return lead < 0x80 || lead >= 0xf0;
	}
}

/* Folds the character at *at, which is moved behind it. Returns the bytes written. */
static size_t fold_one(struct text_fold *fold, struct slice utf8, size_t *at, unsigned char *out)
{
	size_t start = *at;
	uint32_t character = utf8_next(utf8, at), lowered;
	bool may = character != UTF8_WRONG && may_vanish(utf8.data[start]);

	if (may && is_blank(character)) {
		bool second = fold->after_blank;

		fold->after_blank = true;
		if (!second)
			out[0] = ' ';
		return second ? 0 : 1;
	}
	if (may && unicode_is_invisible(character))
		return 0;
	fold->after_blank = false;
	if (character != UTF8_WRONG && fold->ignorecase) {
		lowered = lower(character);
		if (lowered != character)
			return utf8_encode(lowered, out);
	}
	for (size_t i = start; i < *at; i++)
		*out++ = utf8.data[i];
	return *at - start;
}

/* The lanes that are neither printable ASCII nor a blank with none behind it. */
static inline lanes beyond_ascii(lanes bytes, lanes next)
{
	return (bytes < ' ') | (bytes == 0x7f) | ((bytes == ' ') & (next <= ' '));
}

/*
 * Of those, the lanes that are no half of a character of two bytes either, or of one that may vanish
 * (see may_vanish()) or, with `ignorecase`, of one that may be a capital. Whole alphabets are asked
 * for, and of the three written most the half that holds the small letters.
 */
static lanes beyond_two(lanes bytes, lanes next, bool ignorecase)
{
	lanes second_blank = (bytes == ' ') & (next >= 0) & (next <= ' ');
	lanes vanishing = (bytes == UTF8_LANE(0xc2)) | (bytes == UTF8_LANE(0xcd)) |
			  (bytes == UTF8_LANE(0xd8));
	lanes odd = ((bytes >= 0) & (bytes < ' ')) | (bytes == 0x7f) | second_blank | vanishing |
		    utf8_beyond_two(bytes, next);
	lanes small = ((bytes == UTF8_LANE(0xc3)) & (next >= UTF8_LANE(0xa0))) | /* Latin-1 */
		      ((bytes == UTF8_LANE(0xd0)) & (next >= UTF8_LANE(0xb0))) | /* Cyrillic */
		      ((bytes == UTF8_LANE(0xd1)) & (next < UTF8_LANE(0xa0))) |
		      (bytes >= UTF8_LANE(0xd6)); /* Hebrew, Arabic: no capitals */

	return ignorecase ? odd | ((bytes >= UTF8_LANE(0xc0)) & (bytes < 0) & ~small) : odd;
}

/*
 * Folds blocks of LANES bytes in which nothing vanishes and no letter but of ASCII changes, each with
 * a look at the byte behind it. A character may lie across two blocks, or end in fold_bytes(): its
 * second half, too, is copied. Returns the bytes read, which are those written.
 */
static size_t fold_lanes(struct text_fold *fold, struct slice utf8, unsigned char *out)
{
	const lanes add = lanes_all(fold->ignorecase ? 0x20 : 0);
	size_t i = 0;

	if (fold->after_blank && utf8.data[0] <= ' ')
		return 0;
	for (; utf8.len - i > LANES; i += LANES) {
		lanes bytes = lanes_load(utf8.data + i), next = lanes_load(utf8.data + i + 1);

		bytes ^= (bytes == '\n') & ('\n' ^ ' ');
		if (lanes_any(beyond_ascii(bytes, next)) &&
			lanes_any(beyond_two(bytes, next, fold->ignorecase)))
			break;
		lanes_store(out + i, bytes | ((bytes >= 'A') & (bytes <= 'Z') & add));
	}
	if (i > 0)
		fold->after_blank = out[i - 1] == ' ';
	return i;
}

/* Folds at least `least` bytes, and of a character that begins there the rest. As fold_one(). */
static size_t fold_bytes(
	struct text_fold *fold, struct slice utf8, size_t least, size_t *at, unsigned char *out)
{
	const unsigned char add = fold->ignorecase ? 0x20 : 0;
	size_t i = *at, end = utf8.len - i > least ? i + least : utf8.len, len = 0;

	while (i < end) {
		unsigned char c = utf8.data[i];

		if (c > ' ' && c < 0x7f) { /* most of all text */
			out[len++] = (unsigned char)(c >= 'A' && c <= 'Z' ? c | add : c);
			fold->after_blank = false;
			i++;
		} else if (c == ' ' || c == '\n') {
			if (!fold->after_blank)
				out[len++] = ' ';
			fold->after_blank = true;
			i++;
		} else {
			len += fold_one(fold, utf8, &i, out + len);
		}
	}
	*at = i;
	return len;
}

size_t text_fold(struct text_fold *fold, struct slice utf8, unsigned char *out)
{
	size_t i = 0, len = 0;

	while (i < utf8.len) {
		size_t run = fold_lanes(fold, slice_from(utf8, i), out + len);

		i += run;
		len += run;
		len += fold_bytes(fold, utf8, LANES, &i, out + len);
	}
	return len;
}

size_t text_fold_cut(struct slice utf8, size_t len)
{
	size_t cut = len;

	if (len >= utf8.len)
		return utf8.len;
	while (cut > 0 && len - cut < 3 && (utf8.data[cut] & 0xc0) == 0x80)
		cut--;
	return cut > 0 && (utf8.data[cut] & 0xc0) != 0x80 ? cut : len;
}

int text_fold_unhide(struct slice utf8, struct buf *out)
{
	size_t kept = 0, i = 0; /* what stands before `kept` is in `out`, or dropped */

	buf_clear(out);
	while (i < utf8.len) {
		size_t start = i;
		uint32_t character;

		if (utf8.data[i] >= ' ' && utf8.data[i] < 0x7f) {
			i++;
			continue;
		}
		character = utf8_next(utf8, &i);
		if (character == UTF8_WRONG || is_blank(character) ||
			!unicode_is_invisible(character))
			continue;
		if (buf_add(out, slice_make(utf8.data + kept, start - kept)))
			return -ENOMEM;
		kept = i;
	}
	if (kept == 0)
		return 0;
	return buf_add(out, slice_from(utf8, kept)) ? -ENOMEM : 1;
}
