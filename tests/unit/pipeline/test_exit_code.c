/* qmail-command(8)'s numbers: 0 goes on, 99 stops, 100 bounces, 111 waits, and so does nonsense. */
#include "unit.h"

#include "pipeline/exit_code.h"

static void test_codes(void **state)
{
	assert_int_equal(exit_code(DISPOSITION_PASS), 0);
	assert_int_equal(exit_code(DISPOSITION_STOP), 99);
	assert_int_equal(exit_code(DISPOSITION_BOUNCE), 100);
	assert_int_equal(exit_code(DISPOSITION_DEFER), 111);
	assert_int_equal(exit_code((enum disposition)77), 111);
	assert_int_equal(exit_code_defer(), 111);
}

static void test_check(void **state)
{
	assert_int_equal(exit_code_check(0), 0);
	assert_int_equal(exit_code_check(1), 2);
	assert_int_equal(exit_code_check(300), 2);
	assert_int_equal(exit_code_check(-12), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
