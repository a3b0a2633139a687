/*
 * Records of qmvc.rep; see rep_record.h. The format is that of GNU recutils (info recutils,
 * "Records"): `Name: value`, a value's further lines behind `+ `, a blank line between records. A
 * backslash at the end of a line joins it with the next one there, so it is written \x5C.
 */
#include "record/rep_record.h"

#include "record/escape.h"

#include <errno.h>

static bool is_letter(unsigned char c)
{
	return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}

static bool is_name(struct slice name)
{
	if (name.len == 0 || !is_letter(name.data[0]))
		return false;
	for (size_t i = 1; i < name.len; i++)
		if (!is_letter(name.data[i]) && !ascii_digit(name.data[i]) && name.data[i] != '_')
			return false;
	return true;
}

/* --- writing ------------------------------------------------------------- */

/* One line of a value behind what introduces it ("Name:" or "+"). */
static void add_line(struct buf *out, struct slice line)
{
	if (line.len > 0)
		buf_add_byte(out, ' ');
	escape_add(out, line);
	buf_add_byte(out, '\n');
}

static void add_value(struct buf *out, struct slice value)
{
	for (;;) {
		size_t end = slice_find_byte(value, '\n', 0);

		add_line(out, slice_first(value, end));
		if (end == value.len)
			return;
		value = slice_from(value, end + 1);
		buf_add_byte(out, '+');
	}
}

int rep_record_format(const struct rep_record *record, struct buf *out)
{
	for (size_t i = 0; i < record->count; i++)
		if (!is_name(slice_cstr(record->fields[i].name)))
			return -EINVAL;
	for (size_t i = 0; i < record->count; i++) {
		buf_add_cstr(out, record->fields[i].name);
		buf_add_byte(out, ':');
		add_value(out, record->fields[i].value);
	}
	buf_add_byte(out, '\n');
	return out->failed ? -ENOMEM : 0;
}

/* --- reading ------------------------------------------------------------- */

/*
 * The next line, without newline. Not slice_next_line(): a CR at its end was not written by us and
 * is not ours to take away.
 */
static bool next_line(struct slice *rest, struct slice *line)
{
	size_t end = slice_find_byte(*rest, '\n', 0);

	if (rest->len == 0)
		return false;
	*line = slice_first(*rest, end);
	*rest = slice_from(*rest, end + 1);
	return true;
}

static bool is_comment(struct slice line)
{
	return line.len > 0 && line.data[0] == '#';
}

static bool is_more(struct slice line)
{
	return line.len > 0 && line.data[0] == '+';
}

/* Splits "Name: value"; returns false for a line that is none. */
static bool split(struct slice line, struct slice *name, struct slice *value)
{
	size_t colon = slice_find_byte(line, ':', 0);

	if (colon == line.len || !is_name(slice_first(line, colon)))
		return false;
	*name = slice_first(line, colon);
	*value = slice_from(line, colon + 1);
	return true;
}

static struct slice without_blank(struct slice s)
{
	return s.len > 0 && s.data[0] == ' ' ? slice_from(s, 1) : s;
}

/* Takes the lines of the next record off *rest: from its first field to the blank line. */
static struct slice take_block(struct slice *rest, size_t *fields)
{
	const unsigned char *start = NULL, *end = NULL;
	struct slice line, name, value;

	*fields = 0;
	while (next_line(rest, &line)) {
		if (line.len == 0 && *fields > 0)
			break;
		if (!split(line, &name, &value) && !(is_more(line) && *fields > 0))
			continue;
		if (!start)
			start = line.data;
		end = line.data + line.len;
		*fields += !is_more(line);
	}
	return start ? slice_make(start, (size_t)(end - start)) : SLICE_EMPTY;
}

/* Takes the continuation lines off *lines, and gives the value with them. */
static int read_value(
	struct slice *lines, struct arena *arena, struct slice first, struct slice *value)
{
	struct slice rest = *lines, line;
	size_t size = 0, len = 0;
	unsigned char *joined;

	first = without_blank(first);
	while (next_line(&rest, &line) && (is_more(line) || is_comment(line)))
		size += line.len + 1;
	if (size == 0)
		return escape_undo(first, arena, value);
	joined = arena_alloc(arena, first.len + size);
	if (!joined)
		return -ENOMEM;
	if (first.len > 0)
		memcpy(joined, first.data, first.len);
	len = first.len;
	for (rest = *lines; next_line(&rest, &line) && (is_more(line) || is_comment(line));
		*lines = rest) {
		if (is_comment(line))
			continue;
		line = without_blank(slice_from(line, 1));
		joined[len++] = '\n';
		if (line.len > 0)
			memcpy(joined + len, line.data, line.len);
		len += line.len;
	}
	return escape_undo(slice_make(joined, len), arena, value);
}

int rep_record_parse(struct slice *rest, struct arena *arena, struct rep_record *record)
{
	struct slice after = *rest, lines, line, name, first;
	struct rep_record found = {0};
	size_t fields;

	lines = take_block(&after, &fields);
	if (fields == 0) {
		*rest = after;
		return 1;
	}
	found.fields = arena_array(arena, fields, sizeof(*found.fields));
	if (!found.fields)
		return -ENOMEM;
	while (next_line(&lines, &line)) {
		struct rep_field *field = &found.fields[found.count];
		int error;

		if (!split(line, &name, &first))
			continue;
		error = read_value(&lines, arena, first, &field->value);
		if (error < 0)
			return error;
		if (error > 0) /* not escaped by us: then it means itself */
			field->value = without_blank(first);
		field->name = arena_cstr(arena, name);
		if (!field->name)
			return -ENOMEM;
		found.count++;
	}
	*record = found;
	*rest = after;
	return 0;
}
