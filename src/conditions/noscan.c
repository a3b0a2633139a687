/*
 * What -n keeps from the scanners; see noscan.h. The one thing that must not happen is that a mail
 * program unpacks something from what we took for harmless text. To hide a file there, a mail needs
 * an encoding that this program undoes: a block that begins by itself (uuencode, yEnc, BinHex; the
 * reader finds those in any text), or the field Content-Transfer-Encoding at the beginning of a
 * line. So wherever that field stands outside the headers that we have read, nothing is harmless.
 */
#include "conditions/noscan.h"

#include "conditions/type_match.h"

#define NOT_BY_TYPE_ALONE (OBJECT_EXECUTABLE | OBJECT_ENCRYPTED | OBJECT_OVERLIMIT | OBJECT_DAMAGED)

/* Every flag but an unclosed multipart: mailers forget that, and nothing hides behind it. */
#define STRUCTURE_DOUBTFUL \
	(PART_OVER_ANY | PART_NO_BOUNDARY | PART_NO_DELIMITER | PART_BAD_ENCODING | \
		PART_TRUNCATED | PART_ENCODED_MULTIPART | PART_BAD_TYPE | PART_DUPLICATE | \
		PART_UNKNOWN_ENCODING | PART_PARTIAL | PART_NUL | PART_UNTIDY)
/* In any header: where another program may see the header end, or a field that we do not. */
#define HEADER_DOUBTFUL (HEADER_NO_COLON | HEADER_BAD_NAME | HEADER_CONTROL | HEADER_BARE_CR)

static const struct slice encoding_field = SLICE_LITERAL("Content-Transfer-Encoding");

/* How often the field stands at the beginning of a line. */
static size_t count_lines(struct slice text)
{
	size_t count = 0;

	for (size_t at = 0; (at = slice_find_nocase(text, encoding_field, at)) < text.len;
		at += encoding_field.len)
		count += at == 0 || text.data[at - 1] == '\n' || text.data[at - 1] == '\r';
	return count;
}

/* How often it is a field of a header that stands in `text` itself, not in what was decoded. */
static size_t count_read(const struct reading *reading, struct slice text)
{
	size_t count = 0;

	for (size_t i = 0; i < reading->count; i++) {
		const struct header *header = &reading->parts[i].header;

		for (size_t k = 0; k < header->count; k++) {
			struct slice name = header->fields[k].name;

			count += name.data >= text.data && name.data < text.data + text.len &&
				 slice_eq_nocase(name, encoding_field);
		}
	}
	return count;
}

/* May another mail program see parts in it that we do not? */
static bool is_doubtful(const struct message *message)
{
	const struct reading *reading = &message->reading;
	unsigned header = 0;

	for (size_t i = 0; i < reading->count; i++)
		header |= reading->parts[i].header.flags;
	return (reading->flags & STRUCTURE_DOUBTFUL) || (header & HEADER_DOUBTFUL) ||
	       count_lines(message->bytes) > count_read(reading, message->bytes);
}

static bool is_negative(const struct patterns *types, const struct object *object)
{
	if (object->flags & NOT_BY_TYPE_ALONE)
		return false;
	if (object->content && object->content->bytes.len == 0)
		return true;
	for (size_t i = 0; i < types->count; i++)
		if (type_matches(&types->list[i], object, NULL))
			return !object->content || count_lines(object->content->bytes) == 0;
	return false;
}

void noscan_mark(
	const struct control *control, const struct message *message, struct objects *objects)
{
	bool all = !is_doubtful(message);

	for (size_t i = 1; i < objects->count; i++) {
		if (is_negative(&control->noscantypes, &objects->list[i]))
			objects->list[i].flags |= OBJECT_NEGATIVE;
		else
			all = false;
	}
	if (all && objects->count > 1)
		objects->list[0].flags |= OBJECT_NEGATIVE;
}
