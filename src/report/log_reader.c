/*
 * Lines out of a stream of bytes; see log_reader.h. One buffer, read into again and again: a line
 * that is not whole yet is moved to its front. One that does not fit in it is no line of ours.
 */
#include "report/log_reader.h"

#include "base/cleanup.h"

#define BUFFER_SIZE ((size_t)256 << 10)

struct log_reader {
	struct log_source *source;
	char *path;
	struct log_position position;
	struct arena arena; /* of one line */
	size_t begin, end;  /* what is read and not dealt with */
	bool passing;	    /* within a line that is too long */
	unsigned char data[BUFFER_SIZE];
};

int log_reader_new(int fd, const char *path, struct log_reader **reader)
{
	struct log_source *source;
	struct log_reader *made;
	int failed = log_source_new(fd, &source);

	if (failed)
		return failed;
	made = malloc(sizeof(*made));
	if (made) {
		memset(made, 0, offsetof(struct log_reader, data));
		made->source = source;
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
		reader->source, reader->data + reader->end, BUFFER_SIZE - reader->end);
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

int log_reader_identity(struct log_reader *reader, uint64_t *identity)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	size_t length, seen = 0;
	int result = 0;

	for (;;) {
		ssize_t got;

		length = slice_find_byte(held(reader), '\n', seen);
		if (length < held(reader).len || reader->end == BUFFER_SIZE)
			break;
		seen = length;
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

static int deal_with(struct log_reader *reader, struct slice line, bool ended, log_take *take,
	void *context, struct log_counts *counts)
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
		result = take(context, &entry, &place);
	else if (result == 1)
		result = 0;
	if (reader->arena.blocks)
		arena_release(&reader->arena);
	return result;
}

/* Deals with all whole lines that are held. */
static int read_held(
	struct log_reader *reader, log_take *take, void *context, struct log_counts *counts)
{
	struct slice rest = held(reader);

	while (rest.len > 0) {
		size_t end = slice_find_byte(rest, '\n', 0);
		int result = 0;

		if (end == rest.len)
			break;
		if (reader->passing)
			reader->passing = false;
		else if (end > 0)
			result = deal_with(
				reader, slice_first(rest, end), true, take, context, counts);
		rest = slice_from(rest, end + 1);
		reader->begin += end + 1;
		reader->position.offset += end + 1;
		reader->position.line++;
		counts->bytes += end + 1;
		if (result)
			return result;
	}
	return 0;
}

/* What is held has no end. */
static void pass_over(struct log_reader *reader, struct log_counts *counts)
{
	size_t size = reader->end - reader->begin;

	if (!reader->passing) {
		counts->lines++;
		counts->not_read++;
	}
	reader->passing = true;
	reader->position.offset += size;
	counts->bytes += size;
	reader->begin = reader->end = 0;
}

static int read_last(
	struct log_reader *reader, log_take *take, void *context, struct log_counts *counts)
{
	struct slice line = held(reader);
	int result = 0;

	if (line.len == 0)
		return 0;
	if (!reader->passing)
		result = deal_with(reader, line, false, take, context, counts);
	reader->begin = reader->end;
	reader->position.offset += line.len;
	counts->bytes += line.len;
	return result;
}

int log_reader_read(struct log_reader *reader, bool whole, log_take *take, void *context,
	struct log_counts *counts, struct log_position *position)
{
	ssize_t got;
	int result;

	do {
		result = read_held(reader, take, context, counts);
		if (result)
			break;
		if (reader->end - reader->begin == BUFFER_SIZE)
			pass_over(reader, counts);
		got = more(reader);
		result = got < 0 ? (int)got : 0;
	} while (got > 0);
	if (whole && (result == 0 || result == LOG_SOURCE_DAMAGED)) {
		int last = read_last(reader, take, context, counts);

		result = last ? last : result;
	}
	*position = reader->position;
	return result;
}
