/*
 * The fields of a header, found where they stand; see icap_message.h. Nothing is copied: a header is
 * looked through once for each name asked for, and is short.
 */
#include "scan/icap_message.h"

/* The line at the front of *rest, with the lines that continue it. */
static bool next_unfolded(struct slice *rest, struct slice *line)
{
	size_t end = 0;

	if (rest->len == 0)
		return false;
	do {
		end = slice_find_byte(*rest, '\n', end);
		end += end < rest->len;
	} while (end < rest->len && ascii_blank(rest->data[end]));
	*line = slice_first(*rest, end);
	*rest = slice_from(*rest, end);
	return true;
}

static bool is_token(struct slice name)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.data[i] <= ' ' || name.data[i] >= 0x7f)
			return false;
	return name.len > 0;
}

bool icap_next_field(struct slice *fields, struct slice *name, struct slice *value)
{
	struct slice rest = *fields, line;
	size_t colon;

	if (!next_unfolded(&rest, &line))
		return false;
	colon = slice_find_byte(line, ':', 0);
	if (colon == line.len || !is_token(slice_first(line, colon)))
		return false;
	*name = slice_first(line, colon);
	*value = slice_trim(slice_from(line, colon + 1));
	*fields = rest;
	return true;
}

bool icap_field(struct slice fields, const char *name, struct slice *value)
{
	struct slice found, text;

	while (icap_next_field(&fields, &found, &text)) {
		if (slice_eq_nocase_cstr(found, name)) {
			*value = text;
			return true;
		}
	}
	return false;
}

bool icap_next_word(struct slice *list, struct slice *word)
{
	size_t comma;

	if (list->len == 0)
		return false;
	comma = slice_find_byte(*list, ',', 0);
	*word = slice_trim(slice_first(*list, comma));
	*list = slice_from(*list, comma + 1);
	return true;
}
