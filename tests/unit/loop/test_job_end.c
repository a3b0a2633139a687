/* Ending child processes, by time or by hand, with all that they have started. */
#include "unit.h"

#include "base/fd.h"
#include "job_test.h"

static void test_timeout(void **state)
{
	cleanup_watched struct watched watched = {0};
	struct job_options options =
		SHELL("trap 'echo bye; exit 3' TERM; echo on; while :; do sleep 0.01; done");

	options.timeout_ms = 200;
	run(*state, &options, &watched);
	assert_int_equal(watched.result.end, JOB_TIMED_OUT);
	if (watched.out.len > 0) /* it had come so far */
		assert_slice(buf_slice(&watched.out), "on\nbye\n");
	assert_false(watched.had_children);
}

static void test_timeout_ignores_term(void **state)
{
	cleanup_watched struct watched watched = {0};
	struct job_options options = SHELL("trap '' TERM; sleep 1000; sleep 1000");

	options.timeout_ms = 100;
	options.grace_ms = 50;
	run(*state, &options, &watched);
	assert_int_equal(watched.result.end, JOB_TIMED_OUT);
	assert_int_equal(watched.result.exit_code, 0);
	assert_false(watched.had_children);
}

static void test_timeout_stopped(void **state)
{
	cleanup_watched struct watched watched = {0};
	struct job_options options = SHELL("kill -STOP $$");

	options.timeout_ms = 50;
	options.grace_ms = 600000; /* TERM does it */
	run(*state, &options, &watched);
	assert_int_equal(watched.result.end, JOB_TIMED_OUT);
}

/* Each leaves something that would hold the pipes for ever. */
static void test_grandchildren(void **state)
{
	static const char *const scripts[] = {
		"sleep 1000 & echo said",
		"sleep 1000 & sleep 1000 & (sleep 1000 & sleep 1000) & echo said",
		"(trap '' TERM HUP; sleep 1000; sleep 1000) & echo said",
		"setsid sleep 1000 & echo said",
		"( (setsid sleep 1000 &) & ) ; echo said",
		"setsid sh -c 'setsid sleep 1000 & setsid sleep 1000 & wait' & echo said",
		"setsid sh -c 'while :; do echo noise; done' >&2 & echo said",
		"setsid yes >&2 & echo said",
	};

	for (unsigned i = 0; i < sizeof(scripts) / sizeof(*scripts); i++) {
		cleanup_watched struct watched watched = {0};
		struct job_options options = SHELL(scripts[i]);

		run(*state, &options, &watched);
		assert_int_equal(watched.result.end, JOB_EXITED);
		assert_slice(buf_slice(&watched.out), "said\n");
		assert_false(watched.had_children);
	}
}

/*
 * A grandchild that holds no pipe. The shell's $() waits until it has let go of them: stdout is the
 * last it closes.
 */
#define DETACHED "exec sleep 1000 2>/dev/null </dev/null >/dev/null"
#define IN_GROUP "x=$( (sh -c '" DETACHED "' &) )\n"
#define A_DAEMON "x=$( (setsid sh -c '" DETACHED "' &) )\n"

/* Those of the group die with it; who left it properly may stay until loop_free(). */
static void test_group_dies(void **state)
{
	cleanup_watched struct watched watched = {0};
	struct job_options options = SHELL(IN_GROUP);

	run(*state, &options, &watched);
	assert_false(watched.had_children);
}

static void test_daemon_stays(void **state)
{
	cleanup_watched struct watched watched = {0};
	struct job_options options = SHELL(A_DAEMON);

	run(*state, &options, &watched);
	assert_int_equal(watched.result.end, JOB_EXITED);
	assert_true(watched.had_children); /* loop_free() ends it: the teardown looks */
}

static void test_cancel_before_first_turn(void **state)
{
	cleanup_watched struct watched watched = {0};
	struct job_options options = SHELL("sleep 1000 & setsid sleep 1000 & sleep 1000");

	start(*state, &options, &watched);
	job_cancel(watched.job);
	assert_int_equal(watched.calls, 0);
	job_cancel(watched.job);
	assert_int_equal(loop_run(((struct loop_test *)*state)->loop), 0);
	assert_int_equal(watched.calls, 1);
	assert_int_equal(watched.result.end, JOB_CANCELLED);
	assert_false(watched.had_children);
}

/* Neither deafness to TERM nor a daemon's manners help once a job is killed. */
static void test_cancel_ends_all(void **state)
{
	cleanup_watched struct watched watched = {0};
	struct job_options options = SHELL(
		"trap '' TERM\n" A_DAEMON IN_GROUP
		"echo ready >&3; exec 3>&-; sleep 1000; sleep 1000");
	char byte;
	int ends[2];

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	options.extra_fds[0] = ends[1];
	options.extra_count = 1;
	start(*state, &options, &watched);
	close(ends[1]);
	assert_int_equal(read(ends[0], &byte, 1), 1);
	close(ends[0]);
	job_cancel(watched.job);
	assert_int_equal(loop_run(((struct loop_test *)*state)->loop), 0);
	assert_int_equal(watched.calls, 1);
	assert_int_equal(watched.result.end, JOB_CANCELLED);
	assert_false(watched.result.stuck);
	assert_false(watched.had_children);
}

/* Nobody hears of it and nothing is left, whenever it was given up. */
static void test_abandon(void **state)
{
	struct loop_test *test = *state;

	for (unsigned turns = 0; turns <= 20; turns++) {
		cleanup_watched struct watched watched = {0};
		struct job_options options =
			turns % 2 ? (struct job_options)SHELL("exit 0")
				  : (struct job_options)SHELL(
					    "trap '' TERM; sleep 1000 & sleep 1000");

		start(test, &options, &watched);
		for (unsigned i = 0; i < turns / 2 && watched.calls == 0; i++)
			loop_turn(test->loop, turns % 2);
		if (watched.calls > 0)
			continue;
		job_abandon(watched.job);
		assert_int_equal(loop_run(test->loop), 0);
		assert_int_equal(watched.calls, 0);
		assert_false(loop_test_has_children());
	}
}

/* Whatever has happened by then: one callback, and nothing left. */
static void test_cancel_after_turns(void **state)
{
	static const char *const scripts[] = {
		"echo a; echo b >&2; sleep 1000 & setsid sleep 1000 & sleep 1000",
		"exit 0",
		"sleep 1000 & kill -9 $$",
		"cat /dev/zero",
	};
	struct loop_test *test = *state;

	for (unsigned turns = 0; turns <= 80; turns++) {
		cleanup_watched struct watched watched = {0};
		struct job_options options = SHELL(scripts[turns % 4]);

		options.timeout_ms = turns % 3; /* it may meet that as well */
		options.grace_ms = 1;
		start(test, &options, &watched);
		/* The one that hangs must not be waited for. */
		for (unsigned i = 0; i < turns / 4 && watched.calls == 0; i++)
			loop_turn(test->loop, turns % 4 != 0 || options.timeout_ms);
		if (watched.calls == 0) {
			job_cancel(watched.job);
			assert_int_equal(watched.calls, 0);
			assert_int_equal(loop_run(test->loop), 0);
			assert_int_equal(watched.result.end, JOB_CANCELLED);
			assert_false(watched.had_children);
		}
		assert_int_equal(watched.calls, 1);
		assert_int_equal(loop_run(test->loop), 0); /* a timeout's last handle */
		assert_int_equal(watched.calls, 1);
	}
}

static void test_cancel_in_done_of_another(void **state)
{
	cleanup_watched struct watched first = {0}, second = {0};
	struct job_options quick = SHELL("exit 1"), slow = SHELL("sleep 1000; sleep 1000");

	start(*state, &slow, &second);
	start(*state, &quick, &first);
	first.cancel = second.job;
	assert_int_equal(loop_run(((struct loop_test *)*state)->loop), 0);
	assert_int_equal(first.calls, 1);
	assert_int_equal(first.result.end, JOB_EXITED);
	assert_int_equal(second.calls, 1);
	assert_int_equal(second.result.end, JOB_CANCELLED);
}

/* Strays of one that was killed wait for their end until no job runs that they may belong to. */
static void test_others_are_spared(void **state)
{
	struct loop_test *test = *state;
	cleanup_watched struct watched cancelled = {0}, working = {0};
	struct job_options slow = SHELL("setsid sleep 1000 & sleep 1000");
	struct job_options worker =
		SHELL("(setsid sh -c 'sleep 0.1; echo work' &); read x; exec cat");
	int ends[2];

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	worker.stdin_fd = ends[0];
	start(test, &slow, &cancelled);
	start(test, &worker, &working);
	job_cancel(cancelled.job);
	while (cancelled.calls == 0)
		loop_turn(test->loop, true);
	assert_int_equal(working.calls, 0);
	assert_int_equal(fd_write_all(ends[1], slice_cstr("go\nend\n")), 0);
	close(ends[1]);
	close(ends[0]);
	assert_int_equal(loop_run(test->loop), 0);
	assert_int_equal(working.calls, 1);
	assert_int_equal(working.result.end, JOB_EXITED);
	assert_int_equal(working.result.exit_code, 0);
	assert_false(working.had_children);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOOP_TEST(test_timeout),
		LOOP_TEST(test_timeout_ignores_term),
		LOOP_TEST(test_timeout_stopped),
		LOOP_TEST(test_grandchildren),
		LOOP_TEST(test_group_dies),
		LOOP_TEST(test_daemon_stays),
		LOOP_TEST(test_cancel_before_first_turn),
		LOOP_TEST(test_cancel_ends_all),
		LOOP_TEST(test_abandon),
		LOOP_TEST(test_cancel_after_turns),
		LOOP_TEST(test_cancel_in_done_of_another),
		LOOP_TEST(test_others_are_spared),
	};

	alarm(120); /* a hang is a failure, not a wait */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
