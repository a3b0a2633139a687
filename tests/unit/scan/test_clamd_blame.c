/*
 * Who is at fault when clamd goes away or is late: the object, or the daemon? Blaming the object
 * wrongly holds back a wanted mail, blaming the daemon wrongly lets a mail wait for a week.
 */
#include "unit.h"

#include "clamd_test.h"

static void test_an_object_kills_it(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;
	const struct scan_result *result;

	scan_test_text(test, "mail");
	scan_test_text(test, "KILL");
	scan_test_text(test, "EVIL");
	result = run_against(test, &fake, honest);
	assert_int_equal(result->verdict, VERDICT_INFECTED);
	assert_true(fake.connections >= 3);
}

static void test_killers_are_the_mails_doing(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;
	const struct scan_result *result;

	for (int i = 0; i < 12; i++)
		scan_test_text(test, "KILL");
	result = run_against(test, &fake, honest);
	assert_int_equal(result->verdict, VERDICT_ERROR);
	assert_true(result->beaten);
	assert_int_equal(fake.connections, 7);
	assert_int_equal(access(scan_test_path(test, "run/scanner.S0"), F_OK), -1);
}

static void test_only_object_kills_it(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;

	scan_test_text(test, "KILL");
	assert_true(run_against(test, &fake, honest)->beaten);
	assert_int_equal(fake.connections, 3);
}

/* Goes away in the first so many connections, on whatever stands there; then it is well. */
static unsigned restarts;

static bool restarting(struct fake_clamd *fake, const struct fake_request *request)
{
	bool harmless = slice_starts(request->content, "qmvc asks");

	if (request->connection <= restarts && !(harmless && request->connection > 1))
		return false;
	return honest(fake, request);
}

/* A restart in mid-mail is nobody's doing, though it takes an object with it once more. */
static void test_restarted(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;
	const struct scan_result *result;

	scan_test_text(test, "a");
	scan_test_text(test, "b");
	for (restarts = 1; restarts <= 2; restarts++) {
		unlink(scan_test_path(test, "ctl"));
		result = run_against(test, &fake, restarting);
		assert_int_equal(result->verdict, VERDICT_CLEAN);
		assert_int_equal(fake.connections, restarts + 1);
	}
}

/* Answers for one object, and is stopped on the next. */
static bool stopped(struct fake_clamd *fake, const struct fake_request *request)
{
	if (slice_starts(request->content, "a"))
		return honest(fake, request);
	unlink(fake->path);
	return false;
}

static void test_stopped_in_the_middle(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;
	const struct scan_result *result;

	scan_test_text(test, "b"); /* the mail: asked last */
	scan_test_text(test, "a");
	result = run_against(test, &fake, stopped);
	assert_int_equal(result->verdict, VERDICT_ERROR);
	assert_true(result->answered && !result->beaten && !result->saw_limit);
}

/* Going down: it still takes connections, and closes them at once. */
static bool going_down(struct fake_clamd *fake, const struct fake_request *request)
{
	return slice_starts(request->content, "a") && honest(fake, request);
}

static void test_going_down(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;
	const struct scan_result *result;

	scan_test_text(test, "b"); /* the mail: asked last */
	scan_test_text(test, "a");
	result = run_against(test, &fake, going_down);
	assert_int_equal(result->verdict, VERDICT_ERROR);
	assert_true(result->answered && !result->beaten);
}

static bool says_pong(struct fake_clamd *fake, const struct fake_request *request)
{
	if (strcmp(request->word, "PING") != 0)
		return false;
	fake_say(fake, "%u: PONG", request->number);
	return true;
}

/* Late with everything: some answers came, and PING gets one, but the probe gets none. */
static bool overloaded(struct fake_clamd *fake, const struct fake_request *request)
{
	if (says_pong(fake, request))
		return true;
	return !slice_starts(request->content, "a") || honest(fake, request);
}

static void test_overloaded(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;
	const struct scan_result *result;

	scan_test_text(test, "b"); /* the mail: asked last */
	scan_test_text(test, "a");
	scan_test_clamd(test, scan_test_path(test, "ctl"))->timeout_ms = 50;
	result = run_against(test, &fake, overloaded);
	assert_int_equal(result->verdict, VERDICT_TIMEOUT);
	assert_true(result->answered && !result->beaten);
	assert_string_equal(result->text + strlen(test->scanners.scanners[0].engine),
		": no answer within 50 ms");
	assert_int_equal(fake.connections, 2);
	assert_int_equal(access(scan_test_path(test, "run/scanner.S0"), F_OK), -1);
}

/*
 * Stopped, reloading, or with a full queue, as slow parts of one mail can make it: it takes the
 * connection, and nothing else. That must not keep the mail of others away from it.
 */
static bool stalled(struct fake_clamd *fake, const struct fake_request *request)
{
	return slice_starts(request->content, "a") ? honest(fake, request) : true;
}

static void test_stalled(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;
	const struct scan_result *result;

	scan_test_text(test, "b"); /* the mail: asked last */
	scan_test_text(test, "a");
	scan_test_clamd(test, scan_test_path(test, "ctl"))->timeout_ms = 50;
	result = run_against(test, &fake, stalled);
	assert_int_equal(result->verdict, VERDICT_TIMEOUT);
	assert_true(result->answered && !result->beaten);
	assert_non_null(strstr(result->text, "within 50 ms, nor any sign of life"));
	assert_int_equal(access(scan_test_path(test, "run/scanner.S0"), F_OK), -1);
}

/* Stalled until just after the timeout, as a clamd that reloads is: then it answers for everything. */
static bool stalled_until_now(struct fake_clamd *fake, const struct fake_request *request)
{
	if (request->connection == 1)
		return true;
	return says_pong(fake, request) || honest(fake, request);
}

static void test_a_stall_that_ends(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;

	for (int i = 0; i < 30; i++)
		scan_test_text(test, "plain");
	scan_test_clamd(test, scan_test_path(test, "ctl"))->timeout_ms = 50;
	assert_int_equal(run_against(test, &fake, stalled_until_now)->verdict, VERDICT_CLEAN);
	assert_int_equal(fake.connections, 2);
	scan_test_text(test, "EVIL");
	unlink(scan_test_path(test, "ctl"));
	assert_int_equal(run_against(test, &fake, stalled_until_now)->verdict, VERDICT_INFECTED);
}

/* Late with one object: the probe is answered at once. */
static bool blocked(struct fake_clamd *fake, const struct fake_request *request)
{
	return says_pong(fake, request) || slice_starts(request->content, "BLOCK") ||
	       honest(fake, request);
}

static void test_an_object_blocks_it(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;
	const struct scan_result *result;

	scan_test_text(test, "a");
	scan_test_text(test, "BLOCK");
	scan_test_clamd(test, scan_test_path(test, "ctl"))->timeout_ms = 50;
	result = run_against(test, &fake, blocked);
	assert_int_equal(result->verdict, VERDICT_TIMEOUT);
	assert_true(result->beaten);
	assert_string_equal(
		result->text, "object 1: no answer within 50 ms, while it answers otherwise");
}

/* Too much to do: it answers the first probe, and then nothing for another while. */
static bool overloaded_again(struct fake_clamd *fake, const struct fake_request *request)
{
	if (says_pong(fake, request))
		return true;
	return request->connection != 2 || !slice_starts(request->content, "qmvc asks") ||
	       honest(fake, request);
}

static void test_overloaded_again(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;
	const struct scan_result *result;

	scan_test_text(test, "mail");
	scan_test_clamd(test, scan_test_path(test, "ctl"))->timeout_ms = 50;
	result = run_against(test, &fake, overloaded_again);
	assert_int_equal(result->verdict, VERDICT_TIMEOUT);
	assert_false(result->beaten);
	assert_int_equal(fake.connections, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scan_test(test_an_object_kills_it),
		scan_test(test_killers_are_the_mails_doing),
		scan_test(test_only_object_kills_it),
		scan_test(test_restarted),
		scan_test(test_stopped_in_the_middle),
		scan_test(test_going_down),
		scan_test(test_overloaded),
		scan_test(test_stalled),
		scan_test(test_a_stall_that_ends),
		scan_test(test_overloaded_again),
		scan_test(test_an_object_blocks_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
