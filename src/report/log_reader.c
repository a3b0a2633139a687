/*
 * Lines and records out of a stream of bytes; see log_reader.h. Both are pieces with a gap behind
 * each: a newline, or a newline and a blank line. One buffer is read into again and again: a piece
 * that is not whole yet is moved to its front. One that does not fit in it is none of ours.
 */
#include "report/log_reader.h"

#include "base/cleanup.h"

#define LINES_ROOM ((size_t)256 << 10)

struct log_reader {
	struct log_source *source;
	char *path;
	struct log_position position;
	struct arena arena; /* of one piece */
	struct slice gap;   /* what ends a piece */
	bool records;
	bool passing;	   /* within a piece that is too long */
	size_t begin, end; /* what is read and not dealt with */
	size_t room;
	unsigned char data[];
};

int log_reader_new(int fd, const char *path, enum log_kind kind, struct log_reader **reader)
{
	static const struct slice newline = SLICE_LITERAL("\n"), blank_line = SLICE_LITERAL("\n\n");
	bool records = kind == LOG_KIND_REP;
	size_t room = records ? LOG_RECORD_MAX : LINES_ROOM;
	struct log_source *source;
	struct log_reader *made;
	int failed = log_source_new(fd, &source);

	if (failed)
		return failed;
	made = malloc(sizeof(*made) + room);
	if (made) {
		*made = (struct log_reader){.source = source,
			.gap = records ? blank_line : newline,
			.records = records,
			.room = room};
		made->path = strdup(path);
		if (made->path) {
			*reader = made;
			return 0;
		}
	}
	free(made);
	log_source_free(source);
	return -ENOMEM;
}

void log_reader_free(struct log_reader *reader)
{
	if (!reader)
		return;
	log_source_free(reader->source);
	arena_release(&reader->arena);
	free(reader->path);
	free(reader);
}

/* Reads more behind what is there. Returns the bytes, 0 at the end, or a negative errno. */
static ssize_t more(struct log_reader *reader)
{
	ssize_t got;

	if (reader->begin > 0) {
		memmove(reader->data, reader->data + reader->begin, reader->end - reader->begin);
		reader->end -= reader->begin;
		reader->begin = 0;
	}
	got = log_source_read(
		reader->source, reader->data + reader->end, reader->room - reader->end);
	if (got > 0)
		reader->end += (size_t)got;
	return got;
}

bool log_reader_is_plain(const struct log_reader *reader)
{
	return log_source_is_plain(reader->source);
}

static struct slice held(const struct log_reader *reader)
{
	return slice_make(reader->data + reader->begin, reader->end - reader->begin);
}

/* The end of the first line that qmvc began; what stands before it may be the same in many files. */
static size_t end_of_first(const struct log_reader *reader, size_t *seen)
{
	struct slice all = held(reader), start = slice_cstr(reader->records ? "Id: " : "v=");

	for (;;) {
		struct slice line = slice_from(all, *seen);
		size_t length = slice_find_byte(line, '\n', 0);

		if (length == line.len)
			return all.len;
		if (slice_eq(slice_first(line, start.len), start))
			return *seen + length;
		*seen += length + 1;
	}
}

int log_reader_identity(struct log_reader *reader, uint64_t *identity)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	size_t length, seen = 0;
	int result = 0;

	for (;;) {
		ssize_t got;

		length = end_of_first(reader, &seen);
		if (length < held(reader).len || reader->end == reader->room)
			break;
		got = more(reader);
		if (got < 0)
			return (int)got;
		if (got == 0) {
			result = 1;
			break;
		}
	}
	for (size_t i = 0; i < length; i++) /* FNV-1a, 64 bits */
		hash = (hash ^ reader->data[i]) * UINT64_C(0x100000001b3);
	*identity = hash;
	return result;
}

int log_reader_skip(struct log_reader *reader, const struct log_position *position)
{
	while (reader->position.offset < position->offset) {
		uint64_t left = position->offset - reader->position.offset;
		size_t here = reader->end - reader->begin;

		if (here > left)
			here = (size_t)left;
		reader->begin += here;
		reader->position.offset += here;
		if (reader->begin == reader->end && here < left) {
			ssize_t got = more(reader);

			if (got <= 0)
				return got < 0 ? (int)got : 1;
		}
	}
	reader->position.line = position->line;
	return 0;
}

/*
 * A line that cannot be read may be what a crash cut off, with the next one behind it: no newline
 * was written between them. Looks for a whole one at its end.
 */
static int salvage(struct slice line, struct arena *arena, struct log_entry *entry)
{
	static const struct slice start = SLICE_LITERAL("v=");

	for (size_t at = slice_find(line, start, 1); at < line.len;
		at = slice_find(line, start, at + 1)) {
		int result = log_entry_parse(slice_from(line, at), arena, entry);

		if (result != 1)
			return result;
	}
	return 1;
}

static int take_line(struct log_reader *reader, struct slice line, bool ended,
	const struct log_taker *taker, struct log_counts *counts)
{
	struct log_place place = {reader->path, reader->position.line + 1};
	struct log_entry entry;
	int result;

	counts->lines++;
	result = log_entry_parse(line, &reader->arena, &entry);
	if (result == 1) {
		counts->not_read++;
		if (ended)
			result = salvage(line, &reader->arena, &entry);
	}
	if (result == 0)
		result = taker->line(taker->context, &entry, &place);
	else if (result == 1)
		result = 0;
	return result;
}

/*
 * Where the last record in a piece begins. A record that a crash cut off has the next one right
 * behind it, in the middle of a line perhaps. No value can look like the beginning of a record: that
 * takes two lines, and what a value has behind a newline stands behind a '+'.
 */
static size_t last_beginning(struct slice piece)
{
	static const struct slice second = SLICE_LITERAL("\nVersion: "),
				  first = SLICE_LITERAL("Id: ");
	size_t found = 0, line = 0;

	for (size_t at = slice_find(piece, second, 0); at < piece.len;
		at = slice_find(piece, second, at + 1)) {
		struct slice before = slice_first(piece, at);

		for (size_t id = slice_find(before, first, line); id < at;
			id = slice_find(before, first, id + 1))
			found = id;
		line = at;
	}
	return found;
}

static uint64_t count_lines(struct slice text)
{
	uint64_t count = 0;

	for (size_t at = slice_find_byte(text, '\n', 0); at < text.len;
		at = slice_find_byte(text, '\n', at + 1))
		count++;
	return count;
}

/* Comments, and what recutils says of records. */
static bool is_remark(struct slice piece)
{
	struct slice line;

	while (slice_next_line(&piece, &line))
		if (line.len > 0 && line.data[0] != '#' && line.data[0] != '%')
			return false;
	return true;
}

static int take_record(struct log_reader *reader, struct slice piece, const struct log_taker *taker,
	struct log_counts *counts)
{
	size_t from = last_beginning(piece);
	struct slice before = slice_first(piece, from), rest = slice_from(piece, from);
	struct log_place place = {reader->path, reader->position.line + 1 + count_lines(before)};
	struct rep_record record;
	struct rep_entry entry;
	int result;

	if (slice_trim(before).len > 0) {
		counts->lines++;
		counts->not_read++;
	}
	if (is_remark(rest))
		return 0;
	counts->lines++;
	result = rep_record_parse(&rest, &reader->arena, &record);
	if (result < 0)
		return result;
	if (result > 0 || rep_entry_read(&record, &entry)) {
		counts->not_read++;
		return 0;
	}
	return taker->record(taker->context, &entry, &place);
}

static int deal_with(struct log_reader *reader, struct slice piece, bool ended,
	const struct log_taker *taker, struct log_counts *counts)
{
	int result = reader->records ? take_record(reader, piece, taker, counts)
				     : take_line(reader, piece, ended, taker, counts);

	if (reader->arena.blocks)
		arena_release(&reader->arena);
	return result;
}

static void move_on(struct log_reader *reader, size_t size, struct log_counts *counts)
{
	if (reader->records)
		reader->position.line += count_lines(slice_first(held(reader), size));
	else
		reader->position.line++;
	reader->begin += size;
	reader->position.offset += size;
	counts->bytes += size;
}

/* Deals with all whole pieces that are held. */
static int read_held(
	struct log_reader *reader, const struct log_taker *taker, struct log_counts *counts)
{
	struct slice rest = held(reader);

	while (rest.len > 0) {
		size_t end = reader->records ? slice_find(rest, reader->gap, 0)
					     : slice_find_byte(rest, '\n', 0);
		int result = 0;

		if (end == rest.len)
			break;
		if (reader->passing)
			reader->passing = false;
		else if (end > 0)
			result = deal_with(reader, slice_first(rest, end), true, taker, counts);
		move_on(reader, end + reader->gap.len, counts);
		rest = held(reader);
		if (result)
			return result;
	}
	return 0;
}

/* What is held has no end; but the gap may have begun. */
static void pass_over(struct log_reader *reader, struct log_counts *counts)
{
	size_t size = reader->end - reader->begin - (reader->gap.len - 1);

	if (!reader->passing) {
		counts->lines++;
		counts->not_read++;
	}
	reader->passing = true;
	if (reader->records)
		reader->position.line += count_lines(slice_first(held(reader), size));
	reader->position.offset += size;
	counts->bytes += size;
	reader->begin += size;
}

static int read_last(
	struct log_reader *reader, const struct log_taker *taker, struct log_counts *counts)
{
	struct slice line = held(reader);
	int result = 0;

	if (line.len == 0)
		return 0;
	if (reader->records) {
		bool cut = !reader->passing && slice_trim(line).len > 0;

		counts->lines += cut;
		counts->not_read += cut;
		return 0;
	}
	if (!reader->passing)
		result = deal_with(reader, line, false, taker, counts);
	reader->begin = reader->end;
	reader->position.offset += line.len;
	counts->bytes += line.len;
	return result;
}

int log_reader_read(struct log_reader *reader, bool whole, const struct log_taker *taker,
	struct log_counts *counts, struct log_position *position)
{
	ssize_t got;
	int result;

	do {
		result = read_held(reader, taker, counts);
		if (result)
			break;
		if (reader->end - reader->begin == reader->room)
			pass_over(reader, counts);
		got = more(reader);
		result = got < 0 ? (int)got : 0;
	} while (got > 0);
	if (whole && (result == 0 || result == LOG_SOURCE_DAMAGED)) {
		int last = read_last(reader, taker, counts);

		result = last ? last : result;
	}
	*position = reader->position;
	return result;
}
