/* What an entry of qmvc.log tells qmvcbench: what each scanner said, and what else took time. */
#include "unit.h"

#include "programs/bench_log.h"

#define VERDICT(word, us) \
	{ \
		.verdict = slice_cstr(word), .latency_us = (us) \
	}

/* Reads an entry of scanners A, B, ...; returns whether it counts. */
static bool read_entry(struct log_entry *entry, struct bench_mail *mail)
{
	struct bench_data data = {.scanner_count = 0};

	for (unsigned i = 0; i < entry->scan_count; i++)
		entry->scans[i].initial = slice_make(&"ABCDE"[i], 1);
	return bench_read_entry(&data, entry, mail);
}

static void test_verdicts(void **state)
{
	const struct {
		struct log_scan scan;
		const char *other; /* what another one said */
		enum bench_says says;
	} cases[] = {
		{VERDICT("clean", 5), "clean", BENCH_CLEAN},
		{VERDICT("clean", 0), "clean", BENCH_CLEAN},
		{VERDICT("infected", 5), "clean", BENCH_FOUND},
		{VERDICT("suspicious", 5), "clean", BENCH_FOUND},
		{VERDICT("timeout", 5), "clean", BENCH_NO_ANSWER},
		{VERDICT("error", 5), "clean", BENCH_NO_ANSWER},
		{VERDICT("limit", 5), "clean", BENCH_NO_ANSWER},
		{VERDICT("encrypted", 5), "clean", BENCH_NO_ANSWER},
		{VERDICT("of a later release", 5), "clean", BENCH_NO_ANSWER},
		/* Without any time it was not asked. */
		{VERDICT("error", 0), "clean", BENCH_UNKNOWN},
		{VERDICT("cancelled", 5), "infected", BENCH_UNKNOWN},
		{VERDICT("cancelled", 5), "clean", BENCH_UNKNOWN},
		/* There was nothing for it to do, or another one had found something. */
		{VERDICT("skipped", 0), "clean", BENCH_SKIPPED},
		{VERDICT("skipped", 0), "infected", BENCH_UNKNOWN},
		{VERDICT("skipped", 0), "suspicious", BENCH_UNKNOWN},
		{{.verdict = slice_cstr("error"), .latency_us = 5, .breaker = slice_cstr("left")},
			"clean", BENCH_UNKNOWN},
		{{.verdict = slice_cstr("error"), .latency_us = 5, .breaker = slice_cstr("opened")},
			"clean", BENCH_NO_ANSWER},
	};

	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct log_entry entry = {
			.scan_count = 2, .scans = {cases[i].scan, VERDICT(cases[i].other, 9)}};
		struct bench_mail mail;

		assert_true(read_entry(&entry, &mail));
		assert_int_equal(mail.scans[0].says, cases[i].says);
		assert_int_equal(mail.scans[0].us, cases[i].scan.latency_us);
	}
}

/* A mail counts when one of its scanners answered. */
static void test_mails_that_count(void **state)
{
	struct log_entry skipped = {.scan_count = 1, .scans = {VERDICT("skipped", 0)}},
			 cut = {.scan_count = 2,
				 .scans = {VERDICT("cancelled", 7), VERDICT("error", 0)}},
			 failed = {.scan_count = 1, .scans = {VERDICT("timeout", 7)}},
			 none = {.scan_count = 0};
	struct bench_mail mail;

	assert_false(read_entry(&skipped, &mail));
	assert_false(read_entry(&cut, &mail));
	assert_false(read_entry(&none, &mail));
	assert_true(read_entry(&failed, &mail));
}

/* Delay less the end of the last scanner, of those that were asked; never less than nothing. */
static void test_other_time(void **state)
{
	struct log_entry entry = {.delay_us = 100,
		.scan_count = 3,
		.scans = {VERDICT("clean", 30), VERDICT("clean", 20), VERDICT("skipped", 0)}};
	struct bench_mail mail;

	entry.scans[1].wait_us = 30;
	entry.scans[2].wait_us = 90;
	assert_true(read_entry(&entry, &mail));
	assert_int_equal(mail.other_us, 100 - 50);
	entry.delay_us = 40;
	assert_true(read_entry(&entry, &mail));
	assert_int_equal(mail.other_us, 0);
	entry.delay_us = UINT64_MAX;
	entry.scans[0].latency_us = UINT64_MAX / 2;
	assert_true(read_entry(&entry, &mail));
	assert_int_equal(mail.other_us, UINT32_MAX);
	assert_int_equal(mail.scans[0].us, UINT32_MAX);
}

/* A fifth scanner, of another time, has no place; what it says is counted as left out. */
static void test_fifth(void **state)
{
	struct bench_data data = {.scanner_count = 0};
	struct log_entry entry = {.scan_count = 1};
	struct bench_mail mail;

	for (unsigned i = 0; i < 5; i++) {
		entry.scans[0] = (struct log_scan)VERDICT("clean", 10 + i);
		entry.scans[0].initial = slice_make(&"ABCDE"[i], 1);
		assert_int_equal(bench_read_entry(&data, &entry, &mail), i < 4);
		assert_int_equal(mail.scans[i % 4].us, i < 4 ? 10 + i : 0);
	}
	assert_int_equal(data.scanner_count, 4);
	assert_int_equal(data.left_out, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_mails_that_count),
		cmocka_unit_test(test_other_time),
		cmocka_unit_test(test_fifth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
