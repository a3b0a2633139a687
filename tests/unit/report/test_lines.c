/* Which mails are kept behind a figure, and that it is bounded how many; the axis they are put on. */
#include "unit.h"

#include "report/day_log.h"
#include "report/lines_page.h"

#include <stdio.h>
#include <stdlib.h>

#define S(text) slice_cstr(text)
#define HOUR_MS (INT64_C(3600) * 1000)
#define DAY_MS	(24 * HOUR_MS)

static const struct log_place place = {"qmvc.log", 1};

static struct log_entry entry(int64_t time_ms, const char *id)
{
	return (struct log_entry){.time_ms = time_ms,
		.id = S(id),
		.sender = S("a@b"),
		.recipient = S("c@d"),
		.size = 100,
		.action = S("pass"),
		.delay_us = 5000};
}

static struct day_log *make(const char *zone, int64_t since_ms, int64_t until_ms)
{
	struct day_log *log;

	setenv("TZ", zone, 1);
	log = day_log_new(since_ms, until_ms);
	assert_non_null(log);
	return log;
}

static void take(struct day_log *log, const struct log_entry *one)
{
	assert_int_equal(day_log_take(log, one, &place), 0);
}

static const struct lines_selection *of(
	const struct day_log *log, enum lines_kind kind, unsigned which)
{
	return lines_of(log->lines, (struct lines_key){kind, which, 0});
}

/* Each mail in its selections, once in memory; the first by time, in whatever order they came. */
static void test_selections(void **state)
{
	struct day_log *log = make("UTC", 0, DAY_MS);
	struct log_entry one = entry(2 * HOUR_MS, "b");
	struct lines_key key = {0};
	unsigned in = 0;

	one.action = S("keep");
	one.met = S("errors,virus");
	one.errors = 5;
	one.scans[0] = (struct log_scan){
		.initial = S("C"), .verdict = S("infected"), .virus = slice_make("Ei\0car", 6)};
	one.scans[1] = (struct log_scan){.initial = S("F"), .verdict = S("clean")};
	one.scan_count = 2;
	take(log, &one);
	one.id = S("a");
	take(log, &one);
	one.time_ms = HOUR_MS;
	one.id = S("c");
	take(log, &one);
	do {
		const struct lines_selection *selection = lines_of(log->lines, key);

		assert_int_equal(selection->count, selection->kept);
		in += selection->kept == 3;
		assert_true(selection->kept == 0 || selection->kept == 3 || key.kind == LINES_SLOT);
	} while (lines_next(&key));
	/* all, stopped, infected, disagreed, biggest, slowest; the action; two conditions; two codes;
	 * two verdicts; alone; missed; the delay */
	assert_int_equal(in, 16);
	assert_int_equal(of(log, LINES_SLOT, 1)->kept, 1);
	assert_int_equal(of(log, LINES_SLOT, 2)->kept, 2);
	assert_int_equal(of(log, LINES_ALL, 0)->list[0]->owners, 17);
	assert_slice(line_text(of(log, LINES_ALL, 0)->list[0], LINE_ID), "c");
	assert_slice(line_text(of(log, LINES_ALL, 0)->list[1], LINE_ID), "a");
	assert_slice(line_text(of(log, LINES_ALL, 0)->list[2], LINE_ID), "b");
	assert_true(slice_eq(line_text(of(log, LINES_ALL, 0)->list[2], LINE_SCANS),
		slice_make("C infected (Ei\0car), F clean", 28)));
	day_log_free(log);
}

static void check_kept(const struct day_log *log, enum lines_kind kind, unsigned which,
	enum tally_verdict verdict, unsigned kept)
{
	const struct lines_selection *selection =
		lines_of(log->lines, (struct lines_key){kind, which, verdict});

	assert_int_equal(selection->count, 1000);
	assert_int_equal(selection->kept, kept);
}

static void test_first_are_kept(void **state)
{
	struct day_log *log = make("UTC", 0, DAY_MS);

	/* 7919 and 2000 have no divisor in common: each time once, in no order. */
	for (unsigned i = 0; i < 2000; i++) {
		struct log_entry one = entry(i * 7919 % 2000, "id");

		one.size = one.delay_us = (uint64_t)one.time_ms;
		if (one.time_ms % 2)
			one.action = S("keep");
		one.scans[0] = (struct log_scan){
			.initial = S("C"), .verdict = S(one.time_ms % 2 ? "infected" : "clean")};
		one.scan_count = 1;
		take(log, &one);
	}
	assert_int_equal(of(log, LINES_ALL, 0)->count, 2000);
	assert_int_equal(of(log, LINES_SLOT, 0)->kept, LINES_KEPT);
	assert_int_equal(of(log, LINES_INFECTED, 0)->kept, LINES_KEPT);
	check_kept(log, LINES_ACTION, TALLY_KEEP, 0, LINES_KEPT);
	check_kept(log, LINES_VERDICT, 0, TALLY_INFECTED, LINES_KEPT);
	check_kept(log, LINES_ACTION, TALLY_PASS, 0, LINES_FEW);
	check_kept(log, LINES_VERDICT, 0, TALLY_CLEAN, LINES_FEW);
	assert_int_equal(of(log, LINES_ALL, 0)->kept, LINES_FEW);
	assert_int_equal(of(log, LINES_SLOWEST, 0)->kept, LINES_FEW);
	for (unsigned i = 0; i < LINES_KEPT; i++)
		assert_int_equal(of(log, LINES_SLOT, 0)->list[i]->time_ms, i);
	for (unsigned i = 0; i < LINES_FEW; i++) {
		assert_int_equal(of(log, LINES_BIGGEST, 0)->list[i]->size, 1999 - i);
		assert_int_equal(of(log, LINES_SLOWEST, 0)->list[i]->delay_us, 1999 - i);
	}
	day_log_free(log);
}

/* However long the texts and however many the selections, LINES_BYTES are not exceeded by much. */
static void test_bounded(void **state)
{
	struct day_log *log = make("UTC", 0, 300 * DAY_MS);
	static char text[4000];
	struct lines_key key = {0};
	size_t bytes = 0;
	uint64_t count = 0;

	memset(text, 'x', sizeof(text));
	for (unsigned i = 0; i < 20000; i++) {
		struct log_entry one = entry(i % 300 * DAY_MS + i, "id");

		one.sender = one.recipient = one.subject = one.error =
			slice_make(text, sizeof(text));
		one.size = i;
		take(log, &one);
	}
	do {
		const struct lines_selection *selection = lines_of(log->lines, key);

		for (unsigned i = 0; i < selection->kept; i++)
			bytes += (sizeof(struct line) + selection->list[i]->ends[LINE_TEXTS - 1]) /
				 selection->list[i]->owners;
		count += key.kind == LINES_SLOT ? selection->count : 0;
		assert_true(selection->kept <= LINES_KEPT);
	} while (lines_next(&key));
	assert_in_range(bytes, LINES_BYTES / 2, LINES_BYTES + LINES_BYTES / 8);
	assert_int_equal(count, 20000);
	/* The biggest came last, and are there all the same. */
	assert_int_equal(of(log, LINES_BIGGEST, 0)->list[0]->size, 19999);
	day_log_free(log);
}

/* How many places the axis of a day has, and that nothing is between them. */
static void check_axis(const char *zone, int64_t since_ms, int64_t until_ms, unsigned slots)
{
	struct day_log *log = make(zone, since_ms, until_ms);

	assert_int_equal(log->slot_count, slots);
	assert_int_equal(log->slots[0].since_ms, since_ms);
	assert_int_equal(log->slots[slots - 1].until_ms, until_ms);
	for (unsigned i = 1; i < slots; i++)
		assert_int_equal(log->slots[i].since_ms, log->slots[i - 1].until_ms);
	for (unsigned i = 0; i < slots; i++) {
		struct log_entry first = entry(log->slots[i].since_ms, "f");
		struct log_entry last = entry(log->slots[i].until_ms - 1, "l");

		take(log, &last);
		take(log, &first);
		assert_int_equal(log->slots[i].passed, 2);
		assert_int_equal(of(log, LINES_SLOT, i)->kept, 2);
	}
	day_log_free(log);
}

static void test_axis(void **state)
{
	const int64_t spring = INT64_C(1774738800000);	  /* 2026-03-29 00:00 in Berlin */
	const int64_t autumn = INT64_C(1792879200000);	  /* 2026-10-25 00:00 in Berlin */
	const int64_t lord_howe = INT64_C(1775307600000); /* 2026-04-05 00:00, UTC+11 */
	const int64_t troll = INT64_C(1792879200000);	  /* 2026-10-25 00:00, UTC+2, then UTC */

	check_axis("UTC", 0, DAY_MS, 24);
	check_axis("Europe/Berlin", spring, spring + 23 * HOUR_MS, 23);
	check_axis("Europe/Berlin", autumn, autumn + 25 * HOUR_MS, 24);
	check_axis("Australia/Lord_Howe", lord_howe, lord_howe + 49 * HOUR_MS / 2, 24);
	check_axis("Antarctica/Troll", troll, troll + 26 * HOUR_MS, 26);
	check_axis("UTC", HOUR_MS / 3, DAY_MS + HOUR_MS / 3, 25);
	check_axis("UTC", 0, 10 * DAY_MS, 10);
	check_axis("Europe/Berlin", autumn, autumn + 25 * HOUR_MS + 9 * DAY_MS, 10);
}

/* Of more days than there are places the last are shown; the others are counted all the same. */
static void test_long_period(void **state)
{
	struct day_log *log = make("UTC", 0, 1000 * DAY_MS);
	struct log_entry one = entry(5, "old");

	assert_int_equal(log->slot_count, LINES_SLOTS);
	assert_true(log->cut);
	assert_int_equal(log->slots[LINES_SLOTS - 1].day, 999);
	take(log, &one);
	one.time_ms = 1000 * DAY_MS - 1;
	take(log, &one);
	assert_int_equal(log->tally->total.mails, 2);
	assert_int_equal(log->slots[LINES_SLOTS - 1].passed, 1);
	day_log_free(log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_selections),
		cmocka_unit_test(test_first_are_kept),
		cmocka_unit_test(test_bounded),
		cmocka_unit_test(test_axis),
		cmocka_unit_test(test_long_period),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
