/*
 * A reading: the parts of a message by one set of rules; see reading.h. The message is gone through
 * once from front to back. What is encoded inside it (a mail in base64) is decoded when its end is
 * met, and gone through in its turn before anything that follows, so that the parts stand
 * in the order of the document. Each such level costs at most what was decoded for it, and
 * limits.depth bounds the levels, so the whole work is linear in what is read and decoded.
 */
#include "message/reading.h"

#include "message/names.h"
#include "message/reader.h"
#include "message/transfer.h"

#include <errno.h>
#include <stdlib.h>

/* How often every byte may be looked at, on average, and what is free in any case. */
#define LOOKS_MAX 8
#define WORK_FREE ((uint64_t)1024 * 1024)

const struct reading_rules reading_principal = {
	.name = "principal",
	.content_type = CHOOSE_FIRST,
	.encoding = CHOOSE_FIRST,
	.boundary = CHOOSE_FIRST,
	.guess_boundary = true,
	.blocks_in_text = true,
	.decode_multipart = false,
};

int reader_add(struct reader *reader, int parent, enum part_origin origin, int *index)
{
	struct reading *reading = reader->reading;
	struct part *part;

	*index = -1;
	if (reading->count > 0 && reading->count >= reader->limits->parts) {
		reading->parts[reading->count - 1].flags |= PART_OVER_PARTS;
		reader->full = true;
	}
	if (reader->full)
		return 0;
	if (reading->count == reading->cap) {
		size_t cap = reading->cap ? reading->cap * 2 : 8;
		struct part *parts = reallocarray(reading->parts, cap, sizeof(*parts));

		if (!parts)
			return -ENOMEM;
		reading->parts = parts;
		reading->cap = cap;
	}
	part = &reading->parts[reading->count];
	*part = (struct part){
		.index = (unsigned)reading->count,
		.parent = parent,
		.depth = parent < 0 ? 0 : reading->parts[parent].depth + 1,
		.origin = origin,
		.content = CONTENT_NONE,
	};
	*index = (int)reading->count++;
	return 0;
}

bool reader_may_descend(struct reader *reader, int parent)
{
	struct part *part = &reader->reading->parts[parent];

	if (part->depth < reader->depth_max)
		return true;
	part->flags |= PART_OVER_DEPTH;
	return false;
}

bool reader_has_children(const struct reader *reader, int index)
{
	const struct reading *reading = reader->reading;

	return (size_t)index + 1 < reading->count && reading->parts[index + 1].parent == index;
}

int reader_decode(struct reader *reader, int index, struct slice *name)
{
	struct reading *reading = reader->reading;
	struct part *part = &reading->parts[index];
	uint64_t limit = reader->limits->bytes;
	struct transfer_result result;
	struct content_writer writer;
	int error;

	reading->work += part->body.len;
	if (!part_is_encoded(part)) {
		part->content = content_borrow(part->body);
		return 0;
	}
	content_writer_init(&writer, reader->tmp,
		reading->decoded < limit ? limit - reading->decoded : 0);
	error = transfer_decode(part->encoding, part->body, &writer, &result);
	part->flags |= result.flags;
	if (error == -EFBIG) {
		part->flags |= PART_OVER_BYTES;
		error = 0;
	}
	if (!error) {
		reading->decoded += writer.total;
		error = content_writer_finish(&writer, &part->content);
	}
	content_writer_release(&writer);
	if (error)
		return error_set_errno(
			reader->error, error, "cannot decode a part into %s", reader->tmp);
	if (name) {
		*name = arena_copy(&reading->arena, result.name);
		if (!name->data)
			return -ENOMEM;
	}
	return 0;
}

/*
 * Is another look at bytes that were gone through already within bounds? Each level of multiparts
 * without delimiters asks for one, so that their number would multiply the cost of a large mail.
 */
static bool may_look_again(struct reader *reader, int index)
{
	struct reading *reading = reader->reading;

	if (reading->work <= LOOKS_MAX * (reader->size + reading->decoded) + WORK_FREE)
		return true;
	reading->parts[index].flags |= PART_OVER_DEPTH;
	return false;
}

/*
 * A multipart whose delimiters did not show: perhaps they are encoded, perhaps others. It stays a
 * leaf, whatever is found in it, because some programs show the whole of it as one text.
 */
static int finish_multipart(struct reader *reader, int index)
{
	struct part *part = &reader->reading->parts[index];
	struct slice bytes = part->content.bytes, boundary = part->boundary;
	int error;

	part->flags |= boundary.data ? PART_NO_DELIMITER : PART_NO_BOUNDARY;
	if (reader->full || !reader_may_descend(reader, index))
		return 0;
	if (boundary.data && part_is_encoded(part)) {
		error = scan_multipart(reader, bytes, index, boundary);
		if (error || reader_has_children(reader, index))
			return error;
	}
	if (!reader->reading->rules->guess_boundary || !may_look_again(reader, index))
		return 0;
	boundary = scan_guess_boundary(bytes);
	if (!boundary.data)
		return 0;
	return scan_multipart(reader, bytes, index, boundary);
}

/* NUL bytes may stand in a body only where "binary" is declared (RFC 2045 section 2.9). */
static bool has_stray_nul(const struct part *part)
{
	const struct header_field *encoding;

	if (slice_find_byte(part->body, 0, 0) == part->body.len)
		return false;
	encoding = header_find(&part->header, "Content-Transfer-Encoding", 0);
	return !encoding || !slice_eq_nocase_cstr(slice_trim(encoding->value), "binary");
}

int reader_finish(struct reader *reader, int index)
{
	struct reading *reading = reader->reading;
	struct part *part = &reading->parts[index];
	struct slice bytes;
	int error = reader_decode(reader, index, NULL);

	if (error)
		return error;
	bytes = part->content.bytes;
	part->is_leaf = true;
	if (part_is(part, "multipart", NULL))
		return finish_multipart(reader, index);
	if (has_stray_nul(part))
		part->flags |= PART_NUL;
	if (reader->full)
		return 0;
	if (reader_has_children(reader, index))
		return 0; /* an attached mail, read where it stands */
	if (part->is_mail && part_is_encoded(part)) {
		if (!reader_may_descend(reader, index))
			return 0;
		return scan_mail(reader, bytes, index, PART_ATTACHED);
	}
	if (reading->rules->blocks_in_text && part_is(part, "text", NULL))
		return blocks_find(reader, index, bytes);
	return 0;
}

int reading_read(struct reading *reading, const struct reading_rules *rules, struct slice raw,
	const struct limits *limits, const char *tmp, struct error *error)
{
	struct reader reader = {
		.reading = reading,
		.limits = limits,
		.size = raw.len,
		.tmp = tmp,
		.error = error,
		.depth_max = READER_DEPTH_MAX,
		.fields_left = READER_FIELDS_MAX,
	};
	int failed;

	if (limits->depth < READER_DEPTH_MAX)
		reader.depth_max = (unsigned)limits->depth;
	*reading = (struct reading){.rules = rules};
	failed = scan_mail(&reader, raw, -1, PART_ROOT);
	for (size_t i = 0; i < reading->count; i++)
		reading->flags |= reading->parts[i].flags;
	if (failed)
		return error_set_errno(error, failed, "cannot read the mail");
	return 0;
}

void reading_release(struct reading *reading)
{
	for (size_t i = 0; i < reading->count; i++)
		content_release(&reading->parts[i].content);
	free(reading->parts);
	arena_release(&reading->arena);
	*reading = (struct reading){0};
}
