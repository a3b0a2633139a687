/*
 * The words between qmvc and qmvc-open; see protocol.h. The reader takes nothing on trust: the
 * helper may have been taken over by what it read, so a line is exactly right or it is nothing.
 */
#include "open/protocol.h"

#include "message/unicode.h"
#include "message/utf8.h"

#include <errno.h>
#include <inttypes.h>

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
	[OPEN_LACKING] = {"lacking ", NUMBER, 0},
	[OPEN_MEMBERS] = {"members ", NUMBER, 0},
	[OPEN_BYTES] = {"bytes ", NUMBER, 0},
	[OPEN_MEMBER] = {"member ", NUMBER, 0},
	[OPEN_NAME] = {"name ", NUMBER, 0},
	[OPEN_DATA] = {"data ", NUMBER, 0},
};

static const struct flag_word {
	const char *word;
	enum open_flag flag;
} flag_words[] = {
	{"executable", OPEN_FLAG_EXECUTABLE},
	{"overlimit", OPEN_FLAG_OVERLIMIT},
	{"encrypted", OPEN_FLAG_ENCRYPTED},
	{"damaged", OPEN_FLAG_DAMAGED},
	{"unsupported", OPEN_FLAG_UNSUPPORTED},
};

#define FLAG_WORDS (sizeof(flag_words) / sizeof(flag_words[0]))

/*
 * The length of the character that `s` begins with; 0 when it begins with none, or with one that is
 * not seen: a control character, a change of direction, ...
 */
static size_t printable(struct slice s)
{
	size_t len = 0;
	uint32_t character = utf8_next(s, &len);

	if (character == UTF8_WRONG || unicode_is_invisible(character))
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
	struct buf *out, enum open_record_kind kind, uint64_t number, struct slice text)
{
	const struct record_kind *how = &kinds[kind];

	switch (how->argument) {
	case NUMBER:
		return buf_addf(out, "%s%" PRIu64 "\n", how->word, number);
	case FLAG:
		for (size_t i = 0; i < FLAG_WORDS; i++)
			if (number == flag_words[i].flag)
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

/* Decimal, no sign, no leading zero, at most fifteen digits: one spelling for each number. */
static int read_number(struct slice text, uint64_t *number)
{
	uint64_t value = 0;

	if (text.len == 0 || text.len > 15 || (text.len > 1 && text.data[0] == '0'))
		return -EPROTO;
	for (size_t i = 0; i < text.len; i++) {
		if (!ascii_digit(text.data[i]))
			return -EPROTO;
		value = value * 10 + (unsigned)(text.data[i] - '0');
	}
	*number = value;
	return 0;
}

static int read_flag(struct slice text, uint64_t *number)
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
