/*
 * uuencode as POSIX describes it, the historical and the base64 algorithm: "begin 644 name", data
 * lines, "end". Data lines that lost the blanks at their end are filled up again.
 */
#include "message/transfer_sink.h"

/* Takes the length off a data line's first character; blank and grave accent both mean 0. */
static size_t line_length(unsigned char c)
{
	return (size_t)((c - ' ') & 63);
}

bool uuencode_is_data(struct slice line)
{
	size_t need;

	if (line.len == 0 || line.data[0] < ' ' || line.data[0] > '`')
		return false;
	need = (line_length(line.data[0]) + 2) / 3 * 4;
	/* Some encoders add a character or two: a check sum, a line number. */
	if (line.len - 1 > need + 2)
		return false;
	for (size_t i = 1; i < line.len; i++)
		if (line.data[i] < ' ' || (line.data[i] > '`' && i <= need))
			return false;
	return true;
}

bool uuencode_is_begin(struct slice line, struct slice *name, bool *base64)
{
	size_t digits = 0;

	*base64 = slice_starts(line, "begin-base64 ");
	if (!*base64 && !slice_starts(line, "begin "))
		return false;
	line = slice_from(line, *base64 ? 13 : 6);
	while (line.len > 0 && ascii_blank(line.data[0]))
		line = slice_from(line, 1);
	while (digits < line.len && line.data[digits] >= '0' && line.data[digits] <= '7')
		digits++;
	if (digits < 3 || digits > 6 || digits == line.len || !ascii_blank(line.data[digits]))
		return false;
	*name = slice_trim(slice_from(line, digits));
	return name->len > 0;
}

static void decode_data(struct sink *sink, struct slice line)
{
	size_t length = line_length(line.data[0]);
	size_t need = (length + 2) / 3 * 4;
	unsigned char *out = sink_reserve(sink, 64);
	size_t done = 0;

	for (size_t i = 0; i < need; i += 4) {
		uint32_t bits = 0;

		for (size_t k = 1; k <= 4; k++) {
			unsigned char c = i + k < line.len ? line.data[i + k] : ' ';

			if (c < ' ' || c > '`')
				sink->result->flags |= PART_BAD_ENCODING;
			bits = bits << 6 | (uint32_t)((c - ' ') & 63);
		}
		for (int shift = 16; shift >= 0 && done < length; shift -= 8)
			out[done++] = (unsigned char)(bits >> shift);
	}
	sink->len += done;
}

/* The lines up to "====", which ends the base64 algorithm. */
static void decode_base64(struct sink *sink, struct slice rest)
{
	struct slice all = rest, line;

	while (slice_next_line(&rest, &line))
		if (slice_starts(line, "====")) {
			base64_decode(sink, slice_first(all, (size_t)(line.data - all.data)));
			return;
		}
	base64_decode(sink, all);
	sink->result->flags |= PART_TRUNCATED;
}

void uuencode_decode(struct sink *sink, struct slice encoded)
{
	struct slice rest = encoded, line, name;
	bool base64 = false, begun = false;

	while (!begun && slice_next_line(&rest, &line))
		begun = uuencode_is_begin(line, &name, &base64);
	if (begun) {
		sink->result->name = name;
	} else {
		/* No head: the encoding was declared, so the lines are taken at their word. */
		rest = encoded;
		sink->result->flags |= PART_BAD_ENCODING;
	}
	if (base64) {
		decode_base64(sink, rest);
		return;
	}
	while (slice_next_line(&rest, &line) && !sink->error) {
		struct slice word = slice_trim(line);

		if (slice_eq_cstr(word, "end"))
			return;
		if (word.len == 0)
			continue; /* a blank line has length 0 as well */
		if (uuencode_is_data(line))
			decode_data(sink, line);
		else
			sink->result->flags |= PART_BAD_ENCODING;
	}
	sink->result->flags |= PART_TRUNCATED;
}
