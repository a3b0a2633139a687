/* Making hostile text fit for a line, and back; see escape.h. */
#include "record/escape.h"

#include <errno.h>

/* Length of a UTF-8 sequence by its first byte (RFC 3629), 0 for a byte that cannot be first. */
static size_t sequence_length(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first <= 0xdf)
		return 2;
	if (first >= 0xe0 && first <= 0xef)
		return 3;
	if (first >= 0xf0 && first <= 0xf4)
		return 4;
	return 0;
}

/* Decodes the character at `at`; returns its length, or 0 when it is not valid. */
static size_t decode(struct slice s, size_t at, uint32_t *code)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *p = s.data + at;
	size_t len = sequence_length(p[0]);
	uint32_t value;

	if (len == 0 || len > s.len - at)
		return 0;
	value = len == 1 ? p[0] : p[0] & (0xffu >> (len + 1));
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (p[i] & 0x3fu);
	}
	if (value < smallest[len] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
		return 0;
	*code = value;
	return len;
}

static bool may_stand(uint32_t code)
{
	if (code < 0x20 || (code >= 0x7f && code <= 0x9f))
		return false;
	return !(code == 0x061c || code == 0x200e || code == 0x200f ||
		 (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) ||
		 code == 0xfeff);
}

size_t escape_look(struct slice s, size_t at, bool *printable)
{
	uint32_t code = 0;
	size_t len = decode(s, at, &code);

	*printable = len > 0 && may_stand(code);
	return len > 0 ? len : 1;
}

static void add_hex(struct buf *out, struct slice bytes)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < bytes.len; i++) {
		char text[] = {'\\', 'x', digits[bytes.data[i] >> 4], digits[bytes.data[i] & 15]};

		buf_add(out, slice_make(text, sizeof(text)));
	}
}

static void add_escaped(struct buf *out, struct slice s, bool quoted)
{
	size_t plain = 0, at = 0; /* what stands between the two needs nothing */

	while (at < s.len) {
		bool printable;
		size_t len = escape_look(s, at, &printable);
		unsigned char c = s.data[at];
		bool marked = c == '\\' || (quoted && c == '"');

		if (printable && !marked) {
			at += len;
			continue;
		}
		buf_add(out, slice_make(s.data + plain, at - plain));
		if (marked && quoted) {
			buf_add_byte(out, '\\');
			buf_add_byte(out, c);
		} else {
			add_hex(out, slice_make(s.data + at, len));
		}
		at += len;
		plain = at;
	}
	buf_add(out, slice_from(s, plain));
}

void escape_add(struct buf *out, struct slice s)
{
	add_escaped(out, s, false);
}

static bool needs_quotes(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.data[i] <= ' ' || s.data[i] >= 0x7f || s.data[i] == '"' ||
			s.data[i] == '\\' || s.data[i] == '=')
			return true;
	return s.len == 0;
}

/* The longest beginning of at most `limit` bytes that does not end within a character. */
static struct slice cut(struct slice s, size_t limit)
{
	size_t at = 0;

	if (s.len <= limit)
		return s;
	while (at < limit) {
		bool printable;
		size_t len = escape_look(s, at, &printable);

		if (len > limit - at)
			break;
		at += len;
	}
	return slice_first(s, at);
}

void escape_add_value(struct buf *out, struct slice s, size_t limit)
{
	struct slice shown = cut(s, limit);

	if (shown.len == s.len && !needs_quotes(s)) {
		buf_add(out, s);
		return;
	}
	buf_add_byte(out, '"');
	add_escaped(out, shown, true);
	if (shown.len < s.len)
		buf_add_cstr(out, "\xe2\x80\xa6");
	buf_add_byte(out, '"');
}

int escape_undo(struct slice text, struct arena *arena, struct slice *plain)
{
	size_t at = slice_find_byte(text, '\\', 0), len = at;
	unsigned char *copy;

	if (at == text.len) {
		*plain = text;
		return 0;
	}
	copy = arena_alloc(arena, text.len);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, text.data, at);
	while (at < text.len) {
		int high, low;

		if (text.data[at] != '\\') {
			copy[len++] = text.data[at++];
			continue;
		}
		if (text.len - at >= 2 && (text.data[at + 1] == '\\' || text.data[at + 1] == '"')) {
			copy[len++] = text.data[at + 1];
			at += 2;
			continue;
		}
		if (text.len - at < 4 || text.data[at + 1] != 'x')
			return 1;
		high = ascii_hex(text.data[at + 2]);
		low = ascii_hex(text.data[at + 3]);
		if (high < 0 || low < 0)
			return 1;
		copy[len++] = (unsigned char)(high << 4 | low);
		at += 4;
	}
	*plain = slice_make(copy, len);
	return 0;
}
