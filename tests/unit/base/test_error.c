/* Errors: the first one stays, control characters do not, and the clock's text has its form. */
#include "unit.h"

#include "base/clock.h"
#include "base/error.h"

#include <errno.h>

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
	assert_true(clock_us() <= clock_us());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_stays),
		cmocka_unit_test(test_errno),
		cmocka_unit_test(test_utc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
