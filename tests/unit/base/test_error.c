/* Errors: the first one stays, control characters do not, and the clock's text has its form. */
#include "unit.h"

#include "base/clock.h"
#include "base/error.h"

#include <errno.h>
#include <time.h>

static void test_first_stays(void **state)
{
	struct error error = {0};

	assert_int_equal(error_set(&error, -EINVAL, "a:%d: '%s'", 3, "x\ny"), -EINVAL);
	assert_int_equal(error_set_errno(&error, -ENOENT, "later"), -ENOENT);
	assert_string_equal(error.text, "a:3: 'x?y'");
	assert_int_equal(error_set(NULL, -EIO, "nobody listens"), -EIO);
}

static void test_errno(void **state)
{
	struct error error = {0};

	error_set_errno(&error, -ENOENT, "/some/file");
	assert_string_equal(error.text, "/some/file: No such file or directory");
}

static void test_utc(void **state)
{
	char text[CLOCK_UTC_SIZE];

	clock_format_utc(1000000000123, text);
	assert_string_equal(text, "2001-09-09T01:46:40.123Z");
	clock_format_utc(-1, text);
	assert_string_equal(text, "1969-12-31T23:59:59.999Z");
	assert_true(clock_us() <= clock_us());
}

/* Every day of a thousand years, and the borders of its hours, against the C library. */
static void test_utc_against_libc(void **state)
{
	for (int64_t day = -150000; day < 250000; day++) {
		time_t second = (time_t)(day * 86400 + day % 86400);
		char ours[CLOCK_UTC_SIZE], theirs[CLOCK_UTC_SIZE];
		struct tm utc;

		clock_format_utc((int64_t)second * 1000, ours);
		gmtime_r(&second, &utc);
		strftime(theirs, sizeof(theirs), "%Y-%m-%dT%H:%M:%S.000Z", &utc);
		assert_string_equal(ours, theirs);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_stays),
		cmocka_unit_test(test_errno),
		cmocka_unit_test(test_utc),
		cmocka_unit_test(test_utc_against_libc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
