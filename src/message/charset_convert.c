/*
 * Conversion to UTF-8; see charset.h. iconv(3) loads a shared object for most charsets, so what
 * nearly every mail is written in never gets there, and what does opens each charset once for a
 * field or a part: opening takes some sixty microseconds, an encoded word twenty bytes, and a mail
 * that changes the charset with each word would otherwise cost seconds for each megabyte.
 */
#include "message/charset.h"
#include "message/unicode.h"
#include "message/utf8.h"

#include <errno.h>
#include <iconv.h>

/* So many times a set of converters opens one, then it reads the rest as if nobody knew it. */
#define OPENED_MAX 64

void charset_converters_release(struct charset_converters *converters)
{
	for (size_t i = 0; i < CHARSET_CONVERTERS_MAX; i++)
		if (converters->list[i].handle)
			iconv_close(converters->list[i].handle);
	*converters = (struct charset_converters){0};
}

/* The converter from `name` (iconv's), in its initial state; NULL with *error 0: nobody knows it. */
static iconv_t converter_get(struct charset_converters *converters, const char *name, int *error)
{
	struct charset_converter *place;
	iconv_t handle;

	*error = 0;
	for (size_t i = 0; i < CHARSET_CONVERTERS_MAX; i++) {
		place = &converters->list[i];
		if (!place->handle || strcmp(place->name, name) != 0)
			continue;
		iconv(place->handle, NULL, NULL, NULL, NULL);
		return place->handle;
	}
	if (converters->opened == OPENED_MAX)
		return NULL;
	handle = iconv_open("UTF-8", name);
	if (handle == (iconv_t)-1) {
		*error = errno == ENOMEM ? -ENOMEM : 0;
		return NULL;
	}
	/* In turn: whose place is taken is closed. */
	place = &converters->list[converters->opened++ % CHARSET_CONVERTERS_MAX];
	if (place->handle)
		iconv_close(place->handle);
	place->handle = handle;
	memcpy(place->name, name, strlen(name) + 1);
	return handle;
}

static int add_latin1(struct slice bytes, struct buf *out)
{
	size_t at = 0;

	while (at < bytes.len) {
		size_t ascii = utf8_ascii_prefix(slice_from(bytes, at));
		int error = buf_add(out, slice_make(bytes.data + at, ascii));

		if (error)
			return error;
		for (at += ascii; at < bytes.len && bytes.data[at] >= 0x80; at++)
			if (utf8_add(out, unicode_from_windows_1252(bytes.data[at])))
				return -ENOMEM;
	}
	return 0;
}

static int add_utf8(struct slice bytes, struct buf *out)
{
	while (bytes.len > 0) {
		size_t valid = utf8_valid_prefix(bytes);
		int error = buf_add(out, slice_first(bytes, valid));

		if (!error && valid < bytes.len)
			error = utf8_add(out, unicode_from_windows_1252(bytes.data[valid]));
		if (error)
			return error;
		bytes = slice_from(bytes, valid + 1);
	}
	return 0;
}

/* Takes one unit that iconv refuses off the front: a byte as Latin-1, a wider unit as U+FFFD. */
static int skip_unit(const struct charset *charset, char **in, size_t *left, struct buf *out)
{
	size_t unit = charset->unit < *left ? charset->unit : *left;
	uint32_t c = unit == 1 ? unicode_from_windows_1252((unsigned char)**in) : 0xfffd;

	*in += unit;
	*left -= unit;
	return utf8_add(out, c);
}

static int convert(iconv_t cd, const struct charset *charset, struct slice bytes, struct buf *out)
{
	char *in = (char *)(uintptr_t)bytes.data; /* iconv takes no const, but does not write */
	size_t left = bytes.len;
	bool flushed = false;

	/* The last turn, without input, gives what a stateful charset still holds back. */
	while (!flushed) {
		char room[4096], *end = room;
		size_t free_room = sizeof(room), before = left;
		size_t result;
		int cause;

		flushed = left == 0;
		result = iconv(cd, flushed ? NULL : &in, flushed ? NULL : &left, &end, &free_room);
		cause = errno;
		if (buf_add(out, slice_make(room, (size_t)(end - room))))
			return -ENOMEM;
		if (flushed || result != (size_t)-1)
			continue;
		/* E2BIG means one more turn; without progress it would be one more for ever. */
		if (cause == E2BIG && (left < before || end > room))
			continue;
		if (skip_unit(charset, &in, &left, out))
			return -ENOMEM;
	}
	return 0;
}

/* RFC 2781 4.3 says big-endian where there is no mark, Windows writes little: count the NULs. */
static const char *byte_order(const struct charset *charset, struct slice bytes)
{
	size_t even = 0, odd = 0;

	bytes = slice_first(bytes, 4096);
	for (size_t i = 0; i + 1 < bytes.len; i += 2) {
		even += bytes.data[i] == 0;
		odd += bytes.data[i + 1] == 0;
	}
	if (charset->unit == 4) /* 00 00 00 61 or 61 00 00 00: look at the first unit's ends */
		return bytes.len >= 4 && bytes.data[0] != 0 ? "UTF-32LE" : "UTF-32BE";
	return even >= odd ? "UTF-16BE" : "UTF-16LE";
}

static int add_iconv(struct charset_converters *converters, const struct charset *charset,
	struct slice bytes, struct buf *out)
{
	const char *name = charset->name;
	struct charset marked;
	iconv_t cd;
	int error;

	if (charset->unit > 1) {
		size_t mark = charset_from_bom(bytes, &marked);

		/* UTF-16LE keeps its mark as a character, and means what the mark says. */
		if (mark > 0 && marked.unit == charset->unit) {
			name = marked.name;
			bytes = slice_from(bytes, mark);
		} else if (strcmp(name, "UTF-16") == 0 || strcmp(name, "UTF-32") == 0) {
			name = byte_order(charset, bytes);
		}
	}
	cd = converter_get(converters, name, &error);
	if (error)
		return error;
	return cd ? convert(cd, charset, bytes, out) : add_utf8(bytes, out);
}

int charset_convert(struct charset_converters *converters, const struct charset *charset,
	struct slice bytes, struct buf *out)
{
	if (bytes.len == 0)
		return 0;
	if (charset->holds_ascii && utf8_ascii_prefix(bytes) == bytes.len)
		return buf_add(out, bytes);
	switch (charset->kind) {
	case CHARSET_LATIN1:
		return add_latin1(bytes, out);
	case CHARSET_ICONV:
		return add_iconv(converters, charset, bytes, out);
	case CHARSET_UTF8:
	default:
		return add_utf8(bytes, out);
	}
}

int charset_to_utf8(const struct charset *charset, struct slice bytes, struct buf *out)
{
	cleanup_converters struct charset_converters converters = {0};

	return charset_convert(&converters, charset, bytes, out);
}

int charset_name_to_utf8(struct slice name, struct slice bytes, struct buf *out)
{
	struct charset charset = charset_find(name);

	return charset_to_utf8(&charset, bytes, out);
}
