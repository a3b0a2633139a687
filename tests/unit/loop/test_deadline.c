/* One-shot timers: once, never early, never after a cancel. */
#include "unit.h"

#include "base/clock.h"
#include "loop/deadline.h"
#include "loop_test.h"

struct watched {
	struct deadline *deadline;
	unsigned calls;
	uint64_t at_us;
	struct deadline *cancel; /* another one to cancel when it fires */
	struct loop *again;	 /* starts a new one when it fires */
};

static void on_fired(struct deadline *deadline, void *context)
{
	struct watched *watched = context;

	assert_ptr_equal(deadline, watched->deadline);
	watched->calls++;
	watched->at_us = clock_us();
	deadline_cancel(deadline); /* without effect */
	deadline_cancel(watched->cancel);
	if (watched->again) {
		struct loop *loop = take_ptr(&watched->again);

		assert_int_equal(deadline_start(loop, 1, on_fired, watched, &watched->deadline), 0);
	}
}

static void start(struct loop_test *test, unsigned milliseconds, struct watched *watched)
{
	assert_int_equal(deadline_start(test->loop, milliseconds, on_fired, watched,
		&watched->deadline), 0);
	assert_int_equal(watched->calls, 0);
}

static void test_fires_once(void **state)
{
	static const unsigned times[] = {0, 1, 30};
	struct loop_test *test = *state;

	for (unsigned i = 0; i < 3; i++) {
		struct watched watched = {0};
		uint64_t before;

		/* The loop's own idea of the time is old by now: that must not make it early. */
		for (uint64_t until = clock_us() + 5000; clock_us() < until;)
			;
		before = clock_us();
		start(test, times[i], &watched);
		assert_int_equal(loop_run(test->loop), 0);
		assert_int_equal(watched.calls, 1);
		/* libuv counts whole milliseconds. */
		assert_true(watched.at_us - before + 1000 >= times[i] * 1000);
	}
}

static void test_order(void **state)
{
	struct loop_test *test = *state;
	struct watched late = {0}, soon = {0};

	start(test, 40, &late);
	start(test, 5, &soon);
	assert_int_equal(loop_run(test->loop), 0);
	assert_int_equal(late.calls, 1);
	assert_int_equal(soon.calls, 1);
	assert_true(soon.at_us < late.at_us);
}

static void test_cancel(void **state)
{
	struct loop_test *test = *state;

	deadline_cancel(NULL);
	for (unsigned turns = 0; turns <= 3; turns++) {
		struct watched watched = {0};

		start(test, 600000, &watched);
		for (unsigned i = 0; i < turns; i++)
			assert_true(loop_turn(test->loop, false));
		deadline_cancel(watched.deadline);
		assert_int_equal(loop_run(test->loop), 0); /* comes back at once */
		assert_int_equal(watched.calls, 0);
	}
}

static void test_cancel_before_first_turn_of_due(void **state)
{
	struct loop_test *test = *state;
	struct watched watched = {0};

	start(test, 0, &watched);
	deadline_cancel(watched.deadline);
	assert_int_equal(loop_run(test->loop), 0);
	assert_int_equal(watched.calls, 0);
}

/* Both are due in the same turn: the first one's callback still ends the other. */
static void test_cancel_in_callback_of_another(void **state)
{
	struct loop_test *test = *state;
	struct watched first = {0}, second = {0};

	start(test, 1, &first);
	start(test, 1, &second);
	first.cancel = second.deadline;
	for (uint64_t until = clock_us() + 5000; clock_us() < until;)
		;
	assert_int_equal(loop_run(test->loop), 0);
	assert_int_equal(first.calls, 1);
	assert_int_equal(second.calls, 0);
}

static void test_start_in_callback(void **state)
{
	struct loop_test *test = *state;
	struct watched watched = {.again = test->loop};

	start(test, 1, &watched);
	assert_int_equal(loop_run(test->loop), 0);
	assert_int_equal(watched.calls, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOOP_TEST(test_fires_once),
		LOOP_TEST(test_order),
		LOOP_TEST(test_cancel),
		LOOP_TEST(test_cancel_before_first_turn_of_due),
		LOOP_TEST(test_cancel_in_callback_of_another),
		LOOP_TEST(test_start_in_callback),
	};

	alarm(120); /* a hang is a failure, not a wait */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
