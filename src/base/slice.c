/* Borrowed bytes; see slice.h. */
#include "base/slice.h"

#include <errno.h>
#include <stdlib.h>

#include "base/lanes.h"

bool slice_eq_cstr(struct slice a, const char *text)
{
	return slice_eq(a, slice_cstr(text));
}

static bool equal_nocase(const unsigned char *a, const unsigned char *b, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (ascii_lower(a[i]) != ascii_lower(b[i]))
			return false;
	return true;
}

bool slice_eq_nocase(struct slice a, struct slice b)
{
	return a.len == b.len && equal_nocase(a.data, b.data, a.len);
}

bool slice_eq_nocase_cstr(struct slice a, const char *text)
{
	size_t i = 0;

	/* Most names differ in their first letters: so text is not measured first. */
	while (i < a.len && text[i] && ascii_lower(a.data[i]) == ascii_lower((unsigned char)text[i]))
		i++;
	return i == a.len && !text[i];
}

bool slice_starts(struct slice s, const char *prefix)
{
	size_t len = strlen(prefix);

	return s.len >= len && (len == 0 || memcmp(s.data, prefix, len) == 0);
}

bool slice_starts_nocase(struct slice s, const char *prefix)
{
	size_t len = strlen(prefix);

	return s.len >= len && equal_nocase(s.data, (const unsigned char *)prefix, len);
}

bool slice_ends_nocase(struct slice s, const char *suffix)
{
	size_t len = strlen(suffix);

	return s.len >= len &&
	       equal_nocase(s.data + s.len - len, (const unsigned char *)suffix, len);
}

/* Looks only where the needle's first byte and its last one fit, sixteen places at once. */
static size_t find_short(struct slice s, struct slice needle, size_t from)
{
	const size_t last = needle.len - 1;
	const lanes first_byte = lanes_all(needle.data[0]);
	const lanes last_byte = lanes_all(needle.data[last]);
	size_t at = from;

	for (; s.len - at >= LANES + last; at += LANES) {
		lanes fits = (lanes_load(s.data + at) == first_byte) &
			     (lanes_load(s.data + at + last) == last_byte);

		for (size_t i = 0; i < LANES && lanes_any(fits); i++)
			if (fits[i] && memcmp(s.data + at + i, needle.data, needle.len) == 0)
				return at + i;
	}
	for (; s.len - at >= needle.len; at++)
		if (memcmp(s.data + at, needle.data, needle.len) == 0)
			return at;
	return s.len;
}

size_t slice_find(struct slice s, struct slice needle, size_t from)
{
	const unsigned char *found;

	if (from > s.len || needle.len > s.len - from)
		return s.len;
	if (needle.len == 0)
		return from;
	if (needle.len <= LANES) /* else a hostile text could make it slow */
		return find_short(s, needle, from);
	found = memmem(s.data + from, s.len - from, needle.data, needle.len);
	return found ? (size_t)(found - s.data) : s.len;
}

size_t slice_find_nocase(struct slice s, struct slice needle, size_t from)
{
	if (from > s.len || needle.len > s.len - from)
		return s.len;
	for (size_t i = from; i + needle.len <= s.len; i++)
		if (equal_nocase(s.data + i, needle.data, needle.len))
			return i;
	return s.len;
}

struct slice slice_trim(struct slice s)
{
	while (s.len > 0 && ascii_space(s.data[0]))
		s = slice_from(s, 1);
	while (s.len > 0 && ascii_space(s.data[s.len - 1]))
		s.len--;
	return s;
}

bool slice_next_line(struct slice *rest, struct slice *line)
{
	size_t end;

	if (rest->len == 0)
		return false;
	end = slice_find_byte(*rest, '\n', 0);
	*line = slice_first(*rest, end);
	*rest = slice_from(*rest, end + 1);
	if (line->len > 0 && line->data[line->len - 1] == '\r')
		line->len--;
	return true;
}

int slice_to_size(struct slice s, uint64_t *value)
{
	uint64_t number = 0, factor = 1;

	if (s.len > 1) {
		switch (ascii_lower(s.data[s.len - 1])) {
		case 'k':
			factor = 1024;
			break;
		case 'm':
			factor = 1024 * 1024;
			break;
		case 'g':
			factor = 1024 * 1024 * 1024;
			break;
		}
		if (factor > 1)
			s.len--;
	}
	if (s.len == 0)
		return -EINVAL;
	for (size_t i = 0; i < s.len; i++) {
		if (!ascii_digit(s.data[i]))
			return -EINVAL;
		if (__builtin_mul_overflow(number, 10u, &number) ||
			__builtin_add_overflow(number, s.data[i] - '0', &number))
			return -ERANGE;
	}
	if (__builtin_mul_overflow(number, factor, &number))
		return -ERANGE;
	*value = number;
	return 0;
}

char *slice_dup(struct slice s)
{
	char *copy = malloc(s.len + 1);

	if (!copy)
		return NULL;
	for (size_t i = 0; i < s.len; i++)
		copy[i] = s.data[i] ? (char)s.data[i] : '?';
	copy[s.len] = 0;
	return copy;
}
