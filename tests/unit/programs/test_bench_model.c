/*
 * What qmvcbench reckons: ways of asking whose figures are worked out by hand, next to the mails that
 * they come from. The sums of a histogram are exact, so nothing here is about.
 */
#include "unit.h"

#include "programs/bench.h"

#include <stdlib.h>

#define CLEAN(time) \
	{ \
		.us = (time), .says = BENCH_CLEAN \
	}
#define FOUND(time) \
	{ \
		.us = (time), .says = BENCH_FOUND \
	}
#define NO_ANSWER(time) \
	{ \
		.us = (time), .says = BENCH_NO_ANSWER \
	}
#define UNKNOWN(time) \
	{ \
		.us = (time), .says = BENCH_UNKNOWN \
	}
#define SKIPPED \
	{ \
		.says = BENCH_SKIPPED \
	}

static void fill(struct bench_data *data, const char *initials, const struct bench_mail *mails,
	unsigned count)
{
	*data = (struct bench_data){.scanner_count = 0};
	for (unsigned i = 0; initials[i]; i++)
		assert_int_equal(bench_data_scanner(data, slice_make(initials + i, 1)), i);
	for (unsigned i = 0; i < count; i++)
		assert_int_equal(bench_data_add(data, &mails[i]), 0);
}

/* "ABC", one after the other; "" at once. */
static bool asks(const struct bench_data *data, const struct bench_way *way, const char *order)
{
	if (way->sequential != (*order != '\0'))
		return false;
	for (unsigned i = 0; order[i]; i++)
		if (data->scanners[way->order[i]].initial[0] != order[i])
			return false;
	return true;
}

static const struct bench_way *way_of(const struct bench_data *data, const struct bench_ways *ways,
	const char *order, bool quitasap)
{
	for (unsigned i = 0; i < ways->count; i++)
		if (ways->list[i].quitasap == quitasap && asks(data, &ways->list[i], order))
			return &ways->list[i];
	fail_msg("no way \"%s\", quitasap %d", order, quitasap);
	abort(); /* fail_msg() does not return, which the compiler is not told */
}

/* --- every way ------------------------------------------------------------- */

/* The scanners are A, B, C. */
static const struct bench_mail mails[] = {
	{1000, {CLEAN(4000), CLEAN(2000), CLEAN(6000)}},
	{1000, {CLEAN(4000), FOUND(3000), FOUND(5000)}},
	{500, {NO_ANSWER(9000), SKIPPED, FOUND(1000)}},
};

static void test_every_way(void **state)
{
	static const struct {
		const char *order;
		bool quitasap;
		unsigned delay[3], busy, started;
	} expected[] = {
		/* At once the longest; with quitasap the shortest that finds something. */
		{"", false, {1000 + 6000, 1000 + 5000, 500 + 9000}, 12000 + 12000 + 10000, 8},
		{"", true, {1000 + 6000, 1000 + 3000, 500 + 1000}, 12000 + 3 * 3000 + 2 * 1000, 8},
		/* One after the other all; with quitasap up to the first that finds something. */
		{"ABC", false, {13000, 13000, 10500}, 34000, 8},
		{"CBA", false, {13000, 13000, 10500}, 34000, 8},
		{"ABC", true, {13000, 1000 + 4000 + 3000, 500 + 9000 + 1000}, 29000, 7},
		{"ACB", true, {13000, 1000 + 4000 + 5000, 500 + 9000 + 1000}, 31000, 7},
		{"BAC", true, {13000, 1000 + 3000, 500 + 9000 + 1000}, 25000, 6},
		{"BCA", true, {13000, 1000 + 3000, 500 + 1000}, 16000, 5},
		{"CAB", true, {13000, 1000 + 5000, 500 + 1000}, 18000, 5},
		{"CBA", true, {13000, 1000 + 5000, 500 + 1000}, 18000, 5},
	};
	struct bench_data data;
	struct bench_ways ways;

	fill(&data, "ABC", mails, 3);
	bench_data_complete(&data);
	assert_int_equal(bench_ways_reckon(&data, &ways), 0);
	assert_int_equal(ways.count, 2 + 2 * 6);
	for (unsigned i = 0; i < sizeof(expected) / sizeof(*expected); i++) {
		const unsigned *delay = expected[i].delay;
		const struct bench_way *way =
			way_of(&data, &ways, expected[i].order, expected[i].quitasap);

		assert_int_equal(way->mails, 3);
		assert_int_equal(way->delay.count, 3);
		assert_int_equal(way->delay.sum, delay[0] + delay[1] + delay[2]);
		assert_int_equal(way->busy_us, expected[i].busy);
		assert_int_equal(way->started, expected[i].started);
		assert_int_equal(way->caught, 2);
	}
	bench_ways_release(&ways);
	bench_data_release(&data);
}

/* 4166 us at once, with quitasap 6166 at best one after the other: more than a tenth more. */
static void test_sorted_and_chosen(void **state)
{
	struct bench_data data;
	struct bench_ways ways;

	fill(&data, "ABC", mails, 3);
	bench_data_complete(&data);
	assert_int_equal(bench_ways_reckon(&data, &ways), 0);
	for (unsigned i = 1; i < ways.count; i++)
		assert_true(bench_mean(&ways.list[i - 1].delay) <= bench_mean(&ways.list[i].delay));
	assert_ptr_equal(&ways.list[ways.best], way_of(&data, &ways, "", true));
	assert_ptr_equal(&ways.list[ways.best_at_once], way_of(&data, &ways, "", true));
	assert_ptr_equal(&ways.list[ways.best_sequential], way_of(&data, &ways, "BCA", true));
	assert_int_equal(bench_mean(&ways.list[ways.best].delay), 12500 / 3);
	assert_int_equal(bench_mean(&ways.list[ways.best_sequential].delay), 18500 / 3);
	/* CAB and CBA take as long: the one that comes first by the file stays in front. */
	assert_true(way_of(&data, &ways, "CAB", true) < way_of(&data, &ways, "CBA", true));
	bench_ways_release(&ways);
	bench_data_release(&data);
}

/* 10 ms at once: one after the other at 11 ms is no more than a tenth slower, a microsecond more is. */
static void test_a_tenth(void **state)
{
	for (unsigned more = 0; more < 2; more++) {
		const struct bench_mail mail = {0, {CLEAN(10000), CLEAN(1000 + more)}};
		struct bench_data data;
		struct bench_ways ways;

		fill(&data, "AB", &mail, 1);
		bench_data_complete(&data);
		assert_int_equal(bench_ways_reckon(&data, &ways), 0);
		assert_true(asks(&data, &ways.list[ways.best], more ? "" : "AB"));
		assert_true(ways.list[ways.best].quitasap);
		bench_ways_release(&ways);
		bench_data_release(&data);
	}
}

/* Where no way has quitasap, as when the action does not stop the mail, the first stands for all. */
static void test_choose_without_quitasap(void **state)
{
	struct bench_way list[2] = {{.sequential = true}, {.sequential = false}};
	struct bench_ways ways = {.list = list, .count = 2};

	histogram_add(&list[0].delay, 20);
	histogram_add(&list[1].delay, 10);
	bench_ways_choose(&ways);
	assert_int_equal(ways.best, 0);
	assert_false(list[0].sequential);
	assert_int_equal(ways.best_at_once, 0);
	assert_int_equal(ways.best_sequential, 0);
}

static void test_one_scanner(void **state)
{
	const struct bench_mail one[] = {{100, {FOUND(700)}}, {200, {CLEAN(300)}}};
	struct bench_way sequential = {.sequential = true, .quitasap = true};
	struct bench_data data;
	struct bench_ways ways;

	fill(&data, "A", one, 2);
	bench_data_complete(&data);
	assert_int_equal(bench_ways_reckon(&data, &ways), 0);
	assert_int_equal(ways.count, 2);
	assert_true(ways.list[ways.best].quitasap);
	assert_int_equal(ways.list[ways.best].delay.sum, 800 + 500);
	assert_true(bench_way_is(&data, &ways.list[ways.best], &sequential));
	sequential.quitasap = false;
	assert_false(bench_way_is(&data, &ways.list[ways.best], &sequential));
	bench_ways_release(&ways);
	bench_data_release(&data);
}

static void test_same_way(void **state)
{
	const struct bench_way ab = {.order = {0, 1}, .sequential = true},
			       ba = {.order = {1, 0}, .sequential = true},
			       at_once = {.order = {0, 1}}, turned = {.order = {1, 0}};
	struct bench_data data;

	fill(&data, "AB", NULL, 0);
	assert_true(bench_way_is(&data, &ab, &ab));
	assert_false(bench_way_is(&data, &ab, &ba));
	assert_false(bench_way_is(&data, &ab, &at_once));
	assert_true(bench_way_is(&data, &at_once, &turned));
}

/* --- what is not known ------------------------------------------------------ */

/*
 * Of S a short answer and a long one are known. Cancelled after 10 ms it would have taken the long
 * one's time; after 60 ms, longer than any, that; and as an answer it is clean.
 */
static void test_lower_bounds(void **state)
{
	const struct bench_mail cut[] = {
		{0, {FOUND(10000), UNKNOWN(10000)}},
		{0, {FOUND(60000), UNKNOWN(60000)}},
		{0, {CLEAN(2000), CLEAN(1000)}},
		{0, {CLEAN(2000), CLEAN(50000)}},
	};
	struct bench_data data;
	struct bench_ways ways;

	fill(&data, "AS", cut, 4);
	bench_data_complete(&data);
	assert_int_equal(data.guessed, 2);
	assert_int_equal(data.scanners[1].unknown, 2);
	assert_int_equal(data.scanners[1].latency.count, 2);
	assert_int_equal(data.mails[0].scans[1].us, 50000);
	assert_int_equal(data.mails[1].scans[1].us, 60000);
	assert_int_equal(data.mails[0].scans[1].says, BENCH_UNKNOWN);
	assert_int_equal(bench_ways_reckon(&data, &ways), 0);
	/* S in front of A: its whole time, and then A finds it. */
	assert_int_equal(way_of(&data, &ways, "SA", true)->delay.sum,
		50000 + 10000 + 60000 + 60000 + 3000 + 52000);
	assert_int_equal(way_of(&data, &ways, "SA", true)->caught, 2);
	/* A in front, or both at once with quitasap: as long as it was then. */
	assert_int_equal(way_of(&data, &ways, "AS", true)->delay.sum, 10000 + 60000 + 3000 + 52000);
	assert_int_equal(way_of(&data, &ways, "", true)->delay.sum, 10000 + 60000 + 2000 + 50000);
	assert_int_equal(
		way_of(&data, &ways, "", true)->busy_us, 2 * 10000 + 2 * 60000 + 3000 + 52000);
	assert_int_equal(way_of(&data, &ways, "", false)->delay.sum, 50000 + 60000 + 2000 + 50000);
	bench_ways_release(&ways);
	bench_data_release(&data);
}

/* One that was not asked is given the only time there is; many of them do not draw from each other. */
static void test_not_asked(void **state)
{
	struct bench_mail list[40] = {{0, {FOUND(1), CLEAN(777)}}};
	struct bench_data data;

	for (unsigned i = 1; i < 40; i++)
		list[i] = (struct bench_mail){0, {FOUND(1), UNKNOWN(0)}};
	fill(&data, "AS", list, 40);
	bench_data_complete(&data);
	assert_int_equal(data.guessed, 39);
	assert_int_equal(data.scanners[1].latency.sum, 777);
	for (unsigned i = 0; i < 40; i++)
		assert_int_equal(data.mails[i].scans[1].us,
			histogram_quantile(&data.scanners[1].latency, 500));
	bench_data_release(&data);
}

/* A scanner without any answer has no time to draw: it is named, and the others keep their answers. */
static void test_silent(void **state)
{
	const struct bench_mail some[] = {
		{0, {CLEAN(1000), UNKNOWN(5), FOUND(3000)}},
		{0, {CLEAN(2000), SKIPPED, CLEAN(4000)}},
	};
	struct bench_data data;

	fill(&data, "AXB", some, 2);
	bench_data_complete(&data);
	assert_int_equal(data.scanner_count, 2);
	assert_int_equal(data.silent_count, 1);
	assert_string_equal(data.silent[0], "X");
	assert_string_equal(data.scanners[1].initial, "B");
	assert_int_equal(data.scanners[1].found, 1);
	assert_int_equal(data.mails[0].scans[1].us, 3000);
	assert_int_equal(data.mails[0].scans[1].says, BENCH_FOUND);
	assert_int_equal(data.mails[1].scans[1].us, 4000);
	assert_int_equal(data.guessed, 0);
	bench_data_release(&data);
}

/* --- what is counted -------------------------------------------------------- */

static void test_counts(void **state)
{
	const struct bench_mail some[] = {
		{0, {FOUND(1), CLEAN(10)}},	/* A alone */
		{0, {FOUND(2), FOUND(20)}},	/* both */
		{0, {FOUND(3), NO_ANSWER(30)}}, /* nobody said clean: not alone */
		{0, {CLEAN(4), UNKNOWN(0)}},
		{0, {CLEAN(5), SKIPPED}},
	};
	struct bench_data data;

	fill(&data, "AB", some, 5);
	bench_data_complete(&data);
	assert_int_equal(data.scanners[0].found, 3);
	assert_int_equal(data.scanners[0].only, 1);
	assert_int_equal(data.scanners[0].no_answer, 0);
	assert_int_equal(data.scanners[0].latency.sum, 1 + 2 + 3 + 4 + 5);
	assert_int_equal(data.scanners[1].found, 1);
	assert_int_equal(data.scanners[1].only, 0);
	assert_int_equal(data.scanners[1].no_answer, 1);
	assert_int_equal(data.scanners[1].unknown, 1);
	assert_int_equal(data.scanners[1].latency.count, 3);
	assert_int_equal(data.scanners[1].latency.sum, 10 + 20 + 30);
	bench_data_release(&data);
}

/* Two of three: none of them alone. */
static void test_not_alone(void **state)
{
	const struct bench_mail mail = {0, {FOUND(1), FOUND(1), CLEAN(1)}};
	struct bench_data data;

	fill(&data, "ABC", &mail, 1);
	bench_data_complete(&data);
	assert_int_equal(data.scanners[0].found, 1);
	assert_int_equal(data.scanners[0].only, 0);
	bench_data_release(&data);
}

static void test_scanners(void **state)
{
	struct bench_data data = {.scanner_count = 0};

	assert_int_equal(bench_data_scanner(&data, SLICE_EMPTY), -1);
	assert_int_equal(bench_data_scanner(&data, slice_cstr("EIGHTCHR")), -1);
	assert_int_equal(bench_data_scanner(&data, slice_cstr("SEVENCH")), 0);
	assert_int_equal(bench_data_scanner(&data, slice_cstr("B")), 1);
	assert_int_equal(bench_data_scanner(&data, slice_cstr("SEVENCH")), 0);
	assert_int_equal(bench_data_scanner(&data, slice_cstr("C")), 2);
	assert_int_equal(bench_data_scanner(&data, slice_cstr("D")), 3);
	assert_int_equal(bench_data_scanner(&data, slice_cstr("E")), -1);
	data.scanner_count = 2;
	data.is_list = true;
	assert_int_equal(bench_data_scanner(&data, slice_cstr("E")), -1);
	assert_int_equal(bench_data_scanner(&data, slice_cstr("B")), 1);
}

/* Of twice as many as there is room for about half of the later ones get in, and nothing grows. */
static void test_sample(void **state)
{
	struct bench_data data = {.scanner_count = 0};
	unsigned late = 0;

	for (unsigned i = 0; i < 2 * BENCH_MAILS; i++) {
		const struct bench_mail mail = {.other_us = i >= BENCH_MAILS};

		assert_int_equal(bench_data_add(&data, &mail), 0);
	}
	assert_int_equal(data.mail_count, BENCH_MAILS);
	assert_int_equal(data.mail_room, BENCH_MAILS);
	assert_int_equal(data.seen, 2 * BENCH_MAILS);
	for (unsigned i = 0; i < data.mail_count; i++)
		late += data.mails[i].other_us;
	/* Mean 50,000, standard deviation 112 (hypergeometric). */
	assert_in_range(late, 49400, 50600);
	bench_data_release(&data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_way),
		cmocka_unit_test(test_sorted_and_chosen),
		cmocka_unit_test(test_a_tenth),
		cmocka_unit_test(test_choose_without_quitasap),
		cmocka_unit_test(test_one_scanner),
		cmocka_unit_test(test_same_way),
		cmocka_unit_test(test_lower_bounds),
		cmocka_unit_test(test_not_asked),
		cmocka_unit_test(test_silent),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_not_alone),
		cmocka_unit_test(test_scanners),
		cmocka_unit_test(test_sample),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
