/*
 * Records "LENGTH KEY=VALUE\n" of a pax header; see tar_pax.h. Readers differ in what they make of
 * other characters in a name (libarchive composes them), so a name of more than ASCII is left to it.
 */
#include "open/tar_pax.h"

struct record {
	struct slice key, value;
};

static bool read_decimal(struct slice s, uint64_t *value)
{
	*value = 0;
	if (s.len == 0 || s.len > 15 || (s.len > 1 && s.data[0] == '0'))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (!ascii_digit(s.data[i]))
			return false;
		*value = *value * 10 + (s.data[i] - '0');
	}
	return true;
}

/* Takes the next record off the front. Its length counts all of it, and no other line is in it. */
static bool next_record(struct slice *records, struct record *record)
{
	const size_t blank = slice_find_byte(*records, ' ', 0),
		     end = slice_find_byte(*records, '\n', 0);
	struct slice line = slice_first(*records, end);
	size_t equals;
	uint64_t len;

	if (end == records->len || blank >= end || !read_decimal(slice_first(line, blank), &len) ||
		len != end + 1 || slice_find_byte(line, 0, 0) < line.len)
		return false;
	*records = slice_from(*records, end + 1);
	line = slice_from(line, blank + 1);
	equals = slice_find_byte(line, '=', 0);
	*record = (struct record){slice_first(line, equals), slice_from(line, equals + 1)};
	return equals > 0 && equals < line.len;
}

/* Who, when, where to: nothing that qmvc asks for. */
static bool tells_nothing(struct slice key)
{
	static const char *const keys[] = {"atime", "mtime", "ctime", "uid", "gid", "uname",
		"gname", "comment", "linkpath", "SCHILY.dev", "SCHILY.ino", "SCHILY.nlink",
		"LIBARCHIVE.creationtime"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (slice_eq_cstr(key, keys[i]))
			return true;
	return false;
}

static bool is_plain(struct slice name)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.data[i] < ' ' || name.data[i] > '~')
			return false;
	return name.len > 0;
}

bool pax_read(struct slice records, struct pax *pax)
{
	struct record record;

	*pax = (struct pax){0};
	while (records.len > 0) {
		if (!next_record(&records, &record))
			return false;
		if (slice_eq_cstr(record.key, "path")) {
			if (pax->path.len > 0 || !is_plain(record.value))
				return false;
			pax->path = record.value;
		} else if (slice_eq_cstr(record.key, "size")) {
			if (pax->has_size || !read_decimal(record.value, &pax->size))
				return false;
			pax->has_size = true;
		} else if (!tells_nothing(record.key)) {
			return false;
		}
	}
	return true;
}

bool pax_is_comment(struct slice records)
{
	struct record record;

	while (records.len > 0)
		if (!next_record(&records, &record) || !slice_eq_cstr(record.key, "comment"))
			return false;
	return true;
}
