/* A growing byte buffer; see buf.h. */
#include "base/buf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void buf_release(struct buf *buf)
{
	free(buf->data);
	*buf = (struct buf){0};
}

void buf_clear(struct buf *buf)
{
	buf->len = 0;
	buf->failed = false;
}

int buf_reserve(struct buf *buf, size_t more)
{
	size_t need, cap = buf->cap ? buf->cap : 64;
	unsigned char *data;

	if (buf->failed)
		return -ENOMEM;
	if (__builtin_add_overflow(buf->len, more, &need) || need > SIZE_MAX / 2) {
		buf->failed = true;
		return -ENOMEM;
	}
	if (need <= buf->cap)
		return 0;
	while (cap < need)
		cap += cap / 2;
	data = realloc(buf->data, cap);
	if (!data) {
		buf->failed = true;
		return -ENOMEM;
	}
	buf->data = data;
	buf->cap = cap;
	return 0;
}

int buf_add(struct buf *buf, struct slice bytes)
{
	if (buf_reserve(buf, bytes.len))
		return -ENOMEM;
	if (bytes.len > 0)
		memcpy(buf->data + buf->len, bytes.data, bytes.len);
	buf->len += bytes.len;
	return 0;
}

int buf_add_byte(struct buf *buf, unsigned char byte)
{
	return buf_add(buf, slice_make(&byte, 1));
}

int buf_add_cstr(struct buf *buf, const char *text)
{
	return buf_add(buf, slice_cstr(text));
}

int buf_addf(struct buf *buf, const char *format, ...)
{
	size_t room = buf->failed ? 0 : buf->cap - buf->len;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(room ? (char *)buf->data + buf->len : NULL, room, format, arguments);
	va_end(arguments);
	if (length < 0 || buf_reserve(buf, (size_t)length + 1)) {
		buf->failed = true;
		return -ENOMEM;
	}
	if ((size_t)length >= room) { /* did not fit: once more */
		va_start(arguments, format);
		vsnprintf((char *)buf->data + buf->len, (size_t)length + 1, format, arguments);
		va_end(arguments);
	}
	buf->len += (size_t)length;
	return 0;
}

struct slice buf_slice(const struct buf *buf)
{
	return slice_make(buf->data, buf->len);
}

const char *buf_cstr(struct buf *buf)
{
	if (buf_reserve(buf, 1))
		return NULL;
	buf->data[buf->len] = 0;
	return (const char *)buf->data;
}
