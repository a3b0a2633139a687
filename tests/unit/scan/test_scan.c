/*
 * Several scanners of a mail: at once or in turn, and ended as soon as they do not matter. What cancelling
 * leaves behind is looked at in test_cancel.c.
 */
#include "unit.h"

#include "scan_test.h"

#include "base/clock.h"
#include "fake_clamd.h"

/* A plug-in that notes when it began and ended in DIR/order, `ms` apart, and then exits so. */
static struct scanner_config *slow(
	struct scan_test *test, const char *name, const char *seconds, const char *then)
{
	return scan_test_plugin(test, name,
		arena_printf(&test->arena,
			"echo begin %s >> %s/order; sleep %s; echo end %s >> "
			"%s/order\n%s",
			name, test->directory, seconds, name, test->directory, then));
}

static const char *order(struct scan_test *test)
{
	struct buf out = {0};
	char *copy;

	assert_int_equal(fd_read_file(AT_FDCWD, scan_test_path(test, "order"), 65536, &out), 0);
	copy = arena_cstr(&test->arena, buf_slice(&out));
	buf_release(&out);
	return copy;
}

#define EVIL "printf 'infected\\tEvil\\t0000\\n'; exit 1"

/* Each waits for all four to have begun: in turn that would never end. */
static void test_concurrent(void **state)
{
	static const char *const seconds[] = {"0.05", "0.1", "0.2", "0.4"};
	struct scan_test *test = *state;

	scan_test_text(test, "mail");
	for (int i = 0; i < 4; i++) {
		char *name = arena_printf(&test->arena, "s%d", i);

		scan_test_plugin(test, name,
			arena_printf(&test->arena,
				": > %s/begun.%d\nwhile [ \"$(ls %s/begun.* | wc -l)\" -lt 4 ]; do "
				"sleep 0.01; done\nsleep %s; exit 0",
				test->directory, i, test->directory, seconds[i]));
	}
	scan_test_run(test);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(test->results.list[i].verdict, VERDICT_CLEAN);
		assert_true(test->results.list[i].latency_us <= test->results.total_us);
	}
}

static void test_sequential(void **state)
{
	struct scan_test *test = *state;

	scan_test_text(test, "mail");
	test->scanners.sequential = true;
	slow(test, "a", "0.05", "exit 0");
	slow(test, "b", "0.01", EVIL);
	slow(test, "c", "0.01", "exit 0");
	scan_test_run(test);
	assert_string_equal(order(test), "begin a\nend a\nbegin b\nend b\nbegin c\nend c\n");
	assert_int_equal(test->results.list[1].verdict, VERDICT_INFECTED);
	assert_true(test->results.list[2].wait_us >= test->results.list[1].latency_us);
}

static void test_sequential_quitasap(void **state)
{
	struct scan_test *test = *state;

	scan_test_text(test, "mail");
	test->scanners.sequential = true;
	test->request.quitasap = true;
	slow(test, "a", "0.01", EVIL);
	slow(test, "b", "0.01", "exit 0");
	scan_test_run(test);
	assert_string_equal(order(test), "begin a\nend a\n");
	assert_int_equal(test->results.list[1].verdict, VERDICT_SKIPPED);
}

static bool silent(struct fake_clamd *fake, const struct fake_request *request)
{
	(void)fake;
	(void)request;
	return true;
}

static bool evil(struct fake_clamd *fake, const struct fake_request *request)
{
	fake_reply(fake, request, "Test.Evil FOUND");
	return true;
}

static void test_quitasap_ends_the_others(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;

	scan_test_text(test, "mail");
	test->request.quitasap = true;
	scan_test_plugin(test, "a", "trap '' TERM HUP INT; (sleep 300) & sleep 300; exit 0");
	fake_clamd_start(&fake, scan_test_path(test, "ctl"), silent);
	scan_test_clamd(test, fake.path);
	slow(test, "c", "0.1", EVIL);
	scan_test_run(test);
	fake_clamd_stop(&fake);
	assert_int_equal(test->results.list[0].verdict, VERDICT_CANCELLED);
	assert_int_equal(test->results.list[1].verdict, VERDICT_CANCELLED);
	assert_int_equal(test->results.list[2].verdict, VERDICT_INFECTED);
	assert_true(test->results.list[0].latency_us > 0);
	assert_true(test->results.list[1].latency_us > 0);
}

static void test_without_quitasap_all_answer(void **state)
{
	struct scan_test *test = *state;

	scan_test_text(test, "mail");
	slow(test, "a", "0.01", EVIL);
	slow(test, "b", "0.1", "exit 0");
	scan_test_run(test);
	assert_int_equal(test->results.list[1].verdict, VERDICT_CLEAN);
}

static void test_whitelisted_ends_nobody(void **state)
{
	struct scan_test *test = *state;

	scan_test_text(test, "mail");
	scan_test_whitelist(test, "Evil");
	test->request.quitasap = true;
	slow(test, "a", "0.01", EVIL);
	slow(test, "b", "0.1", "exit 0");
	scan_test_run(test);
	assert_int_equal(test->results.list[0].verdict, VERDICT_CLEAN);
	assert_int_equal(test->results.list[1].verdict, VERDICT_CLEAN);
}

static void test_error_ends_nobody(void **state)
{
	struct scan_test *test = *state;

	scan_test_text(test, "mail");
	test->request.quitasap = true;
	slow(test, "a", "0.01", "exit 3");
	slow(test, "b", "0.1", "exit 0");
	scan_test_run(test);
	assert_int_equal(test->results.list[0].verdict, VERDICT_ERROR);
	assert_int_equal(test->results.list[1].verdict, VERDICT_CLEAN);
}

static void test_deadline_of_all(void **state)
{
	struct scan_test *test = *state;

	scan_test_text(test, "mail");
	test->scanners.deadline_ms = 100;
	test->scanners.sequential = true;
	slow(test, "a", "300", "exit 0");
	slow(test, "b", "0.01", "exit 0");
	scan_test_run(test);
	assert_int_equal(test->results.list[0].verdict, VERDICT_TIMEOUT);
	assert_int_equal(test->results.list[1].verdict, VERDICT_TIMEOUT);
	assert_string_equal(order(test), "begin a\n");
}

/* --- the helper of ours --- */

static void test_helper_that_fails(void **state)
{
	struct scan_test *test = *state;
	const struct scan_result *result;

	scan_test_scanner(test, SCANNER_LIBCLAMAV, "libclamav");
	scan_test_text(test, "mail");
	test->profile.libexec = test->directory;
	assert_int_equal(scan_test_run(test)->verdict, VERDICT_ERROR);
	assert_non_null(strstr(test->results.list[0].text, "qmvc-clamav"));
	scan_test_write(scan_test_path(test, "qmvc-clamav"),
		slice_cstr("#!/bin/sh\necho no signatures in x >&2\nexit 2\n"), 0755);
	result = scan_test_run(test);
	assert_int_equal(result->verdict, VERDICT_ERROR);
	assert_string_equal(result->text, "qmvc-clamav: exit code 2: no signatures in x");
	scan_test_write(
		scan_test_path(test, "qmvc-clamav"), slice_cstr("#!/bin/sh\nkill -11 $$\n"), 0755);
	assert_int_equal(scan_test_run(test)->verdict, VERDICT_ERROR);
}

static void use_fake_helper(struct scan_test *test)
{
	assert_int_equal(symlink(FAKE_HELPER, scan_test_path(test, "qmvc-clamav")), 0);
	test->profile.libexec = test->directory;
}

static void test_helper_answers(void **state)
{
	struct scan_test *test = *state;
	const struct scan_result *result;

	use_fake_helper(test);
	scan_test_scanner(test, SCANNER_LIBCLAMAV, "libclamav");
	for (int i = 0; i < 30; i++)
		scan_test_text(test, "plain");
	assert_int_equal(scan_test_run(test)->verdict, VERDICT_CLEAN);
	scan_test_text(test, "EVIL");
	result = scan_test_run(test);
	assert_int_equal(result->verdict, VERDICT_INFECTED);
	assert_int_equal(result->virus_objects[0], 30);
}

/* An object that kills the helper is the mail's doing; the others get their answer. */
static void test_helper_killed_by_an_object(void **state)
{
	struct scan_test *test = *state;
	const struct scan_result *result;

	use_fake_helper(test);
	scan_test_scanner(test, SCANNER_LIBCLAMAV, "libclamav");
	scan_test_text(test, "mail");
	scan_test_text(test, "KILL");
	scan_test_text(test, "plain");
	result = scan_test_run(test);
	assert_int_equal(result->verdict, VERDICT_ERROR);
	assert_true(result->beaten);
	assert_string_equal(result->text, "object 1: killed by signal 9");
	scan_test_text(test, "EVIL");
	assert_int_equal(scan_test_run(test)->verdict, VERDICT_INFECTED);
	test->objects.count = 0;
	scan_test_text(test, "CRASH");
	result = scan_test_run(test);
	assert_true(result->beaten);
	assert_string_equal(result->text, "object 0: killed by signal 11");
}

static void test_infected_before_cancel_stays(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;

	scan_test_text(test, "mail");
	test->request.quitasap = true;
	fake_clamd_start(&fake, scan_test_path(test, "ctl"), evil);
	scan_test_clamd(test, fake.path);
	slow(test, "b", "300", "exit 0");
	scan_test_run(test);
	fake_clamd_stop(&fake);
	assert_int_equal(test->results.list[0].verdict, VERDICT_INFECTED);
	assert_int_equal(test->results.list[1].verdict, VERDICT_CANCELLED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scan_test(test_concurrent),
		scan_test(test_sequential),
		scan_test(test_sequential_quitasap),
		scan_test(test_quitasap_ends_the_others),
		scan_test(test_without_quitasap_all_answer),
		scan_test(test_whitelisted_ends_nobody),
		scan_test(test_error_ends_nobody),
		scan_test(test_deadline_of_all),
		scan_test(test_helper_that_fails),
		scan_test(test_helper_answers),
		scan_test(test_helper_killed_by_an_object),
		scan_test(test_infected_before_cancel_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
