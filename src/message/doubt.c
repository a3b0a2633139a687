/*
 * Is our reading of a mail the only one? See doubt.h. To hide a file from us, a mail needs an
 * encoding that some mail program undoes and we do not: a block that begins by itself (uuencode,
 * yEnc, BinHex; the reader finds those in any text), or the field Content-Transfer-Encoding at the
 * beginning of a line. So wherever that field stands outside the headers that we have read, and
 * wherever the structure had to be guessed at, somebody may see what we do not.
 */
#include "message/doubt.h"

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

bool text_holds_mail(struct slice text)
{
	return count_lines(text) > 0;
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

bool message_is_doubtful(const struct message *message)
{
	const struct reading *reading = &message->reading;
	unsigned header = 0;

	for (size_t i = 0; i < reading->count; i++)
		header |= reading->parts[i].header.flags;
	return (reading->flags & STRUCTURE_DOUBTFUL) || (header & HEADER_DOUBTFUL) ||
	       count_lines(message->bytes) > count_read(reading, message->bytes);
}
