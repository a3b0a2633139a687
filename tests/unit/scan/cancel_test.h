/*
 * Cancelling a scan after every turn of the loop: it ends once, with nothing left behind. Include
 * after "scan_test.h".
 */
#ifndef QMVC_TESTS_CANCEL_TEST_H
#define QMVC_TESTS_CANCEL_TEST_H

struct ended {
	bool done;
	enum verdict verdict;
};

static inline void note_end(struct scan_task *task, const struct scan_result *result, void *context)
{
	struct ended *ended = context;

	(void)task;
	assert_false(ended->done);
	ended->done = true;
	ended->verdict = result->verdict;
}

/* Returns whether it was cancelled: false when the scan had ended before. */
static inline bool cancel_after(
	struct scan_test *test, const struct scanner_config *config, int turns)
{
	const struct scanner_backend *backend = scanner_backend(config->kind);
	struct ended ended = {0};
	struct scan_task *task;
	struct error error = {0};
	bool cancelled;

	assert_int_equal(
		backend->start(&test->request, config, note_end, &ended, &task, &error), 0);
	assert_false(ended.done);
	for (int i = 0; i < turns && !ended.done; i++)
		loop_turn(test->loop->loop, true);
	cancelled = !ended.done;
	if (cancelled) {
		backend->cancel(task);
		assert_false(ended.done);
		backend->cancel(task);
	}
	assert_int_equal(loop_run(test->loop->loop), 0);
	assert_true(ended.done);
	assert_false(loop_test_has_children());
	return cancelled;
}

/*
 * Cancels after 0, 1, 2, ... turns until the scan has ended before; each time nothing may stay open.
 * `around`, when given, is called before each scan with true and after it with false.
 */
static inline void cancel_after_each_turn(struct scan_test *test, const struct scanner_config *config,
	void (*around)(struct scan_test *test, bool begins))
{
	bool cancelled = true;
	int turns = 0;

	for (; cancelled; turns++) {
		unsigned fds = loop_test_count_fds();

		if (around)
			around(test, true);
		cancelled = cancel_after(test, config, turns);
		if (around)
			around(test, false);
		assert_int_equal(loop_test_count_fds(), fds);
		assert_true(turns < 5000);
	}
	assert_true(turns > 1); /* it was not over at once */
}

#endif
