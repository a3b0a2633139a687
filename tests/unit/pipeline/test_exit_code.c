/*
 * qmail-command(8)'s numbers: 0 goes on, 99 stops, 100 bounces, 111 waits, and so does nonsense; and
 * those of sysexits.h, where a stop in front of a command is the end.
 */
#include "unit.h"

#include "pipeline/exit_code.h"

#include <stdio.h>

static void check(const struct options *options, const char *want)
{
	char text[64];

	snprintf(text, sizeof(text), "%d %d %d %d %d %d", exit_code(DISPOSITION_PASS, options),
		exit_code(DISPOSITION_STOP, options), exit_code(DISPOSITION_BOUNCE, options),
		exit_code(DISPOSITION_DEFER, options), exit_code((enum disposition)77, options),
		exit_code_defer(options));
	assert_string_equal(text, want);
}

static void test_codes(void **state)
{
	char *command[] = {(char[]){"deliver"}, NULL};
	struct options options = {0};

	check(&options, "0 99 100 111 111 111");
	options.mta = MTA_SYSEXITS;
	check(&options, "0 99 77 75 75 75");
	options.command = command;
	check(&options, "0 0 77 75 75 75");
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
