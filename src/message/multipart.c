/*
 * Where parts begin and end (RFC 2046 section 5.1). One pass over a region with a stack of what is
 * open: multiparts, and the attached mails inside them. A delimiter line of an outer multipart
 * ends everything inside it, which is what the RFC asks and what a recursive reader would have to
 * search the same bytes again for. A delimiter line is "--", the boundary, perhaps "--", and
 * blanks: anything else behind the boundary makes it text.
 */
#include "base/cleanup.h"
#include "message/reader.h"

#include <errno.h>

/* RFC 2046 allows 70 characters; what is longer than this is no delimiter that somebody meant. */
#define BOUNDARY_GUESS_MAX 256
/* More than this between a header and its blank line is no junk but somebody's body. */
#define JUNK_MAX 1024

struct open_part {
	int index;
	struct slice boundary;
	bool delimited; /* a multipart whose delimiters are looked for */
	bool adopted;	/* its own extent is settled elsewhere: scan_multipart() */
	bool seen;	/* the first delimiter is behind us */
	bool closed;	/* the closing delimiter is behind us */
	size_t mark;	/* where its preamble or epilogue begins */
};

struct scan {
	struct reader *reader;
	struct slice region;
	size_t at; /* beginning of a line */
	struct open_part *stack;
	size_t depth, cap;
};

struct delimiter {
	size_t level;	   /* in the stack */
	size_t line, next; /* where its line begins, and the line behind it */
	bool closing;
};

static bool only_blanks(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ascii_blank(s.data[i]) && s.data[i] != '\r')
			return false;
	return true;
}

/* `line` begins with "--" and has no LF. */
static bool is_delimiter(struct slice boundary, struct slice line, bool *closing)
{
	struct slice rest = slice_from(line, 2);

	if (rest.len < boundary.len ||
		(boundary.len > 0 && memcmp(rest.data, boundary.data, boundary.len) != 0))
		return false;
	rest = slice_from(rest, boundary.len);
	*closing = slice_starts(rest, "--");
	return only_blanks(*closing ? slice_from(rest, 2) : rest);
}

/* The innermost open multipart that the line at `at` (it begins with "--") delimits. */
static bool delimiter_at(const struct scan *scan, size_t at, struct delimiter *delimiter)
{
	size_t newline = slice_find_byte(scan->region, '\n', at);
	struct slice line = slice_first(slice_from(scan->region, at), newline - at);

	for (size_t level = scan->depth; level-- > 0;) {
		const struct open_part *open = &scan->stack[level];

		if (!open->delimited || open->closed ||
			!is_delimiter(open->boundary, line, &delimiter->closing))
			continue;
		delimiter->level = level;
		delimiter->line = at;
		delimiter->next = newline < scan->region.len ? newline + 1 : newline;
		return true;
	}
	return false;
}

/* The first line at or behind `from` that begins with "--", or region.len. */
static size_t find_dashes(struct slice region, size_t from)
{
	while (from < region.len) {
		from = slice_find_byte(region, '-', from);
		if (region.len - from < 2)
			break;
		if (region.data[from + 1] == '-' && (from == 0 || region.data[from - 1] == '\n'))
			return from;
		from++;
	}
	return region.len;
}

static bool anything_open(const struct scan *scan)
{
	for (size_t level = 0; level < scan->depth; level++)
		if (scan->stack[level].delimited && !scan->stack[level].closed)
			return true;
	return false;
}

static bool next_delimiter(const struct scan *scan, struct delimiter *delimiter)
{
	if (!anything_open(scan))
		return false;
	for (size_t at = find_dashes(scan->region, scan->at); at < scan->region.len;
		at = find_dashes(scan->region, at + 1))
		if (delimiter_at(scan, at, delimiter))
			return true;
	return false;
}

/* A header's bytes: up to and with a blank line, or up to a delimiter of what is open. */
static struct slice header_extent(const struct scan *scan, size_t start)
{
	struct slice region = scan->region;
	struct delimiter delimiter;
	size_t at = start;

	while (at < region.len) {
		size_t newline;

		if (region.data[at] == '-' && region.len - at > 1 && region.data[at + 1] == '-' &&
			delimiter_at(scan, at, &delimiter))
			break;
		newline = slice_find_byte(region, '\n', at);
		if (newline == at || (newline == at + 1 && region.data[at] == '\r')) {
			at = newline < region.len ? newline + 1 : newline;
			break;
		}
		at = newline < region.len ? newline + 1 : newline;
	}
	return slice_first(slice_from(region, start), at - start);
}

/*
 * Where the body of a base64 part begins whose header ended at a line that is no field. When that
 * line is prose and a blank line follows, most programs pass over what is between; to decode it
 * would shift the groups of four and garble everything behind it. Any other body rather keeps the
 * lines: whoever shows them, they were looked at.
 */
static size_t skip_junk(const struct part *part, struct slice extent, size_t length)
{
	struct slice rest = slice_from(extent, length), line, last = SLICE_EMPTY;
	size_t first_blank;

	if (part->encoding != TRANSFER_BASE64 || rest.len > JUNK_MAX ||
		!slice_next_line(&rest, &line))
		return length;
	first_blank = slice_find_byte(line, ' ', 0);
	if (first_blank == line.len || slice_starts(line, "--"))
		return length;
	while (slice_next_line(&rest, &last))
		;
	return last.len == 0 ? extent.len : length;
}

/* Opens one part whose header stands at `start`; *index is -1 when there was no room for it. */
static int open_part(struct scan *scan, size_t start, int parent, enum part_origin origin,
	int *index)
{
	struct reader *reader = scan->reader;
	struct reading *reading = reader->reading;
	bool in_digest = parent >= 0 && origin == PART_BODY &&
			 part_is(&reading->parts[parent], "multipart", "digest");
	struct open_part *open;
	struct part_shape shape;
	struct slice extent;
	struct part *part;
	size_t length;
	int error = reader_add(reader, parent, origin, index);

	if (error || *index < 0)
		return error;
	part = &reading->parts[*index];
	extent = header_extent(scan, start);
	error = header_parse(&reading->arena, extent, reader->limits->header, reader->fields_left,
		&part->header, &length);
	if (error)
		return error;
	reader->fields_left -= part->header.count;
	error = part_describe(&reading->arena, reading->rules, in_digest, part, &shape);
	if (error)
		return error;
	if (length < extent.len)
		length = skip_junk(part, extent, length);
	part->is_mail = shape.message;
	part->raw = slice_from(scan->region, start);
	part->body = slice_from(scan->region, start + length);
	scan->at = start + length;
	open = &scan->stack[scan->depth++];
	*open = (struct open_part){.index = *index, .boundary = part->boundary, .mark = scan->at};
	if (shape.multipart && part->boundary.data &&
		!(reading->rules->decode_multipart && part_is_encoded(part)))
		open->delimited = reader_may_descend(reader, *index);
	return 0;
}

/* Opens the part at `start` and, where it is an attached mail, what it begins with. */
static int begin_part(struct scan *scan, size_t start, int parent, enum part_origin origin)
{
	struct reader *reader = scan->reader;

	for (;;) {
		const struct part *part;
		int index, error = open_part(scan, start, parent, origin, &index);

		if (error || index < 0)
			return error;
		part = &reader->reading->parts[index];
		if (!part->is_mail || part_is_encoded(part) || !reader_may_descend(reader, index))
			return 0;
		parent = index;
		origin = PART_ATTACHED;
		start = scan->at;
	}
}

static int find_blocks(struct scan *scan, const struct open_part *open, size_t end)
{
	struct reader *reader = scan->reader;

	if (!reader->reading->rules->blocks_in_text || reader->full || end <= open->mark)
		return 0;
	return blocks_find(reader, open->index,
		slice_first(slice_from(scan->region, open->mark), end - open->mark));
}

/* `s` up to `end`, which lies in the same region, perhaps before its beginning. */
static struct slice end_at(struct slice s, const unsigned char *end)
{
	return slice_first(s, end > s.data ? (size_t)(end - s.data) : 0);
}

/* Takes the innermost part off the stack; it ends at `end`. */
static int close_part(struct scan *scan, size_t end)
{
	struct open_part open = scan->stack[--scan->depth];
	struct reader *reader = scan->reader;
	struct part *part = &reader->reading->parts[open.index];
	int error = 0;

	if (!open.adopted) {
		/* An empty region may have no address, to which even 0 is not added. */
		const unsigned char *last = end > 0 ? scan->region.data + end : scan->region.data;

		part->raw = end_at(part->raw, last);
		part->body = end_at(part->body, last);
	}
	if (!open.seen)
		return open.adopted ? 0 : reader_finish(reader, open.index);
	if (!open.closed)
		part->flags |= PART_NO_CLOSE;
	else
		error = find_blocks(scan, &open, end);
	if (error || open.adopted || reader_has_children(reader, open.index))
		return error;
	/* A closing delimiter alone, as when the others carry junk behind the boundary. */
	return reader_finish(reader, open.index);
}

static int close_down_to(struct scan *scan, size_t depth, size_t end)
{
	while (scan->depth > depth) {
		int error = close_part(scan, end);

		if (error)
			return error;
	}
	return 0;
}

/* The line end before a delimiter line belongs to the delimiter. */
static size_t before_line_end(struct slice region, size_t line)
{
	if (line > 0 && region.data[line - 1] == '\n')
		line--;
	if (line > 0 && region.data[line - 1] == '\r')
		line--;
	return line;
}

static int scan_run(struct scan *scan)
{
	struct delimiter delimiter;
	int error;

	while (!scan->reader->full && next_delimiter(scan, &delimiter)) {
		struct open_part *open = &scan->stack[delimiter.level];

		error = close_down_to(scan, delimiter.level + 1,
			before_line_end(scan->region, delimiter.line));
		if (!error && !open->seen)
			error = find_blocks(scan, open, delimiter.line);
		if (error)
			return error;
		open->seen = true;
		scan->at = delimiter.next;
		if (delimiter.closing) {
			open->closed = true;
			open->mark = delimiter.next;
			continue;
		}
		error = begin_part(scan, delimiter.next, open->index, PART_BODY);
		if (error)
			return error;
	}
	return close_down_to(scan, 0, scan->region.len);
}

static int scan_init(struct scan *scan, struct reader *reader, struct slice region)
{
	*scan = (struct scan){.reader = reader, .region = region, .cap = reader->depth_max + 2};
	scan->stack = calloc(scan->cap, sizeof(*scan->stack));
	if (!scan->stack)
		return -ENOMEM;
	reader->reading->work += region.len;
	return 0;
}

int scan_mail(struct reader *reader, struct slice region, int parent, enum part_origin origin)
{
	struct scan scan;
	int error = scan_init(&scan, reader, region);

	if (error)
		return error;
	error = begin_part(&scan, 0, parent, origin);
	if (!error)
		error = scan_run(&scan);
	free(scan.stack);
	return error;
}

int scan_multipart(struct reader *reader, struct slice region, int index, struct slice boundary)
{
	struct scan scan;
	int error = scan_init(&scan, reader, region);

	if (error)
		return error;
	scan.stack[scan.depth++] = (struct open_part){
		.index = index, .boundary = boundary, .delimited = true, .adopted = true};
	error = scan_run(&scan);
	free(scan.stack);
	return error;
}

static bool ends_like_closing(struct slice line)
{
	return line.len > 2 && line.data[line.len - 1] == '-' && line.data[line.len - 2] == '-';
}

struct slice scan_guess_boundary(struct slice region)
{
	size_t at = find_dashes(region, 0);

	while (at < region.len) {
		size_t newline = slice_find_byte(region, '\n', at);
		struct slice line = slice_first(slice_from(region, at + 2), newline - at - 2);

		while (line.len > 0 && (ascii_space(line.data[line.len - 1])))
			line.len--;
		if (line.len > 0 && line.len <= BOUNDARY_GUESS_MAX && !ends_like_closing(line))
			return line;
		at = find_dashes(region, at + 1);
	}
	return SLICE_EMPTY;
}
