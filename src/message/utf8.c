/*
 * UTF-8; see utf8.h. Mail is mostly ASCII even where it is declared as something else, so runs of
 * ASCII are skipped by words and only what is left is looked at byte by byte.
 */
#include "message/utf8.h"

#define HIGH_BITS UINT64_C(0x8080808080808080)

size_t utf8_ascii_prefix(struct slice bytes)
{
	size_t i = 0;

	for (; bytes.len - i >= 4 * sizeof(uint64_t); i += 4 * sizeof(uint64_t)) {
		uint64_t words[4];

		memcpy(words, bytes.data + i, sizeof(words));
		if ((words[0] | words[1] | words[2] | words[3]) & HIGH_BITS)
			break;
	}
	while (i < bytes.len && bytes.data[i] < 0x80)
		i++;
	return i;
}

static bool is_tail(unsigned char byte)
{
	return (byte & 0xc0) == 0x80;
}

uint32_t utf8_next_any(struct slice bytes, size_t *at)
{
	const unsigned char *p = bytes.data + *at;
	size_t left = bytes.len - *at;
	uint32_t c;

	(*at)++;
	if (p[0] < 0x80)
		return p[0];
	if (p[0] < 0xc2 || p[0] > 0xf4 || left < 2 || !is_tail(p[1]))
		return UTF8_WRONG;
	if (p[0] < 0xe0) {
		*at += 1;
		return ((p[0] & 0x1fu) << 6) | (p[1] & 0x3fu);
	}
	if (left < 3 || !is_tail(p[2]))
		return UTF8_WRONG;
	if (p[0] < 0xf0) {
		c = ((p[0] & 0x0fu) << 12) | ((p[1] & 0x3fu) << 6) | (p[2] & 0x3fu);
		if (c < 0x800 || (c >= 0xd800 && c <= 0xdfff))
			return UTF8_WRONG;
		*at += 2;
		return c;
	}
	if (left < 4 || !is_tail(p[3]))
		return UTF8_WRONG;
	c = ((p[0] & 0x07u) << 18) | ((p[1] & 0x3fu) << 12) | ((p[2] & 0x3fu) << 6) |
	    (p[3] & 0x3fu);
	if (c < 0x10000 || c > 0x10ffff)
		return UTF8_WRONG;
	*at += 3;
	return c;
}

/* How many bytes at the front are in blocks of characters of one and two bytes. */
static size_t short_prefix(struct slice bytes)
{
	size_t i = 0;

	if (bytes.len == 0 || is_tail(bytes.data[0]))
		return 0;
	while (bytes.len - i > LANES) {
		if (lanes_any(utf8_beyond_two(
			    lanes_load(bytes.data + i), lanes_load(bytes.data + i + 1))))
			break;
		i += LANES - (bytes.data[i + LANES - 1] >= 0xc0);
	}
	return i;
}

size_t utf8_valid_prefix(struct slice bytes)
{
	size_t at = 0;

	while (at < bytes.len) {
		size_t start;

		at += utf8_ascii_prefix(slice_from(bytes, at));
		at += short_prefix(slice_from(bytes, at));
		/* Words in other scripts come in runs: stay here until the next ASCII byte. */
		while (at < bytes.len && bytes.data[at] >= 0x80) {
			start = at;
			if (utf8_next(bytes, &at) == UTF8_WRONG)
				return start;
		}
	}
	return at;
}

size_t utf8_encode(uint32_t character, unsigned char out[UTF8_MAX])
{
	if (character < 0x80) {
		out[0] = (unsigned char)character;
		return 1;
	}
	if (character < 0x800) {
		out[0] = (unsigned char)(0xc0 | (character >> 6));
		out[1] = (unsigned char)(0x80 | (character & 0x3f));
		return 2;
	}
	if (character < 0x10000) {
		out[0] = (unsigned char)(0xe0 | (character >> 12));
		out[1] = (unsigned char)(0x80 | ((character >> 6) & 0x3f));
		out[2] = (unsigned char)(0x80 | (character & 0x3f));
		return 3;
	}
	out[0] = (unsigned char)(0xf0 | (character >> 18));
	out[1] = (unsigned char)(0x80 | ((character >> 12) & 0x3f));
	out[2] = (unsigned char)(0x80 | ((character >> 6) & 0x3f));
	out[3] = (unsigned char)(0x80 | (character & 0x3f));
	return 4;
}

int utf8_add(struct buf *out, uint32_t character)
{
	unsigned char bytes[UTF8_MAX];

	if (character > 0x10ffff || (character >= 0xd800 && character <= 0xdfff))
		character = 0xfffd;
	return buf_add(out, slice_make(bytes, utf8_encode(character, bytes)));
}
