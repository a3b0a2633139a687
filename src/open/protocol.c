/*
 * The words between qmvc and qmvc-open; see protocol.h. The reader takes nothing on trust: the
 * helper may have been taken over by what it read, so a line is exactly right or it is nothing.
 */
#include "protocol.h"

#include <errno.h>

enum argument {
	NUMBER,
	FLAG,
	ASCII,
	UTF8,
};

static const struct record_kind {
	const char *word;
	enum argument argument;
	size_t max;
} kinds[OPEN_RECORD_KINDS] = {
	[OPEN_HELLO] = {"qmvc-open ", NUMBER, 0},
	[OPEN_OBJECT] = {"object ", NUMBER, 0},
	[OPEN_MIME] = {"mime ", ASCII, OPEN_MIME_MAX},
	[OPEN_TEXT] = {"text ", UTF8, OPEN_TEXT_MAX},
	[OPEN_FLAG] = {"flag ", FLAG, 0},
	[OPEN_IMPORT] = {"import ", ASCII, OPEN_IMPORT_MAX},
	[OPEN_END] = {"end ", NUMBER, 0},
};

static const struct flag_word {
	const char *word;
	enum open_flag flag;
} flag_words[] = {
	{"executable", OPEN_FLAG_EXECUTABLE},
	{"overlimit", OPEN_FLAG_OVERLIMIT},
};

#define FLAG_WORDS (sizeof(flag_words) / sizeof(flag_words[0]))

/*
 * The length of the printable UTF-8 character (RFC 3629: shortest form, no surrogates) that `s`
 * begins with; 0 when it begins with none, or with a control character.
 */
static size_t printable(struct slice s)
{
	unsigned char first = s.data[0];
	uint32_t code, least;
	size_t len;

	if (first < 0x80)
		return first >= 0x20 && first != 0x7f;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	len = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	if (len > s.len)
		return 0;
	code = first & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if ((s.data[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (s.data[i] & 0x3fu);
	}
	least = len == 2 ? 0xa0 : len == 3 ? 0x800 : 0x10000;
	if (code < least || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	return len;
}

static int add_text(struct buf *out, const struct record_kind *kind, struct slice text)
{
	size_t room = kind->max;

	while (text.len > 0) {
		size_t len = printable(text);
		struct slice letter = slice_first(text, len);

		text = slice_from(text, len ? len : 1);
		if (len == 0 || (kind->argument == ASCII && len > 1))
			letter = slice_cstr("?");
		if (letter.len > room)
			break;
		room -= letter.len;
		buf_add(out, letter);
	}
	return buf_add_byte(out, '\n');
}

int open_record_write(
	struct buf *out, enum open_record_kind kind, unsigned number, struct slice text)
{
	const struct record_kind *how = &kinds[kind];

	switch (how->argument) {
	case NUMBER:
		return buf_addf(out, "%s%u\n", how->word, number);
	case FLAG:
		for (size_t i = 0; i < FLAG_WORDS; i++)
			if (number == (unsigned)flag_words[i].flag)
				return buf_addf(out, "%s%s\n", how->word, flag_words[i].word);
		return 0;
	case ASCII:
	case UTF8:
		break;
	}
	if (text.len == 0)
		return 0;
	buf_add_cstr(out, how->word);
	return add_text(out, how, text);
}

/* Decimal, no sign, no leading zero, at most nine digits: one spelling for each number. */
static int read_number(struct slice text, unsigned *number)
{
	unsigned value = 0;

	if (text.len == 0 || text.len > 9 || (text.len > 1 && text.data[0] == '0'))
		return -EPROTO;
	for (size_t i = 0; i < text.len; i++) {
		if (!ascii_digit(text.data[i]))
			return -EPROTO;
		value = value * 10 + (text.data[i] - '0');
	}
	*number = value;
	return 0;
}

static int read_flag(struct slice text, unsigned *number)
{
	for (size_t i = 0; i < FLAG_WORDS; i++) {
		if (slice_eq_cstr(text, flag_words[i].word)) {
			*number = flag_words[i].flag;
			return 0;
		}
	}
	return -EPROTO;
}

static int read_text(const struct record_kind *kind, struct slice text)
{
	if (text.len == 0 || text.len > kind->max)
		return -EPROTO;
	while (text.len > 0) {
		size_t len = printable(text);

		if (len == 0 || (kind->argument == ASCII && len > 1))
			return -EPROTO;
		text = slice_from(text, len);
	}
	return 0;
}

int open_record_read(struct slice line, struct open_record *record)
{
	for (unsigned kind = 0; kind < OPEN_RECORD_KINDS; kind++) {
		const struct record_kind *how = &kinds[kind];
		struct open_record read = {.kind = (enum open_record_kind)kind};
		struct slice text;
		int failed;

		if (!slice_starts(line, how->word))
			continue;
		text = slice_from(line, strlen(how->word));
		if (how->argument == NUMBER) {
			failed = read_number(text, &read.number);
		} else if (how->argument == FLAG) {
			failed = read_flag(text, &read.number);
		} else {
			failed = read_text(how, text);
			read.text = text;
		}
		if (!failed)
			*record = read;
		return failed;
	}
	return -EPROTO;
}
