/*
 * Each back-end cancelled after every number of turns of the loop, until there is nothing left to
 * cancel: before it is connected, half sent, half answered, before and after its process has exited.
 * Nothing stays open, no child stays, and what is said behind a cancel is not heard.
 */
#include "unit.h"

#include "clamd_test.h"

#include <poll.h>
#include <sys/wait.h>

#include "cancel_test.h"

/* --- clamd --- */

static struct fake_clamd fake;
static fake_answer *behaviour;
static bool by_tcp;

/* The listener must be there before the scan, and its thread has gone when descriptors are counted. */
static void around_clamd(struct scan_test *test, bool begins)
{
	struct scanner_address *address = &test->addresses[0][0];

	if (!begins) {
		fake_clamd_stop(&fake);
		return;
	}
	unlink(scan_test_path(test, "ctl"));
	fake_clamd_start(&fake, by_tcp ? NULL : scan_test_path(test, "ctl"), behaviour);
	*address = by_tcp ? (struct scanner_address){.host = "127.0.0.1", .port = fake.port}
			  : (struct scanner_address){.path = scan_test_path(test, "ctl")};
}

static void cancel_clamd(struct scan_test *test, fake_answer *answer, unsigned timeout_ms)
{
	struct scanner_config *config = scan_test_scanner(test, SCANNER_CLAMD, "clamd");

	config->address_count = 1;
	config->timeout_ms = timeout_ms;
	behaviour = answer;
	cancel_after_each_turn(test, config, around_clamd);
}

static void some_objects(struct scan_test *test)
{
	static char large[2000000];

	for (int i = 0; i < 20; i++)
		scan_test_object(test, slice_make(large, i % 5 ? 5 : sizeof(large)));
}

static void test_clamd(void **state)
{
	some_objects(*state);
	cancel_clamd(*state, honest, 20000);
}

static void test_clamd_tcp(void **state)
{
	some_objects(*state);
	by_tcp = true;
	cancel_clamd(*state, honest, 20000);
	by_tcp = false;
}

/* In the middle of a stream, and of a reconnect. */
static bool no_fds(struct fake_clamd *clamd, const struct fake_request *request)
{
	if (request->stream)
		return honest(clamd, request);
	fake_say(clamd, "%u: No file descriptor received. ERROR", request->number);
	return false;
}

static void test_stream(void **state)
{
	some_objects(*state);
	cancel_clamd(*state, no_fds, 20000);
}

static bool hangs_up(struct fake_clamd *clamd, const struct fake_request *request)
{
	(void)clamd;
	return strcmp(request->word, "FILDES") != 0;
}

static void test_reconnect(void **state)
{
	some_objects(*state);
	cancel_clamd(*state, hangs_up, 20000);
}

static bool half_an_answer(struct fake_clamd *clamd, const struct fake_request *request)
{
	char text[64];
	int len = snprintf(text, sizeof(text), "%u: %s: O", request->number,
		request->stream ? "stream" : "fd[9]");

	fake_say_raw(clamd, text, (size_t)len);
	return request->number == 1;
}

static void test_half_answered(void **state)
{
	some_objects(*state);
	cancel_clamd(*state, half_an_answer, 20000);
}

/* Late, and then asked once more by another connection. */
static bool late(struct fake_clamd *clamd, const struct fake_request *request)
{
	if (strcmp(request->word, "PING") == 0)
		fake_say(clamd, "%u: PONG", request->number);
	else if (slice_starts(request->content, "qmvc asks"))
		fake_reply(clamd, request, "OK");
	return true;
}

static void test_late(void **state)
{
	some_objects(*state);
	cancel_clamd(*state, late, 20);
}

/* Takes no descriptors, and then the beginning of a stream and no more: half of it stays with us. */
static bool stops_reading(struct fake_clamd *clamd, const struct fake_request *request)
{
	struct pollfd gone = {.fd = clamd->socket, .events = POLLRDHUP};

	if (request->connection == 1)
		return no_fds(clamd, request);
	if (request->connection > 2)
		return late(clamd, request);
	poll(&gone, 1, -1);
	return false;
}

static void test_half_sent(void **state)
{
	static char large[16000000];
	struct scan_test *test = *state;

	scan_test_object(test, slice_make(large, sizeof(large)));
	scan_test_text(test, "asked first");
	cancel_clamd(test, stops_reading, 50);
}

/* Nobody at the first address, nobody who resolves at the second, and one that refuses. */
static void test_addresses(void **state)
{
	struct scan_test *test = *state;
	struct scanner_config *config = scan_test_clamd(test, scan_test_path(test, "nobody"));

	scan_test_text(test, "mail");
	config->addresses[1] = (struct scanner_address){.host = "127.0.0.1", .port = 1};
	config->addresses[2] = (struct scanner_address){.path = scan_test_path(test, "files")};
	config->address_count = 3;
	cancel_after_each_turn(test, config, NULL);
}

static void test_idle(void **state)
{
	struct scan_test *test = *state;
	struct scanner_config *config = scan_test_clamd(test, "/nonexistent");

	scan_test_text(test, "larger than maxsize");
	config->max_size = 1;
	for (int turns = 0; turns <= 3; turns++)
		cancel_after(test, config, turns);
}

/* --- programs --- */

static void cancel_plugin(struct scan_test *test, const char *script, unsigned timeout_ms)
{
	struct scanner_config *config = scan_test_plugin(test, "x", script);

	config->timeout_ms = timeout_ms;
	scan_test_text(test, "mail");
	cancel_after_each_turn(test, config, NULL);
}

static void test_process(void **state)
{
	cancel_plugin(*state, "printf 'infec'; printf 'ted\\tEvil\\t0000\\n'; exit 1", 20000);
}

static void test_process_slow(void **state)
{
	cancel_plugin(*state, "echo half >&2; sleep 0.03; echo more >&2; exit 2", 20000);
}

/* It has exited, and others hold its pipes. */
static void test_process_with_children(void **state)
{
	cancel_plugin(*state, "sleep 300 & setsid sleep 300 & exit 0", 20000);
}

static void test_process_out_of_time(void **state)
{
	cancel_plugin(*state, "trap '' TERM; echo x >&2; while :; do sleep 300; done", 20);
}

/* --- libclamav, one helper a scan --- */

static struct scanner_config *use_helper(struct scan_test *test, const char *script)
{
	struct scanner_config *config = scan_test_scanner(test, SCANNER_LIBCLAMAV, "libclamav");
	const char *path = scan_test_path(test, "qmvc-clamav");

	test->profile.libexec = test->directory;
	unlink(path);
	if (script)
		scan_test_write(path, slice_cstr(script), 0755);
	else
		assert_int_equal(symlink(FAKE_HELPER, path), 0);
	return config;
}

static void test_helper(void **state)
{
	struct scan_test *test = *state;
	struct scanner_config *config = use_helper(test, NULL);

	for (int i = 0; i < 20; i++)
		scan_test_text(test, i == 9 ? "KILL" : i == 15 ? "EVIL" : "plain");
	cancel_after_each_turn(test, config, NULL);
}

/* One that never answers, says why it cannot, is killed, and cannot be run. */
static void test_bad_helpers(void **state)
{
	static const char *const scripts[] = {"#!/bin/sh\nexec sleep 300\n",
		"#!/bin/sh\necho no signatures >&2\nexit 2\n", "#!/bin/sh\nkill -9 $$\n",
		"#!/nonexistent\n"};
	struct scan_test *test = *state;

	scan_test_text(test, "mail");
	scan_test_text(test, "part");
	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		test->scanners.count = 0;
		use_helper(test, scripts[i])->timeout_ms = 30;
		cancel_after_each_turn(test, &test->scanners.scanners[0], NULL);
	}
}

/* --- what comes behind a cancel --- */

static int answers_sent; /* by the fake's thread */

static bool says_evil(struct fake_clamd *clamd, const struct fake_request *request)
{
	fake_reply(clamd, request, "Test.Evil FOUND");
	__atomic_add_fetch(&answers_sent, 1, __ATOMIC_SEQ_CST);
	return true;
}

/* Its answers lie in the socket, unread, when it is cancelled: they change nothing. */
static void test_answer_behind_a_cancel(void **state)
{
	struct scan_test *test = *state;
	struct ended ended = {0};
	struct scan_task *task;
	struct error error = {0};
	int turns = 0;

	scan_test_text(test, "mail");
	answers_sent = 0;
	fake_clamd_start(&fake, scan_test_path(test, "ctl"), says_evil);
	assert_int_equal(backend_clamd.start(&test->request, scan_test_clamd(test, fake.path),
				 note_end, &ended, &task, &error),
		0);
	/* Asked it has been when the fake has answered; only then is the answer not waited for. */
	for (; __atomic_load_n(&answers_sent, __ATOMIC_SEQ_CST) == 0; turns++) {
		loop_turn(test->loop->loop, true);
		for (int i = 0; i < 100 && !__atomic_load_n(&answers_sent, __ATOMIC_SEQ_CST); i++)
			poll(NULL, 0, 1);
	}
	assert_false(ended.done);
	backend_clamd.cancel(task);
	assert_int_equal(loop_run(test->loop->loop), 0);
	fake_clamd_stop(&fake);
	assert_true(ended.done);
	assert_int_equal(ended.verdict, VERDICT_CANCELLED);
}

/* A program that has found nothing, and exited, is not clean when it was cancelled before that. */
static void test_exit_behind_a_cancel(void **state)
{
	struct scan_test *test = *state;
	struct ended ended = {0};
	struct scan_task *task;
	struct error error = {0};

	scan_test_text(test, "mail");
	assert_int_equal(
		backend_process.start(&test->request,
			scan_test_plugin(test, "x",
				arena_printf(&test->arena, ": >%s/begun; exit 0", test->directory)),
			note_end, &ended, &task, &error),
		0);
	while (access(scan_test_path(test, "begun"), F_OK) < 0)
		poll(NULL, 0, 1);
	while (waitid(P_ALL, 0, &(siginfo_t){0}, WEXITED | WNOWAIT) < 0)
		; /* dead, and not heard of yet */
	backend_process.cancel(task);
	assert_int_equal(loop_run(test->loop->loop), 0);
	assert_true(ended.done);
	assert_int_equal(ended.verdict, VERDICT_CANCELLED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scan_test(test_clamd),
		scan_test(test_clamd_tcp),
		scan_test(test_stream),
		scan_test(test_reconnect),
		scan_test(test_half_answered),
		scan_test(test_late),
		scan_test(test_half_sent),
		scan_test(test_addresses),
		scan_test(test_idle),
		scan_test(test_process),
		scan_test(test_process_slow),
		scan_test(test_process_with_children),
		scan_test(test_process_out_of_time),
		scan_test(test_helper),
		scan_test(test_bad_helpers),
		scan_test(test_answer_behind_a_cancel),
		scan_test(test_exit_behind_a_cancel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
