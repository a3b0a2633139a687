/* The circuit breaker: opens after failures in a row, lets one try when the pause is over. */
#include "unit.h"

#include "scan_test.h"

#include <sys/file.h>
#include <sys/wait.h>

#include "scan/breaker.h"

#define SECOND 1000

static void fail_times(
	struct scan_test *test, const struct scanner_config *config, int times, int64_t now)
{
	for (int i = 0; i < times; i++)
		breaker_note(&test->profile, config, false, now);
}

/* One failure opens it, and none that follows before it was reached again. */
static void test_one_opens_it(void **state)
{
	struct scan_test *test = *state;
	struct scanner_config *config = scan_test_clamd(test, "clamd:/x");
	int64_t now = 1000000 * SECOND;

	for (int round = 0; round < 2; round++) {
		for (int i = 1; i <= 3 * BREAKER_FAILURES; i++)
			assert_int_equal(breaker_note(&test->profile, config, false, now),
				i == BREAKER_FAILURES);
		now += BREAKER_SECONDS * SECOND;
		assert_int_equal(breaker_ask(&test->profile, config, now), BREAKER_FAILING);
		assert_false(breaker_note(&test->profile, config, false, now));
		assert_false(breaker_note(&test->profile, config, true, now));
	}
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
	test->profile.run = scan_test_path(test, "nowhere");
	fail_times(test, config, BREAKER_FAILURES, 0);
	assert_int_equal(breaker_ask(&test->profile, config, 0), BREAKER_CLOSED);
}

/* The record as `qmvc -t` shows it: reading it claims nothing. */
static void test_look(void **state)
{
	struct scan_test *test = *state;
	struct scanner_config *config = scan_test_clamd(test, "clamd:/x");
	int64_t now = 1000000 * SECOND;
	struct breaker_record record = breaker_look(&test->profile, config);

	assert_int_equal(record.failures, 0);
	assert_int_equal(breaker_state(&record, now), BREAKER_CLOSED);
	fail_times(test, config, BREAKER_FAILURES, now);
	for (int i = 0; i < 2; i++) {
		record = breaker_look(&test->profile, config);
		assert_int_equal(record.failures, BREAKER_FAILURES);
		assert_int_equal(record.until_ms, now + BREAKER_SECONDS * SECOND);
		assert_int_equal(breaker_state(&record, record.until_ms - 1), BREAKER_OPEN);
		assert_int_equal(breaker_state(&record, record.until_ms), BREAKER_FAILING);
	}
	assert_int_equal(breaker_ask(&test->profile, config, record.until_ms), BREAKER_FAILING);
}

/* An engine of sixteen addresses, each as long as can be. */
static void test_long_engine(void **state)
{
	struct scan_test *test = *state;
	struct scanner_config *config = scan_test_clamd(test, "clamd:/x");
	static char name[4096];

	memset(name, 'x', sizeof(name) - 1);
	config->engine = name;
	fail_times(test, config, BREAKER_FAILURES, SECOND);
	assert_int_equal(breaker_ask(&test->profile, config, SECOND), BREAKER_OPEN);
}

#define PROCESSES 12

/* How many of a dozen processes that ask at the same time, in each of some rounds, may try? */
static void ask_in_processes(
	struct scan_test *test, const struct scanner_config *config, int64_t now, unsigned *tried)
{
	int gate[2];

	assert_int_equal(pipe(gate), 0);
	for (int i = 0; i < PROCESSES; i++) {
		pid_t child = fork();
		char byte;

		assert_true(child >= 0);
		if (child > 0)
			continue;
		close(gate[1]);
		_exit(read(gate[0], &byte, 1) == 0 &&
			breaker_ask(&test->profile, config, now) == BREAKER_FAILING);
	}
	close(gate[0]);
	close(gate[1]); /* go */
	*tried = 0;
	for (int i = 0; i < PROCESSES; i++) {
		int status;

		assert_true(wait(&status) > 0);
		assert_true(WIFEXITED(status));
		*tried += WEXITSTATUS(status) == 1;
	}
}

/* When the pause is over exactly one process tries, however many ask at once. */
static void test_one_process_tries(void **state)
{
	struct scan_test *test = *state;
	struct scanner_config *config = scan_test_clamd(test, "clamd:/x");
	int64_t now = 1000000 * SECOND;

	fail_times(test, config, BREAKER_FAILURES, now);
	for (int round = 0; round < 100; round++) {
		unsigned tried;

		ask_in_processes(test, config, now, &tried);
		assert_int_equal(tried, round > 0);
		now += BREAKER_SECONDS * SECOND;
	}
}

/* One that holds the lock, and was stopped there, holds up nobody for good. */
static void test_stopped_holder(void **state)
{
	struct scan_test *test = *state;
	struct scanner_config *config = scan_test_clamd(test, "clamd:/x");
	int64_t over = (1000000 + BREAKER_SECONDS) * SECOND;
	int fd;

	fail_times(test, config, BREAKER_FAILURES, 1000000 * SECOND);
	fd = open(scan_test_path(test, "run/scanner.S0"), O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(breaker_ask(&test->profile, config, over), BREAKER_OPEN);
	over += BREAKER_SECONDS * SECOND;
	assert_int_equal(breaker_ask(&test->profile, config, over), BREAKER_FAILING);
	assert_int_equal(breaker_ask(&test->profile, config, over), BREAKER_FAILING);
	breaker_note(&test->profile, config, false, over);
	breaker_note(&test->profile, config, true, over);
	assert_int_equal(breaker_ask(&test->profile, config, over), BREAKER_CLOSED);
	close(fd);
}

/* It is shown objects while it still loads: that it cannot is no mail's doing for all that. */
static void test_helper_that_cannot_load(void **state)
{
	struct scan_test *test = *state;

	test->profile.libexec = test->directory;
	scan_test_scanner(test, SCANNER_LIBCLAMAV, "libclamav");
	scan_test_text(test, "mail");
	scan_test_write(scan_test_path(test, "qmvc-clamav"),
		slice_cstr("#!/bin/sh\necho no signatures >&2\nexit 1\n"), 0755);
	assert_int_equal(scan_test_run(test)->verdict, VERDICT_ERROR);
	assert_int_equal(access(scan_test_path(test, "run/scanner.S0"), F_OK), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scan_test(test_one_opens_it),
		scan_test(test_opens_and_closes),
		scan_test(test_belongs_to_the_engine),
		scan_test(test_bad_state),
		scan_test(test_look),
		scan_test(test_long_engine),
		scan_test(test_one_process_tries),
		scan_test(test_stopped_holder),
		scan_test(test_helper_that_cannot_load),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
