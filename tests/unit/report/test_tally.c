/* What entries add up to, where the places end; the figures at large are checked by e2e_qmvcstat. */
#include "unit.h"

#include "report/tally.h"

#include <stdio.h>
#include <stdlib.h>

#define DAY_MS (INT64_C(24) * 3600 * 1000)

static const struct log_place place = {"qmvc.log", 1};

static struct slice S(const char *text) {
	return slice_cstr(text);
}

static struct log_entry
entry(int64_t time_ms)
{
	return (struct log_entry){.time_ms = time_ms,
		.id = S("id"),
		.sender = S("a@b"),
		.recipient = S("c@d"),
		.size = 100,
		.action = S("pass"),
		.delay_us = 5000};
}

static struct tally *make(void)
{
	struct tally *tally;

	setenv("TZ", "UTC", 1);
	tally = tally_new(0, INT64_MAX);
	assert_non_null(tally);
	return tally;
}

static void take(struct tally *tally, const struct log_entry *one)
{
	assert_int_equal(tally_take(tally, one, &place), 0);
}

static void test_words(void **state)
{
	struct tally *tally = make();
	struct log_entry one = entry(1000);

	one.met = S("virus,filename,virus,,new");
	one.action = S("keep");
	one.errors = 130;
	take(tally, &one);
	one.met = SLICE_EMPTY;
	one.errors = 0;
	one.action = S("teleport");
	take(tally, &one);
	assert_int_equal(tally->total.met[CONDITION_VIRUS], 1);
	assert_int_equal(tally->total.met[CONDITION_FILENAME], 1);
	assert_int_equal(tally->total.met[CONDITION_COUNT], 1);
	assert_int_equal(tally->total.codes[1], 1);
	assert_int_equal(tally->total.codes[7], 1);
	assert_int_equal(tally->total.codes[0], 0);
	assert_int_equal(tally->total.actions[TALLY_KEEP], 1);
	assert_int_equal(tally->total.actions[TALLY_OTHER], 1);
	assert_int_equal(tally->total.stopped, 1);
	assert_string_equal(tally_action_name(TALLY_INSPECT), "inspect");
	tally_free(tally);
}

/* The verdicts of the first two scanners, and who is said to have found alone, and missed. */
static void check_pair(const char *c, const char *f, unsigned unique, unsigned missed)
{
	struct tally *tally = make();
	struct log_entry one = entry(1000);

	one.scans[0] = (struct log_scan){.initial = S("C"), .verdict = S(c)};
	one.scans[1] = (struct log_scan){.initial = S("F"), .verdict = S(f)};
	one.scan_count = 2;
	take(tally, &one);
	assert_int_equal(tally->scanners[0]->unique, unique);
	assert_int_equal(tally->scanners[1]->missed, missed);
	assert_int_equal(tally->total.disagreed, missed);
	tally_free(tally);
}

static void test_opinions(void **state)
{
	check_pair("infected", "clean", 1, 1);
	check_pair("suspicious", "clean", 1, 1);
	check_pair("infected", "infected", 0, 0);
	check_pair("infected", "suspicious", 0, 0);
	check_pair("infected", "timeout", 0, 0);
	check_pair("infected", "cancelled", 0, 0);
	check_pair("infected", "hopeful", 0, 0);
	check_pair("clean", "clean", 0, 0);
	check_pair("encrypted", "clean", 0, 0);
}

/* Who named what, and what was seen of a mail. */
static void test_hits(void **state)
{
	struct tally *tally = make();
	struct log_entry one = entry(1000);
	const struct top_name *best[2];
	struct tally_seen seen;

	one.scans[0] = (struct log_scan){
		.initial = S("C"), .verdict = S("infected"), .virus = S("Eicar")};
	one.scans[1] = (struct log_scan){.initial = S("F"), .verdict = S("clean")};
	one.scan_count = 2;
	one.action = S("keep");
	assert_int_equal(tally_take_seen(tally, &one, &place, &seen), 0);
	assert_int_equal(seen.action, TALLY_KEEP);
	assert_int_equal(seen.scan_count, 2);
	assert_true(seen.scans[0].unique && !seen.scans[0].missed);
	assert_true(!seen.scans[1].unique && seen.scans[1].missed);
	assert_int_equal(seen.scans[1].scanner, 1);
	assert_int_equal(seen.counts.disagreed, 1);
	one.scans[0].verdict = S("clean"); /* a name without a finding is none */
	take(tally, &one);
	assert_int_equal(top_best(&tally->scanners[0]->hits, best, 2), 1);
	assert_int_equal(best[0]->count, 1);
	assert_int_equal(tally->scanners[1]->hits.total, 0);
	one.time_ms = INT64_MAX;
	assert_int_equal(tally_take_seen(tally, &one, &place, &seen), 1);
	tally_free(tally);
}

/* Times of a scanner that was not let finish are not its times. */
static void test_latency(void **state)
{
	static const char *const verdicts[] = {"clean", "skipped", "cancelled", "timeout"};
	struct tally *tally = make();

	for (unsigned i = 0; i < 4; i++) {
		struct log_entry one = entry(1000);

		one.scans[0] = (struct log_scan){.initial = S("C"),
			.verdict = S(verdicts[i]),
			.latency_us = 10 + i,
			.reach_us = 1,
			.send_us = 2,
			.scan_us = 7 + i};
		one.scan_count = 1;
		take(tally, &one);
	}
	assert_int_equal(tally->scanners[0]->mails, 4);
	assert_int_equal(tally->scanners[0]->latency.count, 2);
	assert_int_equal(tally->scanners[0]->latency.sum, 23);
	assert_int_equal(tally->scanners[0]->phases[TALLY_WAITING].sum, 2);
	assert_int_equal(tally->scanners[0]->phases[TALLY_SCANNING].sum, 17);
	tally_free(tally);
}

/* One that was left alone took no time; a word of a newer qmvc is nothing that we count. */
static void test_breaker(void **state)
{
	static const char *const words[] = {"", "opened", "left", "left", "ajar"};
	struct tally *tally = make();

	for (unsigned i = 0; i < 5; i++) {
		struct log_entry one = entry(1000);

		one.scans[0] = (struct log_scan){
			.initial = S("C"), .verdict = S("error"), .breaker = S(words[i])};
		one.scan_count = 1;
		take(tally, &one);
	}
	assert_int_equal(tally->scanners[0]->verdicts[TALLY_ERROR], 5);
	assert_int_equal(tally->scanners[0]->openings, 1);
	assert_int_equal(tally->scanners[0]->left_alone, 2);
	assert_int_equal(tally->scanners[0]->latency.count, 3);
	tally_free(tally);
}

static void test_period(void **state)
{
	struct tally *tally;
	struct log_entry one;

	setenv("TZ", "UTC", 1);
	tally = tally_new(1000, 2000);
	assert_non_null(tally);
	for (int64_t t = 999; t <= 2000; t += t == 1000 ? 999 : 1) {
		one = entry(t);
		take(tally, &one);
	}
	assert_int_equal(tally->total.mails, 2);
	assert_int_equal(tally->first_ms, 1000);
	assert_int_equal(tally->last_ms, 1999);
	tally_free(tally);
}

/* In any order, and more than there are places for. */
static void test_many_days(void **state)
{
	struct tally *tally = make();
	uint64_t sum = 0;

	for (unsigned i = 0; i < TALLY_DAYS + 10; i++) {
		struct log_entry one = entry((int64_t)(i * 7919u % (TALLY_DAYS + 10)) * DAY_MS + 1);

		take(tally, &one);
	}
	assert_int_equal(tally->day_count, TALLY_DAYS);
	assert_int_equal(tally->total.mails, TALLY_DAYS + 10);
	for (unsigned i = 0; i < tally->day_count; i++) {
		assert_true(i == 0 || tally->days[i - 1].day < tally->days[i].day);
		assert_int_equal(tally->days[i].mails[0], 1);
		sum += tally->days[i].counts.mails;
	}
	assert_int_equal(sum, TALLY_DAYS);
	tally_free(tally);
}

static void test_many_scanners_and_stages(void **state)
{
	struct tally *tally = make();

	for (unsigned i = 0; i < 40; i++) {
		struct log_entry one = entry(1000);
		char name[16];

		snprintf(name, sizeof(name), "n%u", i);
		one.scans[0] = (struct log_scan){.initial = S(name), .verdict = S("clean")};
		one.scan_count = 1;
		one.stages[0] = (struct log_stage){S(name), 1};
		one.stage_count = 1;
		take(tally, &one);
	}
	assert_int_equal(tally->scanner_count, TALLY_SCANNERS);
	assert_int_equal(tally->left_out, 40 - TALLY_SCANNERS);
	assert_int_equal(tally->stage_count, LOG_STAGES);
	tally_free(tally);
}

static void test_notable(void **state)
{
	/* Of 0 to 100 each comes once, but for what the hundredth would have been. */
	static const unsigned biggest[] = {100, 99, 98, 97, 96, 95, 94, 93, 92, 91};
	static const unsigned slowest[] = {100, 99, 98, 97, 96, 95, 94, 93, 92, 91};
	struct tally *tally = make();
	char text[400];

	memset(text, 'x', sizeof(text));
	memcpy(text + 155, "\xc3\xa4", 2); /* would be cut in two */
	for (unsigned i = 0; i < 100; i++) {
		struct log_entry one = entry(1000);

		one.size = i * 37 % 101;
		one.delay_us = i * 59 % 101;
		one.subject = slice_make(text, sizeof(text));
		take(tally, &one);
	}
	for (unsigned i = 0; i < TALLY_MAILS; i++) {
		assert_int_equal(tally->biggest.list[i].size, biggest[i]);
		assert_int_equal(tally->slowest.list[i].delay_us, slowest[i]);
	}
	assert_int_equal(tally->biggest.list[0].subject.length, 155);
	assert_slice(tally_slice(&tally->biggest.list[0].file), "qmvc.log");
	tally_free(tally);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_opinions),
		cmocka_unit_test(test_hits),
		cmocka_unit_test(test_latency),
		cmocka_unit_test(test_breaker),
		cmocka_unit_test(test_period),
		cmocka_unit_test(test_many_days),
		cmocka_unit_test(test_many_scanners_and_stages),
		cmocka_unit_test(test_notable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
