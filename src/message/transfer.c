/*
 * Which transfer encoding a field names, and the way to its decoder; see transfer.h. The words that
 * nobody registered but mail programs write all the same ("x-uuencode", "x-yenc", "mac-binhex40")
 * stand in one table.
 */
#include "message/transfer.h"

#include "message/transfer_sink.h"

static const struct {
	const char *word;
	enum transfer_encoding encoding;
} words[] = {
	{"7bit", TRANSFER_IDENTITY},
	{"8bit", TRANSFER_IDENTITY},
	{"binary", TRANSFER_IDENTITY},
	{"base64", TRANSFER_BASE64},
	{"quoted-printable", TRANSFER_QUOTED_PRINTABLE},
	{"uuencode", TRANSFER_UUENCODE},
	{"uue", TRANSFER_UUENCODE},
	{"uu", TRANSFER_UUENCODE},
	{"yenc", TRANSFER_YENC},
	{"binhex", TRANSFER_BINHEX},
	{"binhex40", TRANSFER_BINHEX},
	{"mac-binhex40", TRANSFER_BINHEX},
};

static bool word_byte(unsigned char c)
{
	return c > ' ' && c < 127 && !strchr("()<>@,;:\\\"/[]?=", c);
}

/* Passes over blanks, quotes and comments at the front; true when some were not mere blanks. */
static bool skip_dressing(struct slice *value)
{
	bool met = false;
	unsigned depth = 0;

	while (value->len > 0) {
		unsigned char c = value->data[0];

		if (c == '(')
			depth++;
		else if (c == ')' && depth > 0)
			depth--;
		else if (depth == 0 && !ascii_space(c) && c != '"' && c != '\'')
			break;
		if (!ascii_space(c))
			met = true;
		*value = slice_from(*value, 1);
	}
	return met;
}

enum transfer_encoding transfer_from_field(struct slice value, bool *untidy)
{
	struct slice word;
	size_t end = 0;

	if (skip_dressing(&value))
		*untidy = true;
	while (end < value.len && word_byte(value.data[end]))
		end++;
	word = slice_first(value, end);
	if (slice_trim(slice_from(value, end)).len > 0)
		*untidy = true;
	if (word.len == 0)
		return slice_trim(value).len > 0 ? TRANSFER_UNKNOWN : TRANSFER_IDENTITY;
	for (int attempt = 0; attempt < 2; attempt++) {
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			if (slice_eq_nocase_cstr(word, words[i].word))
				return words[i].encoding;
		if (!slice_starts_nocase(word, "x-"))
			break;
		word = slice_from(word, 2);
		*untidy = true;
	}
	return TRANSFER_UNKNOWN;
}

int transfer_decode(enum transfer_encoding encoding, struct slice encoded,
	struct content_writer *out, struct transfer_result *result)
{
	struct sink sink;

	/* Not an initialiser: that would clear the buffer for every small part. */
	sink.writer = out;
	sink.result = result;
	sink.error = 0;
	sink.len = 0;
	*result = (struct transfer_result){0};
	switch (encoding) {
	case TRANSFER_BASE64:
		content_writer_expect(out, encoded.len / 4 * 3);
		base64_decode(&sink, encoded);
		break;
	case TRANSFER_QUOTED_PRINTABLE:
		quoted_printable_decode(&sink, encoded);
		break;
	case TRANSFER_UUENCODE:
		uuencode_decode(&sink, encoded);
		break;
	case TRANSFER_YENC:
		yenc_decode(&sink, encoded);
		break;
	case TRANSFER_BINHEX:
		binhex_decode(&sink, encoded);
		break;
	case TRANSFER_IDENTITY:
	case TRANSFER_UNKNOWN:
		sink_add(&sink, encoded);
		break;
	}
	sink_flush(&sink);
	return sink.error;
}
