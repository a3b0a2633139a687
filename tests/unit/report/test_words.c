/* The words of the reports: every one in every language, with the same places to fill. */
#include "unit.h"

#include "base/cleanup.h"
#include "report/calendar.h"
#include "report/words.h"

static unsigned places(struct slice text)
{
	unsigned set = 0;

	for (size_t i = 0; i + 2 < text.len; i++)
		if (text.data[i] == '{' && text.data[i + 2] == '}')
			set |= 1u << (text.data[i + 1] - '0');
	return set;
}

static void test_complete(void **state)
{
	(void)state;
	for (unsigned word = 0; word < WORDS; word++) {
		unsigned in_english = places(words(LANGUAGE_EN, (enum word)word));

		/* {1} to the last one, none left out */
		assert_int_equal(in_english & (in_english + 2), 0);
		assert_int_equal(in_english & 1, 0);
		for (unsigned language = 0; language < LANGUAGES; language++) {
			struct slice text = words((enum language)language, (enum word)word);

			assert_true(text.len > 0);
			assert_int_equal(places(text), in_english);
		}
	}
}

static void check_date(enum language language, int64_t day, const char *date,
	const char *short_date, const char *month)
{
	cleanup_buf struct buf out = {0};
	struct calendar_date parts = calendar_date(day);

	words_date(&out, language, day);
	assert_slice(buf_slice(&out), date);
	buf_clear(&out);
	words_day(&out, language, day);
	assert_slice(buf_slice(&out), short_date);
	buf_clear(&out);
	words_month(&out, language, parts.year, parts.month);
	assert_slice(buf_slice(&out), month);
}

static void test_dates(void **state)
{
	int64_t day = calendar_day(2026, 11, 22), first = calendar_day(2026, 8, 1);

	(void)state;
	check_date(LANGUAGE_EN, day, "Sunday, 22 November 2026", "22 November", "November 2026");
	check_date(LANGUAGE_DE, day, "Sonntag, 22. November 2026", "22. November", "November 2026");
	check_date(LANGUAGE_FR, day, "Dimanche 22 novembre 2026", "22 novembre", "Novembre 2026");
	check_date(LANGUAGE_FR, first, "Samedi 1er août 2026", "1er août", "Août 2026");
	check_date(LANGUAGE_IT, first, "Sabato 1º agosto 2026", "1º agosto", "Agosto 2026");
	check_date(LANGUAGE_ES, day, "Domingo, 22 de noviembre de 2026", "22 de noviembre",
		"Noviembre de 2026");
}

static void test_fill(void **state)
{
	cleanup_buf struct buf out = {0};

	(void)state;
	WORDS_FILL(&out, LANGUAGE_EN, WORD_MADE, slice_cstr("2.0"), slice_cstr("{3}"),
		slice_cstr("noon"));
	assert_slice(buf_slice(&out), "Written by qmvc 2.0 on {3} at noon");
	buf_clear(&out);
	words_capital(&out, LANGUAGE_FR, WORD_STOPPED);
	assert_slice(buf_slice(&out), "Arrêtés");
	buf_clear(&out);
	words_capital(&out, LANGUAGE_DE, WORD_DEFERRED);
	assert_slice(buf_slice(&out), "Zurückgestellt");
}

static void test_codes(void **state)
{
	enum language language = LANGUAGE_EN;

	(void)state;
	for (unsigned i = 0; i < LANGUAGES; i++) {
		assert_true(
			language_from_code(slice_cstr(language_code((enum language)i)), &language));
		assert_int_equal(language, i);
	}
	assert_true(language_from_code(slice_cstr("DE_at"), &language));
	assert_int_equal(language, LANGUAGE_DE);
	assert_false(language_from_code(slice_cstr("pt"), &language));
	assert_false(language_from_code(slice_cstr("den"), &language));
	assert_false(language_from_code(slice_cstr("d"), &language));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_complete),
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_fill),
		cmocka_unit_test(test_codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
