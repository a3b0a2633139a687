/* One line of what needs care, over one tally or several, and none when all is well. */
#include "unit.h"

#include "base/cleanup.h"
#include "report/complaint.h"

#include <stdlib.h>

#define S(text) slice_cstr(text)

static const struct log_place place = {"qmvc.log", 1};

static void take(struct complaint *complaint, const char *action, const char *verdict)
{
	struct tally *tally = tally_new(0, INT64_MAX);
	struct log_entry one = {.time_ms = 1000, .id = S("id"), .action = S(action)};

	assert_non_null(tally);
	one.scans[0] = (struct log_scan){.initial = S("C\x1b"), .verdict = S(verdict)};
	one.scan_count = 1;
	assert_int_equal(tally_take(tally, &one, &place), 0);
	complaint_take(complaint, tally);
	tally_free(tally);
}

static void check(const struct complaint *complaint, const char *line)
{
	cleanup_buf struct buf out = {0};

	assert_int_equal(complaint_tell(complaint, "me", &out), *line != 0);
	assert_slice(buf_slice(&out), line);
}

static void test_all_is_well(void **state)
{
	struct complaint complaint = {0};

	check(&complaint, "");
	take(&complaint, "pass", "clean");
	take(&complaint, "keep", "infected");
	check(&complaint, "");
}

static void test_each(void **state)
{
	struct complaint complaint = {0};
	struct log_files files = {.counts = {.failed = 2}};

	take(&complaint, "defer", "clean");
	check(&complaint, "me: 1 of 1 mails deferred\n");
	take(&complaint, "pass", "timeout");
	take(&complaint, "pass", "error");
	take(&complaint, "pass", "error");
	check(&complaint, "me: 1 of 4 mails deferred; scanner C?: 1 timeout, 2 errors\n");
	error_set(&files.failed, 0, "log/qmvc.log.1: the first");
	complaint_take_files(&complaint, &files);
	error_set(&files.failed, 0, "another");
	complaint_take_files(&complaint, &files);
	complaint.deferred = 0;
	complaint.scanner_count = 0;
	complaint.days_kept = 1;
	check(&complaint,
		"me: 4 log files not read: log/qmvc.log.1: the first; 1 day left as counted "
		"before: the logs have fewer mails of it now\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_is_well),
		cmocka_unit_test(test_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
