/* The words of the reports; see words.h. The table is words_list.h, one row a word. */
#include "report/words.h"

#include "base/cleanup.h"
#include "report/calendar.h"

#include <stdio.h>

static const char *const codes[LANGUAGES] = {"en", "de", "fr", "it", "es"};

static const char *const table[WORDS][LANGUAGES] = {
#define WORD(name, ...) [WORD_##name] = {__VA_ARGS__},
#include "report/words_list.h"
#undef WORD
};

const char *language_code(enum language language)
{
	return codes[language];
}

bool language_from_code(struct slice code, enum language *language)
{
	for (unsigned i = 0; i < LANGUAGES; i++) {
		if (!slice_eq_nocase_cstr(slice_first(code, 2), codes[i]))
			continue;
		if (code.len > 2 && code.data[2] != '_' && code.data[2] != '-')
			continue;
		*language = (enum language)i;
		return true;
	}
	return false;
}

struct slice words(enum language language, enum word word)
{
	return slice_cstr(table[word][language]);
}

/* UTF-8: the Latin letters that our words begin with have the small ones 32 behind the others. */
static void add_capital(struct buf *out, struct slice text)
{
	size_t at = text.len > 1 && text.data[0] == 0xc3 ? 1 : 0;
	unsigned char letter = text.len > 0 ? text.data[at] : 0;

	if (at == 1 ? letter >= 0xa0 && letter <= 0xbe : letter >= 'a' && letter <= 'z') {
		buf_add(out, slice_first(text, at));
		buf_add_byte(out, letter - 32);
		text = slice_from(text, at + 1);
	}
	buf_add(out, text);
}

void words_capital(struct buf *out, enum language language, enum word word)
{
	add_capital(out, words(language, word));
}

static void fill(struct buf *out, struct slice text, const struct slice *values, unsigned count)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned place = text.len - i >= 3 && text.data[i] == '{' && text.data[i + 2] == '}'
					 ? text.data[i + 1] - '0'
					 : 0;

		if (place < 1 || place > count) {
			buf_add_byte(out, text.data[i]);
			continue;
		}
		buf_add(out, values[place - 1]);
		i += 2;
	}
}

void words_fill(struct buf *out, enum language language, enum word word, const struct slice *values,
	unsigned count)
{
	fill(out, words(language, word), values, count);
}

static struct slice number(int value, char text[16])
{
	snprintf(text, 16, "%d", value);
	return slice_cstr(text);
}

/* "1er" is French for the first of a month, "1º" Italian. */
static struct slice day_number(enum language language, unsigned day, char text[16])
{
	if (day == 1 && language == LANGUAGE_FR)
		return slice_cstr("1er");
	if (day == 1 && language == LANGUAGE_IT)
		return slice_cstr("1º");
	return number((int)day, text);
}

static struct slice month_name(enum language language, unsigned month)
{
	return words(language, (enum word)(WORD_JANUARY + month - 1));
}

void words_date(struct buf *out, enum language language, int64_t day)
{
	struct calendar_date date = calendar_date(day);
	cleanup_buf struct buf text = {0};
	char of_month[16], year[16];

	WORDS_FILL(&text, language, WORD_DATE,
		words(language, (enum word)(WORD_MONDAY + date.weekday)),
		day_number(language, date.day, of_month), month_name(language, date.month),
		number(date.year, year));
	add_capital(out, buf_slice(&text));
	out->failed |= text.failed;
}

void words_day(struct buf *out, enum language language, int64_t day)
{
	struct calendar_date date = calendar_date(day);
	char of_month[16];

	WORDS_FILL(out, language, WORD_DAY, day_number(language, date.day, of_month),
		month_name(language, date.month));
}

void words_month(struct buf *out, enum language language, int year, unsigned month)
{
	cleanup_buf struct buf text = {0};
	char digits[16];

	WORDS_FILL(&text, language, WORD_MONTH, month_name(language, month), number(year, digits));
	add_capital(out, buf_slice(&text));
	out->failed |= text.failed;
}
