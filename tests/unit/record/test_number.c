/* Numbers and times of the logs: their forms, their bounds, and the calendar against libc's. */
#include "unit.h"

#include "base/clock.h"
#include "record/number.h"

#include <time.h>

static struct slice S(const char *text)
{
	return slice_cstr(text);
}

static void test_numbers(void **state)
{
	uint64_t number = 7;
	unsigned small = 7;

	assert_true(number_read(S("18446744073709551615"), &number));
	assert_true(number == UINT64_MAX);
	number = 7;
	assert_false(number_read(S("18446744073709551616"), &number));
	assert_false(number_read(S(""), &number));
	assert_false(number_read(S("-1"), &number));
	assert_false(number_read(S(" 1"), &number));
	assert_false(number_read(S("000000000000000000001"), &number));
	assert_int_equal(number, 7);
	assert_true(number_read_unsigned(S("4294967295"), &small));
	assert_int_equal(small, UINT32_MAX);
	assert_false(number_read_unsigned(S("4294967296"), &small));
}

static void test_ms(void **state)
{
	static const uint64_t samples[] = {0, 1, 999, 1000, 12345, UINT64_MAX};
	uint64_t us = 7;

	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		cleanup_buf struct buf out = {0};

		number_add_ms(&out, samples[i]);
		assert_true(number_read_ms(buf_slice(&out), &us));
		assert_true(us == samples[i]);
	}
	us = 7;
	assert_false(number_read_ms(S("12.34"), &us));
	assert_false(number_read_ms(S("12.3456"), &us));
	assert_false(number_read_ms(S(".345"), &us));
	assert_false(number_read_ms(S("12"), &us));
	assert_false(number_read_ms(S("18446744073709552.000"), &us));
	assert_int_equal(us, 7);
}

static void test_time(void **state)
{
	int64_t ms = 7;

	for (int64_t day = -719162; day < 2932897; day += 13) {
		char text[CLOCK_UTC_SIZE];
		int64_t want = (day * 86400 + (day & 0xffff) % 86400) * 1000 + (day & 511);

		if (want < 0)
			want = want / 1000 * 1000; /* clock.h writes no milliseconds before 1970 */
		clock_format_utc(want, text);
		assert_true(number_read_time(S(text), &ms));
		assert_true(ms == want);
	}
	ms = 7;
	assert_false(number_read_time(S("2026-11-22T14:05:42.123"), &ms));
	assert_false(number_read_time(S("2026-11-22 14:05:42.123Z"), &ms));
	assert_false(number_read_time(S("2026-13-22T14:05:42.123Z"), &ms));
	assert_false(number_read_time(S("2026-00-22T14:05:42.123Z"), &ms));
	assert_false(number_read_time(S("2026-02-29T14:05:42.123Z"), &ms));
	assert_false(number_read_time(S("2026-11-22T24:05:42.123Z"), &ms));
	assert_false(number_read_time(S("2026-11-22T14:05:4x.123Z"), &ms));
	assert_int_equal(ms, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_ms),
		cmocka_unit_test(test_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
