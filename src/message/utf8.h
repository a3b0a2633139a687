/*
 * UTF-8 (RFC 3629): validity, one character at a time, writing one. Strict: no overlong forms, no
 * surrogates, nothing above U+10FFFF, because what two readers decode differently hides things.
 */
#ifndef QMVC_MESSAGE_UTF8_H
#define QMVC_MESSAGE_UTF8_H

#include "base/buf.h"

/* Returned by utf8_next for a byte that begins no valid character. */
#define UTF8_WRONG 0xffffffffu

/* How many bytes at the front are US-ASCII (below 128). Looks at a machine word at a time. */
size_t utf8_ascii_prefix(struct slice bytes);
/* How many bytes at the front are valid UTF-8: bytes.len when all are. */
size_t utf8_valid_prefix(struct slice bytes);
/*
 * The character at *at, which is moved behind it. For a byte that begins no valid character:
 * UTF8_WRONG, and *at moved by that one byte. *at must be below bytes.len.
 */
uint32_t utf8_next(struct slice bytes, size_t *at);

/* The longest encoding of a character, in bytes. */
#define UTF8_MAX 4
/* Writes `character` (no surrogate, at most U+10FFFF) into `out`; returns the number of bytes. */
size_t utf8_encode(uint32_t character, unsigned char out[UTF8_MAX]);
/* Appends it; what is no character becomes U+FFFD. Returns 0 or -ENOMEM. */
int utf8_add(struct buf *out, uint32_t character);

#endif
