/* The circuit breaker: opens after failures in a row, lets one try when the pause is over. */
#include "unit.h"

#include "scan_test.h"

#include "scan/breaker.h"

#define SECOND 1000

static void fail_times(
	struct scan_test *test, const struct scanner_config *config, int times, int64_t now)
{
	for (int i = 0; i < times; i++)
		breaker_note(&test->profile, config, false, now);
}

static void test_opens_and_closes(void **state)
{
	struct scan_test *test = *state;
	struct scanner_config *config = scan_test_clamd(test, "clamd:/x");
	int64_t now = 1000000 * SECOND;

	assert_int_equal(breaker_ask(&test->profile, config, now), BREAKER_CLOSED);
	fail_times(test, config, BREAKER_FAILURES - 1, now);
	assert_int_equal(breaker_ask(&test->profile, config, now), BREAKER_FAILING);
	fail_times(test, config, 1, now);
	assert_int_equal(breaker_ask(&test->profile, config, now), BREAKER_OPEN);
	now += (BREAKER_SECONDS - 1) * SECOND;
	assert_int_equal(breaker_ask(&test->profile, config, now), BREAKER_OPEN);

	/* The pause is over: one tries, the others wait for it. */
	now += SECOND;
	assert_int_equal(breaker_ask(&test->profile, config, now), BREAKER_FAILING);
	assert_int_equal(breaker_ask(&test->profile, config, now), BREAKER_OPEN);
	breaker_note(&test->profile, config, true, now);
	assert_int_equal(breaker_ask(&test->profile, config, now), BREAKER_CLOSED);
}

static void test_belongs_to_the_engine(void **state)
{
	struct scan_test *test = *state;
	struct scanner_config *config = scan_test_clamd(test, "clamd:/x");
	int64_t now = 1000000 * SECOND;

	fail_times(test, config, BREAKER_FAILURES, now);
	config->engine = "clamd:/y";
	assert_int_equal(breaker_ask(&test->profile, config, now), BREAKER_CLOSED);
	config->engine = "clamd:/x";
	strcpy(config->initial, "Z");
	assert_int_equal(breaker_ask(&test->profile, config, now), BREAKER_CLOSED);
}

/* Whatever stands in the file, or the clock says: never left alone for good. */
static void test_bad_state(void **state)
{
	static const char *const states[] = {"", "x", "9", "9 1", "-1 -1 clamd:/x",
		"99999999999999999999 1 clamd:/x\n", "9 99999999999 clamd:/x\n",
		"9 1000000 clamd:/x and more"};
	struct scan_test *test = *state;
	struct scanner_config *config = scan_test_clamd(test, "clamd:/x");

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		scan_test_write(
			scan_test_path(test, "run/scanner.S0"), slice_cstr(states[i]), 0600);
		assert_int_not_equal(
			breaker_ask(&test->profile, config, 1000000 * SECOND), BREAKER_OPEN);
	}
	/* No directory to remember in: every mail finds out by itself. */
	test->profile.run = "/nonexistent";
	fail_times(test, config, BREAKER_FAILURES, 0);
	assert_int_equal(breaker_ask(&test->profile, config, 0), BREAKER_CLOSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scan_test(test_opens_and_closes),
		scan_test(test_belongs_to_the_engine),
		scan_test(test_bad_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
