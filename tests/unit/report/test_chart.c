/* The charts: every number is told, whatever the data, and nothing is drawn where nothing is. */
#include "unit.h"

#include "report/chart.h"

#define S(text) slice_cstr(text)

static const struct chart_series two[] = {
	{SLICE_LITERAL("passed"), TONE_PASSED},
	{SLICE_LITERAL("stopped"), TONE_STOPPED},
};

static unsigned count_of(const struct buf *out, const char *text)
{
	struct slice all = buf_slice(out), needle = S(text);
	unsigned count = 0;

	for (size_t at = slice_find(all, needle, 0); at < all.len;
		at = slice_find(all, needle, at + needle.len))
		count++;
	return count;
}

static void test_bars(void **state)
{
	cleanup_buf struct buf out = {0};
	struct html html = {.out = &out};
	struct chart_slot slots[] = {
		{S("00"), S("00:00 to 01:00"), S("00.html"), SLICE_EMPTY},
		{S("01"), S("01:00 to 02:00"), SLICE_EMPTY, SLICE_EMPTY},
	};
	uint64_t values[] = {1204, 31, 0, 1};
	struct chart chart = {.title = S("Mail"),
		.numbers = S("Numbers"),
		.empty = S("No mail"),
		.slots = slots,
		.slot_count = 2,
		.series = two,
		.series_count = 2,
		.values = values};

	chart_bars(&html, &chart);
	assert_int_equal(html_end(&html), 0);
	assert_int_equal(count_of(&out, "<a href=\"00.html\"><title>00:00 to 01:00: "
					"1\xe2\x80\xaf"
					"204 passed, 31 stopped</title>"),
		1);
	assert_int_equal(
		count_of(&out, "<g><title>01:00 to 02:00: 0 passed, 1 stopped</title>"), 1);
	assert_int_equal(count_of(&out, "<rect class=\"passed\""), 1); /* none for a 0 */
	assert_int_equal(count_of(&out, "<rect class=\"stopped\""), 2);
	assert_int_equal(count_of(&out, "y=\"186\" width=\"38%\" height=\"2\""), 1); /* 1 is seen */
	assert_int_equal(count_of(&out, "role=\"group\" aria-label=\"Mail\""), 1);
	assert_int_equal(count_of(&out, "<td>31</td>"), 1);
}

/* A weekend's ground is one piece; what the title says needs no legend. */
static void test_days_off(void **state)
{
	cleanup_buf struct buf out = {0};
	struct html html = {.out = &out};
	struct chart_slot slots[] = {{.off = true}, {.off = false}, {.off = true}, {.off = true}};
	uint64_t values[] = {1, 1, 1, 1};
	struct chart chart = {.title = S("Mail"),
		.slots = slots,
		.slot_count = 4,
		.series = two,
		.series_count = 1,
		.values = values};

	chart_bars(&html, &chart);
	assert_int_equal(html_end(&html), 0);
	assert_int_equal(count_of(&out, "<rect class=\"off\""), 2);
	assert_int_equal(count_of(&out, "class=\"off\" y=\"8\" width=\"25%\""), 1);
	assert_int_equal(count_of(&out, "class=\"off\" x=\"50%\" y=\"8\" width=\"50%\""), 1);
	assert_int_equal(count_of(&out, "class=\"legend\""), 0);
	chart.series_count = 2;
	chart.slot_count = 2;
	chart_bars(&html, &chart);
	assert_int_equal(count_of(&out, "class=\"legend\""), 1);
}

static void test_nothing(void **state)
{
	cleanup_buf struct buf out = {0};
	struct html html = {.out = &out};
	struct chart_slot slots[2] = {{S("00")}, {S("01")}};
	uint64_t values[4] = {0};
	struct chart chart = {.empty = S("No mail"),
		.slots = slots,
		.slot_count = 2,
		.series = two,
		.series_count = 2,
		.values = values};
	struct chart_bucket bucket = {10, 20, 0};
	struct chart_histogram histogram = {
		.empty = S("No mail"), .buckets = &bucket, .bucket_count = 1};
	struct chart_top top = {.empty = S("No mail")};

	chart_bars(&html, &chart);
	chart_band(&html, &chart);
	chart.slot_count = 0;
	chart_bars(&html, &chart);
	chart_band(&html, &chart);
	chart_histogram(&html, &histogram);
	chart_top(&html, &top);
	assert_int_equal(count_of(&out, "<p class=\"empty\">No mail</p>"), 6);
	assert_int_equal(count_of(&out, "<svg"), 0);
	chart_sparkline(&html, S("trend"), NULL, 0);
	assert_int_equal(html_end(&html), 0);
}

static void test_band_stops_at_gaps(void **state)
{
	cleanup_buf struct buf out = {0};
	struct html html = {.out = &out};
	struct chart_slot slots[5] = {{S("0")}, {S("1")}, {S("2")}, {S("3")}, {S("4")}};
	uint64_t values[] = {10, 100, 100, 1000, 0, 0, 10, 1000, 0, 0};
	struct chart chart = {.unit = FIGURE_TIME,
		.slots = slots,
		.slot_count = 5,
		.series = two,
		.series_count = 2,
		.values = values};

	chart_band(&html, &chart);
	assert_int_equal(html_end(&html), 0);
	assert_int_equal(count_of(&out, "class=\"curve\" d=\"M100 1000L300 500M634 1000h132\""), 1);
	assert_int_equal(count_of(&out, "class=\"band\" d=\"M100 500L300 0L300 500L100 1000Z"
					"M634 1000h132V0h-132Z\""),
		1);
	assert_int_equal(count_of(&out, "class=\"hit\""), 3);
}

/* The sum of the figures in the table. */
static unsigned total_of(const struct buf *out)
{
	struct slice all = buf_slice(out), cell = S("<td>");
	unsigned total = 0;

	for (size_t at = slice_find(all, cell, 0); at < all.len; at = slice_find(all, cell, at)) {
		unsigned number = 0;

		for (at += cell.len; ascii_digit(all.data[at]); at++)
			number = number * 10 + all.data[at] - '0';
		total += number;
	}
	return total;
}

/* Cells of a fine histogram are joined until they can be seen, and none is lost. */
static void test_histogram_joins(void **state)
{
	cleanup_buf struct buf out = {0};
	struct html html = {.out = &out};
	static struct chart_bucket buckets[1000];
	struct chart_histogram histogram = {.title = S("Delay"),
		.numbers = S("Numbers"),
		.unit = FIGURE_COUNT,
		.buckets = buckets,
		.bucket_count = 1000};
	unsigned bars;

	for (unsigned i = 0; i < 1000; i++)
		buckets[i] = (struct chart_bucket){1000 + i * 90, 1090 + i * 90, i % 7 ? 0 : 1};
	chart_histogram(&html, &histogram);
	assert_int_equal(html_end(&html), 0);
	bars = count_of(&out, "class=\"plain\"");
	assert_in_range(bars, 20, 51);
	assert_int_equal(count_of(&out, "<tr>"), bars);
	assert_int_equal(total_of(&out), 143);
}

static void test_top(void **state)
{
	cleanup_buf struct buf out = {0};
	struct html html = {.out = &out};
	struct chart_row rows[] = {
		{S("<b>"), S("x.html"), S("<b>"), 10},
		{S("two"), SLICE_EMPTY, SLICE_EMPTY, 5},
	};
	struct chart_top top = {
		.title = S("Top"), .rows = rows, .row_count = 2, .whole = 40, .tone = TONE_STOPPED};

	chart_top(&html, &top);
	assert_int_equal(html_end(&html), 0);
	assert_int_equal(
		count_of(&out, "<a href=\"x.html#%3Cb%3E\"><bdi>&lt;b&gt;</bdi></a>"
			       "<b>10</b><i>25\xc2\xa0%</i>"),
		1);
	assert_int_equal(count_of(&out, "<span><bdi>two</bdi></span><b>5</b>"), 1);
	assert_int_equal(count_of(&out, "class=\"stopped\" width=\"50%\""), 1);
}

static void test_sparklines(void **state)
{
	cleanup_buf struct buf out = {0};
	struct html html = {.out = &out};
	uint64_t values[] = {0, 5, 10};

	chart_sparkline(&html, S("a \"trend\""), values, 3);
	assert_slice(buf_slice(&out),
		"<svg class=\"spark\" role=\"img\" aria-label=\"a &quot;trend&quot;\" "
		"viewBox=\"0 0 2 24\" preserveAspectRatio=\"none\"><path d=\"M0 22L1 12L2 2\"/>"
		"</svg>");
	buf_clear(&out);
	chart_sparkline(&html, S("one"), values + 2, 1);
	assert_int_equal(count_of(&out, "d=\"M0 2H1\""), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bars),
		cmocka_unit_test(test_days_off),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_band_stops_at_gaps),
		cmocka_unit_test(test_histogram_joins),
		cmocka_unit_test(test_top),
		cmocka_unit_test(test_sparklines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
