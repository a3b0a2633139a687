/* Figures as people read them. `_` stands for a blank that does not break, `'` for a narrow one. */
#include "unit.h"

#include "report/figure.h"

#include <string.h>

static void compare(struct buf *out, const char *want)
{
	cleanup_buf struct buf expanded = {0};

	for (; *want; want++) {
		if (*want == '_')
			buf_add_cstr(&expanded, "\xc2\xa0");
		else if (*want == '\'')
			buf_add_cstr(&expanded, "\xe2\x80\xaf");
		else
			buf_add_byte(&expanded, (unsigned char)*want);
	}
	assert_slice(buf_slice(out), buf_cstr(&expanded));
}

static void test_figures(void **state)
{
	static const struct {
		enum figure_unit unit;
		uint64_t value;
		const char *text;
	} cases[] = {
		{FIGURE_COUNT, 0, "0"},
		{FIGURE_COUNT, 999, "999"},
		{FIGURE_COUNT, 1000, "1'000"},
		{FIGURE_COUNT, 1234567, "1'234'567"},
		{FIGURE_COUNT, UINT64_MAX, "18'446'744'073'709'551'615"},
		{FIGURE_TIME, 0, "0_ms"},
		{FIGURE_TIME, 4, "0_ms"},
		{FIGURE_TIME, 5, "0.01_ms"},
		{FIGURE_TIME, 800, "0.8_ms"},
		{FIGURE_TIME, 9994, "9.99_ms"},
		{FIGURE_TIME, 12345, "12.3_ms"},
		{FIGURE_TIME, 118400, "118_ms"},
		{FIGURE_TIME, 999499, "999_ms"},
		{FIGURE_TIME, 999500, "1_s"},
		{FIGURE_TIME, 1250000, "1.25_s"},
		{FIGURE_TIME, 59949999, "59.9_s"},
		{FIGURE_TIME, 59950000, "1_min"},
		{FIGURE_TIME, 210000000, "3.5_min"},
		{FIGURE_TIME, 7560000000, "2.1_h"},
		{FIGURE_SIZE, 0, "0_B"},
		{FIGURE_SIZE, 1023, "1023_B"},
		{FIGURE_SIZE, 1024, "1_KB"},
		{FIGURE_SIZE, 1434, "1.4_KB"},
		{FIGURE_SIZE, 31457280, "30_MB"},
		{FIGURE_SIZE, 1048575, "1_MB"},
		{FIGURE_SIZE, UINT64_MAX, "16_EB"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cleanup_buf struct buf out = {0};

		figure_add(&out, cases[i].unit, cases[i].value);
		compare(&out, cases[i].text);
	}
}

/* As on pages, and with as many decimals as the others in the column. */
static void test_columns(void **state)
{
	static const struct {
		enum figure_unit unit;
		uint64_t value;
		const char *text;
	} cases[] = {
		{FIGURE_COUNT, 1234567, "1'234'567"},
		{FIGURE_TIME, 0, "0.00_ms"},
		{FIGURE_TIME, 800, "0.80_ms"},
		{FIGURE_TIME, 45000, "45.0_ms"},
		{FIGURE_TIME, 100000, "100_ms"},
		{FIGURE_TIME, 999500, "1.00_s"},
		{FIGURE_SIZE, 512, "512_B"},
		{FIGURE_SIZE, 31457280, "30.0_MB"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cleanup_buf struct buf out = {0};

		figure_add_column(&out, cases[i].unit, cases[i].value);
		compare(&out, cases[i].text);
	}
}

/* Three digits and a unit, never wider than eight columns. */
static void test_text(void **state)
{
	static const struct {
		enum figure_unit unit;
		uint64_t value;
		const char *text;
	} cases[] = {
		{FIGURE_COUNT, 0, "0"},
		{FIGURE_COUNT, 1234567, "1,234,567"},
		{FIGURE_TIME, 0, "0.00 ms"},
		{FIGURE_TIME, 800, "0.80 ms"},
		{FIGURE_TIME, 9994, "9.99 ms"},
		{FIGURE_TIME, 9996, "10.0 ms"},
		{FIGURE_TIME, 12000, "12.0 ms"},
		{FIGURE_TIME, 99960, "100 ms"},
		{FIGURE_TIME, 999500, "1.00 s"},
		{FIGURE_TIME, 59949999, "59.9 s"},
		{FIGURE_TIME, 300000000, "5.00 min"},
		{FIGURE_TIME, 599960000, "10.0 min"},
		{FIGURE_TIME, 3596999999, "59.9 min"},
		{FIGURE_TIME, 7200000000, "2.00 h"},
		{FIGURE_SIZE, 512, "512 B"},
		{FIGURE_SIZE, 1434, "1.40 KB"},
		{FIGURE_SIZE, 1023999, "1,000 KB"},
		{FIGURE_SIZE, 31457280, "30.0 MB"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cleanup_buf struct buf out = {0};

		figure_add_text(&out, cases[i].unit, cases[i].value);
		assert_slice(buf_slice(&out), cases[i].text);
	}
	for (uint64_t value = 1; value < UINT64_C(1) << 41; value += value / 997 + 1) {
		cleanup_buf struct buf time = {0}, size = {0};

		figure_add_text(&time, FIGURE_TIME, value);
		figure_add_text(&size, FIGURE_SIZE, value);
		assert_in_range(time.len, 4, 8);
		assert_in_range(size.len, 3, 8);
	}
}

static void test_shares(void **state)
{
	static const struct {
		uint64_t part, whole;
		const char *text;
	} cases[] = {
		{0, 0, "-"},
		{0, 10, "0_%"},
		{10, 10, "100_%"},
		{1, 1000000, "<_0.1_%"},
		{1, 1000, "0.1_%"},
		{812, 12480, "6.5_%"},
		{1, 3, "33_%"},
		{2, 3, "67_%"},
		{999, 1000, ">_99.9_%"},
		{997, 1000, "99.7_%"},
		{UINT64_MAX / 2, UINT64_MAX, "50_%"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cleanup_buf struct buf out = {0};

		figure_add_share(&out, cases[i].part, cases[i].whole);
		compare(&out, cases[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_figures),
		cmocka_unit_test(test_columns),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_shares),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
