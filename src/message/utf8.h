/*
 * UTF-8 (RFC 3629): validity, one character at a time, writing one. Strict: no overlong forms, no
 * surrogates, nothing above U+10FFFF, because what two readers decode differently hides things.
 */
#ifndef QMVC_MESSAGE_UTF8_H
#define QMVC_MESSAGE_UTF8_H

#include "base/buf.h"
#include "base/lanes.h"

/* Returned by utf8_next for a byte that begins no valid character. */
#define UTF8_WRONG 0xffffffffu

/* A byte above 0x7f as a lane, which is signed. */
#define UTF8_LANE(byte) ((signed char)((byte) - 0x100))

/* How many bytes at the front are US-ASCII (below 128). Looks at a machine word at a time. */
size_t utf8_ascii_prefix(struct slice bytes);
/* How many bytes at the front are valid UTF-8: bytes.len when all are. */
size_t utf8_valid_prefix(struct slice bytes);
/*
 * The character at *at, which is moved behind it. For a byte that begins no valid character:
 * UTF8_WRONG, and *at moved by that one byte. *at must be below bytes.len.
 */
static inline uint32_t utf8_next(struct slice bytes, size_t *at);

/* utf8_next() for any length; two bytes, of which most text beside ASCII is made, are done in place. */
uint32_t utf8_next_any(struct slice bytes, size_t *at);

static inline uint32_t utf8_next(struct slice bytes, size_t *at)
{
	const unsigned char *p = bytes.data + *at;

	if (p[0] < 0xc2 || p[0] >= 0xe0 || bytes.len - *at < 2 || (p[1] & 0xc0) != 0x80)
		return utf8_next_any(bytes, at);
	*at += 2;
	return ((p[0] & 0x1fu) << 6) | (p[1] & 0x3fu);
}

/*
 * For blocks of text whose first byte begins a character: the lanes that are neither ASCII nor half
 * of a valid character of two bytes, as all of Latin, Greek, Cyrillic, Hebrew and Arabic are. `next`
 * is the same text from one byte later on. The last lane may hold a character's first half.
 */
static inline lanes utf8_beyond_two(lanes bytes, lanes next)
{
	lanes first = (bytes >= UTF8_LANE(0xc2)) & (bytes < UTF8_LANE(0xe0));
	lanes second = bytes < UTF8_LANE(0xc0), next_second = next < UTF8_LANE(0xc0);

	return (first ^ next_second) | ((bytes < 0) & ~first & ~second);
}

/* The longest encoding of a character, in bytes. */
#define UTF8_MAX 4
/* Writes `character` (no surrogate, at most U+10FFFF) into `out`; returns the number of bytes. */
size_t utf8_encode(uint32_t character, unsigned char out[UTF8_MAX]);
/* Appends it; what is no character becomes U+FFFD. Returns 0 or -ENOMEM. */
int utf8_add(struct buf *out, uint32_t character);

#endif
