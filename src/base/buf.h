/*
 * A growing byte buffer that owns its memory. A zeroed struct is an empty buffer. Appending can
 * fail for want of memory; the first failure is remembered in `failed`, later appends do nothing,
 * so a writer may append freely and look once at the end.
 */
#ifndef QMVC_BASE_BUF_H
#define QMVC_BASE_BUF_H

#include "base/slice.h"

struct buf {
	unsigned char *data;
	size_t len;
	size_t cap;
	bool failed; /* an append met ENOMEM: what is held is not complete */
};

/* Frees the memory and empties the buffer; legal on a zeroed one. */
void buf_release(struct buf *buf);
/* Empties it but keeps the memory; forgets `failed`. */
void buf_clear(struct buf *buf);
/* Makes room for `more` bytes beyond len. Returns 0 or -ENOMEM (and sets failed). */
int buf_reserve(struct buf *buf, size_t more);
/* Each returns 0 or -ENOMEM. */
int buf_add(struct buf *buf, struct slice bytes);
int buf_add_byte(struct buf *buf, unsigned char byte);
int buf_add_cstr(struct buf *buf, const char *text);
int buf_addf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* What it holds; valid until the next append or release. */
struct slice buf_slice(const struct buf *buf);
/* The content as a C string (a NUL is added behind it, not counted); NULL without memory. */
const char *buf_cstr(struct buf *buf);

#define cleanup_buf __attribute__((cleanup(buf_release)))

#endif
