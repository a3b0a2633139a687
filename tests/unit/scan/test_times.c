/*
 * Where a scanner's time goes: waiting, sending, scanning. What is slow here is slow on purpose, in one
 * of the three, and has to be found there; and the three are the whole. On a busy machine this process
 * may be far behind the one it asks: what is slow begins when this one is seen to be where it belongs.
 */
#include "unit.h"

#include "clamd_test.h"

#include <poll.h>
#include <sched.h>

#include "base/clock.h"
#include "loop/deadline.h"

/* That of the fakes, in milliseconds, and what of it may be missing: clocks are read apart. */
#define SLOW_MS 30
#define SLOW_US 29000

static void assert_whole(const struct scan_result *result)
{
	assert_true(result->reach_us > 0);
	assert_int_equal(
		result->reach_us + result->send_us + result->scan_us, result->latency_us);
}

/* Turns of the loop of the scan, until `slept`. */
static unsigned turns;
static bool slept;

static void turn(struct deadline *deadline, void *loop)
{
	(void)deadline;
	__atomic_add_fetch(&turns, 1, __ATOMIC_SEQ_CST);
	if (!__atomic_load_n(&slept, __ATOMIC_SEQ_CST))
		assert_int_equal(deadline_start(loop, 1, turn, loop, &deadline), 0);
}

/* Once the loop has gone on from what it did when it had sent this. */
static bool answers_slowly(struct fake_clamd *fake, const struct fake_request *request)
{
	unsigned sent = __atomic_load_n(&turns, __ATOMIC_SEQ_CST);

	while (__atomic_load_n(&turns, __ATOMIC_SEQ_CST) == sent)
		sched_yield();
	poll(NULL, 0, SLOW_MS);
	__atomic_store_n(&slept, true, __ATOMIC_SEQ_CST);
	return honest(fake, request);
}

static void test_scanning(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;
	const struct scan_result *result;

	scan_test_text(test, "mail");
	turn(NULL, test->loop->loop);
	result = run_against(test, &fake, answers_slowly);
	assert_whole(result);
	assert_true(result->scan_us >= SLOW_US);
}

/* Takes the stream behind the first request only a while after it has begun. */
static bool reads_slowly(struct fake_clamd *fake, const struct fake_request *request)
{
	struct pollfd more = {.fd = fake->socket, .events = POLLIN};

	if (request->number == 1) {
		if (fake->at == fake->end)
			poll(&more, 1, -1);
		poll(NULL, 0, SLOW_MS);
	}
	return honest(fake, request);
}

static void test_sending(void **state)
{
	static char large[8000000];
	struct scan_test *test = *state;
	struct scanner_config *config = scan_test_scanner(test, SCANNER_CLAMD, "clamd:tcp");
	struct fake_clamd fake;
	const struct scan_result *result;

	scan_test_object(test, slice_make(large, sizeof(large)));
	scan_test_text(test, "asked first");
	fake_clamd_start(&fake, NULL, reads_slowly);
	config->addresses[config->address_count++] =
		(struct scanner_address){.host = "127.0.0.1", .port = fake.port};
	result = scan_test_run(test);
	fake_clamd_stop(&fake);
	assert_int_equal(result->verdict, VERDICT_CLEAN);
	assert_whole(result);
	assert_true(result->send_us >= SLOW_US);
}

/* Nobody takes the connection: all of its time is waiting, though it never was connected. */
static void test_waiting_in_vain(void **state)
{
	struct scan_test *test = *state;
	const struct scan_result *result;

	scan_test_text(test, "mail");
	scan_test_clamd(test, scan_test_path(test, "nobody"));
	result = scan_test_run(test);
	assert_int_equal(result->verdict, VERDICT_ERROR);
	assert_whole(result);
	assert_int_equal(result->send_us, 0);
	scan_test_scanner(test, SCANNER_PROCESS, "/nonexistent/program");
	scan_test_run(test);
	result = &test->results.list[1];
	assert_whole(result);
	assert_int_equal(result->reach_us, result->latency_us);
}

/* The program was started, or the loop would not run. */
static void has_started(struct deadline *deadline, void *go)
{
	(void)deadline;
	scan_test_write(go, SLICE_EMPTY, 0600);
}

static void test_process(void **state)
{
	struct scan_test *test = *state;
	char *go = scan_test_path(test, "go");
	const struct scan_result *result;
	struct deadline *deadline;

	scan_test_text(test, "mail");
	scan_test_plugin(test, "x",
		arena_printf(&test->arena, "until [ -e %s ]; do sleep 0.01; done\nsleep 0.03", go));
	assert_int_equal(deadline_start(test->loop->loop, 0, has_started, go, &deadline), 0);
	result = scan_test_run(test);
	assert_int_equal(result->verdict, VERDICT_CLEAN);
	assert_whole(result);
	assert_int_equal(result->send_us, 0);
	assert_true(result->scan_us >= SLOW_US);
}

/* A helper of our own is waited for until it has loaded, whatever the socket takes before. */
static void test_helper(void **state)
{
	struct scan_test *test = *state;
	const struct scan_result *result;

	test->profile.libexec = test->directory;
	scan_test_scanner(test, SCANNER_LIBCLAMAV, "libclamav");
	scan_test_text(test, "mail");
	scan_test_text(test, "EVIL");
	scan_test_write(scan_test_path(test, "qmvc-clamav"),
		slice_cstr("#!/bin/sh\nsleep 0.03\nexec " FAKE_HELPER " \"$@\"\n"), 0755);
	result = scan_test_run(test);
	assert_int_equal(result->verdict, VERDICT_INFECTED);
	assert_whole(result);
	assert_true(result->reach_us >= SLOW_US);
}

/* Left alone, or with nothing to do, it was never asked. */
static void test_never_asked(void **state)
{
	struct scan_test *test = *state;
	const struct scan_result *result;

	scan_test_text(test, "too long");
	scan_test_clamd(test, scan_test_path(test, "nobody"))->max_size = 1;
	result = scan_test_run(test);
	assert_int_equal(result->verdict, VERDICT_LIMIT);
	assert_int_equal(result->reach_us + result->send_us + result->scan_us, 0);
	test->scanners.scanners[0].max_size = 0;
	for (int i = 0; i < 4; i++)
		scan_test_run(test);
	assert_non_null(strstr(result->text, "left alone"));
	assert_int_equal(result->latency_us, 0);
	assert_int_equal(result->reach_us + result->send_us + result->scan_us, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scan_test(test_scanning),
		scan_test(test_sending),
		scan_test(test_waiting_in_vain),
		scan_test(test_process),
		scan_test(test_helper),
		scan_test(test_never_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
