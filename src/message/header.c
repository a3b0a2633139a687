/*
 * Header fields as they stand; see header.h. A line that is neither field nor continuation is where
 * mail programs part ways. Here it ends the header when the body has clearly begun, and is
 * passed over when another field follows it, which is what most of them do. Two passes: the first
 * finds the end and counts, so that the second one can fill an array of the right size.
 */
#include "message/header.h"

#include "base/lanes.h"
#include "message/utf8.h"

#include <errno.h>

#define LINE_LIMIT 998 /* RFC 5322 section 2.1.1 */

enum line_kind {
	LINE_FIELD,
	LINE_CONTINUATION,
	LINE_BLANK,
	LINE_OTHER,
};

/* A line at the front of `rest`, line end included in *size. */
static struct slice line_at(struct slice rest, size_t *size)
{
	size_t newline = slice_find_byte(rest, '\n', 0);
	struct slice line = slice_first(rest, newline);

	*size = newline < rest.len ? newline + 1 : newline;
	if (line.len > 0 && line.data[line.len - 1] == '\r')
		line.len--;
	return line;
}

/* The length of what stands before the colon, or 0 when no field begins here. */
static size_t name_length(struct slice line)
{
	size_t colon = slice_find_byte(slice_first(line, LINE_LIMIT), ':', 0), end;

	if (colon == line.len || colon >= LINE_LIMIT)
		return 0;
	end = colon;
	while (end > 0 && ascii_blank(line.data[end - 1]))
		end--;
	/* "Hello Bob: see below" is text, "Content-Type : x" is an untidy field. */
	for (size_t i = 0; i < end; i++)
		if (ascii_space(line.data[i]))
			return 0;
	return end;
}

static enum line_kind classify(struct slice line)
{
	if (line.len == 0)
		return LINE_BLANK;
	if (ascii_blank(line.data[0]))
		return LINE_CONTINUATION;
	return name_length(line) > 0 ? LINE_FIELD : LINE_OTHER;
}

/* A line that is no field ends the header unless the next line goes on with it. */
static bool goes_on(struct slice line, struct slice rest)
{
	size_t size;

	if (slice_starts(line, "--"))
		return false;
	return classify(line_at(rest, &size)) == LINE_FIELD;
}

static bool is_from_line(struct slice line)
{
	return slice_starts(line, "From ") || slice_starts(line, ">From ");
}

/* What may stand above the first field. Returns its length. */
static size_t skip_top(struct slice raw, unsigned *flags)
{
	size_t at = 0, size;

	if (slice_starts(raw, "\xef\xbb\xbf")) {
		*flags |= HEADER_BAD_NAME;
		at = 3;
	}
	while (is_from_line(line_at(slice_from(raw, at), &size))) {
		*flags |= HEADER_FROM_LINE;
		at += size;
	}
	return at;
}

struct extent {
	size_t body;   /* where the body begins */
	size_t fields; /* how many fields begin before it */
	unsigned flags;
};

static struct extent find_extent(struct slice raw, size_t at)
{
	struct extent extent = {.flags = HEADER_NO_END};

	while (at < raw.len) {
		size_t size;
		struct slice line = line_at(slice_from(raw, at), &size);
		enum line_kind kind = classify(line);

		if (kind == LINE_BLANK) {
			extent.flags &= ~(unsigned)HEADER_NO_END;
			at += size;
			break;
		}
		if (kind == LINE_OTHER) {
			extent.flags |= HEADER_NO_COLON;
			if (!goes_on(line, slice_from(raw, at + size))) {
				extent.flags &= ~(unsigned)HEADER_NO_END;
				break;
			}
		}
		extent.fields += kind == LINE_FIELD;
		at += size;
	}
	extent.body = at;
	return extent;
}

/* How many bytes at the front are in blocks of printable ASCII and TAB. */
static size_t tidy_prefix(struct slice line)
{
	size_t i = 0;

	for (; line.len - i >= LANES; i += LANES) {
		lanes block = lanes_load(line.data + i);

		if (lanes_any(((block < ' ') & (block != '\t')) | (block == 0x7f)))
			break;
	}
	return i;
}

/* What is untidy about one physical line of a field (without its line end). */
static unsigned line_flags(struct slice line)
{
	unsigned flags = line.len > LINE_LIMIT ? HEADER_LONG_LINE : 0;
	bool eight = false;

	for (size_t i = tidy_prefix(line); i < line.len; i++) {
		unsigned char c = line.data[i];

		if (c == '\r')
			flags |= HEADER_BARE_CR;
		else if ((c < ' ' && c != '\t') || c == 127)
			flags |= HEADER_CONTROL;
		eight |= c > 127;
	}
	if (eight && utf8_valid_prefix(line) < line.len)
		flags |= HEADER_EIGHT_BIT;
	return flags;
}

static bool name_is_good(struct slice name)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.data[i] <= ' ' || name.data[i] > 126)
			return false;
	return true;
}

static struct header_field field_make(struct slice line)
{
	size_t length = name_length(line), colon = slice_find_byte(line, ':', 0);
	struct header_field field = {
		.name = slice_first(line, length),
		.value = slice_from(line, colon + 1),
		.flags = line_flags(line),
	};

	if (colon > length || !name_is_good(field.name))
		field.flags |= HEADER_BAD_NAME;
	return field;
}

static void field_continue(struct header_field *field, struct slice line)
{
	field->value.len = (size_t)(line.data + line.len - field->value.data);
	field->flags |= line_flags(line);
	if (slice_trim(line).len == 0)
		field->flags |= HEADER_FOLD_BLANK;
}

/* Fields that may stand once: RFC 5322 section 3.6, and MIME's own. */
static const char *const single[] = {
	"Date", "From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Message-ID", "In-Reply-To",
	"References", "Subject", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
	"Content-Disposition", "Content-ID", "Content-Description",
};

static void mark_duplicates(struct header *header)
{
	bool seen[sizeof(single) / sizeof(single[0])] = {false};

	for (size_t i = 0; i < header->count; i++)
		for (size_t k = 0; k < sizeof(single) / sizeof(single[0]); k++)
			if (slice_eq_nocase_cstr(header->fields[i].name, single[k])) {
				if (seen[k])
					header->fields[i].flags |= HEADER_DUPLICATE;
				seen[k] = true;
			}
}

int header_parse(struct arena *arena, struct slice raw, uint64_t max_bytes, size_t max_fields,
	struct header *header, size_t *length)
{
	struct header parsed = {0};
	size_t at = skip_top(raw, &parsed.flags), cut;
	struct extent extent = find_extent(raw, at);
	bool dropped = false; /* the line begun is kept nowhere, nor is what continues it */

	parsed.flags |= extent.flags;
	if (extent.fields > max_fields) {
		extent.fields = max_fields;
		parsed.flags |= HEADER_LIMIT;
	}
	parsed.fields = arena_array(arena, extent.fields + 1, sizeof(*parsed.fields));
	if (!parsed.fields)
		return -ENOMEM;
	cut = extent.body;
	if (cut > max_bytes) {
		cut = (size_t)max_bytes;
		parsed.flags |= HEADER_LIMIT;
	}
	while (at < cut) {
		size_t size;
		struct slice line = line_at(slice_first(slice_from(raw, at), cut - at), &size);
		enum line_kind kind = classify(line);

		if (kind == LINE_FIELD) {
			dropped = parsed.count == extent.fields;
			if (!dropped)
				parsed.fields[parsed.count++] = field_make(line);
		} else if (kind == LINE_CONTINUATION && (dropped || parsed.count > 0)) {
			if (!dropped)
				field_continue(&parsed.fields[parsed.count - 1], line);
		} else if (kind != LINE_BLANK) {
			parsed.flags |= HEADER_NO_COLON;
			dropped = true;
		}
		at += size;
	}
	mark_duplicates(&parsed);
	for (size_t i = 0; i < parsed.count; i++)
		parsed.flags |= parsed.fields[i].flags;
	*header = parsed;
	*length = extent.body;
	return 0;
}

const struct header_field *header_next(
	const struct header *header, const char *name, const struct header_field *field)
{
	size_t i = field ? (size_t)(field - header->fields) + 1 : 0;

	for (; i < header->count; i++)
		if (slice_eq_nocase_cstr(header->fields[i].name, name))
			return &header->fields[i];
	return NULL;
}

const struct header_field *header_find(const struct header *header, const char *name, unsigned n)
{
	const struct header_field *field = header_next(header, name, NULL);

	while (field && n-- > 0)
		field = header_next(header, name, field);
	return field;
}

int header_unfold(struct slice value, struct buf *out)
{
	value = slice_trim(value);
	while (value.len > 0) {
		size_t newline = slice_find_byte(value, '\n', 0), end = newline;

		while (newline < value.len && end > 0 && value.data[end - 1] == '\r')
			end--;
		if (buf_add(out, slice_first(value, end)))
			return -ENOMEM;
		value = slice_from(value, newline + 1);
	}
	return 0;
}

bool header_value_is_empty(struct slice value)
{
	return slice_trim(value).len == 0;
}
