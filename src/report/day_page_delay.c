/* Delays on the day's page: how they are spread, over the day, by stage; see day_page.h. */
#include "report/day_page_private.h"

#define MEDIAN 500
#define P95    950
#define P99    990

/* So many steps of a histogram make a bar. Returns how many bars there are. */
static unsigned make_bars(const struct histogram *histogram, unsigned joined,
	struct chart_bucket bars[HISTOGRAM_STEPS])
{
	struct histogram_step steps[HISTOGRAM_STEPS];
	unsigned count = histogram_steps(histogram, steps);

	for (unsigned i = 0; i < count; i++) {
		struct chart_bucket *bar = &bars[i / joined];

		if (i % joined == 0)
			*bar = (struct chart_bucket){.low = steps[i].low};
		bar->high = steps[i].high;
		bar->count += steps[i].count;
	}
	return (count + joined - 1) / joined;
}

/* Each bar of the mails' delay leads to its mails. */
static void add_paths(struct day_maker *maker, struct chart_bucket *bars, unsigned count)
{
	uint64_t bounds[HISTOGRAM_STEPS + 1];
	unsigned steps = histogram_bounds_of_steps(bounds);

	for (unsigned i = 0; i < count; i++)
		if (bars[i].count > 0)
			bars[i].path = day_lines(
				maker, (struct lines_key){LINES_DELAY,
					       histogram_step_of(bounds, steps, bars[i].low), 0});
}

void day_add_histogram(struct day_maker *maker, struct slice title,
	const struct histogram *histogram, unsigned joined)
{
	struct chart_bucket buckets[HISTOGRAM_STEPS];
	unsigned count = make_bars(histogram, joined, buckets);
	const struct chart_mark marks[] = {
		{day_say(maker, WORD_MEDIAN), histogram_quantile(histogram, MEDIAN)},
		{slice_cstr("p95"), histogram_quantile(histogram, P95)},
		{slice_cstr("p99"), histogram_quantile(histogram, P99)},
		{day_say(maker, WORD_MAXIMUM), histogram->greatest},
	};

	if (histogram == &maker->log->tally->delay)
		add_paths(maker, buckets, count);

	const struct chart_histogram chart = {.title = title,
		.numbers = day_say(maker, WORD_NUMBERS),
		.empty = day_say(maker, WORD_NONE),
		.unit = FIGURE_TIME,
		.buckets = buckets,
		.bucket_count = count,
		.marks = marks,
		.mark_count = 4};

	chart_histogram(&maker->html, &chart);
}

void day_add_quantiles(
	struct page_table *table, const struct histogram *histogram, struct slice path)
{
	page_cell_figure(table, FIGURE_TIME, histogram_quantile(histogram, MEDIAN));
	page_cell_figure(table, FIGURE_TIME, histogram_quantile(histogram, P95));
	page_cell_figure(table, FIGURE_TIME, histogram_quantile(histogram, P99));
	page_cell_figure_link(table, FIGURE_TIME, histogram->greatest, path, SLICE_EMPTY);
}

static void add_axis(struct day_maker *maker)
{
	const struct day_log *log = maker->log;
	const struct chart_series series[] = {
		{day_say(maker, WORD_MEDIAN), TONE_PASSED}, {slice_cstr("p95"), TONE_PASSED}};
	uint64_t *values = arena_array(&maker->arena, log->slot_count, 2 * sizeof(*values));
	const struct chart chart = {
		.title = day_say(maker, log->by_hour ? WORD_DELAY_BY_HOUR : WORD_DELAY_BY_DAY),
		.numbers = day_say(maker, WORD_NUMBERS),
		.empty = day_say(maker, WORD_NO_MAIL),
		.unit = FIGURE_TIME,
		.slots = day_slots(maker),
		.slot_count = log->slot_count,
		.cycle = log->by_hour ? 24 : 0,
		.series = series,
		.series_count = 2,
		.values = values};

	if (!values || !chart.slots) {
		maker->html.out->failed = true;
		return;
	}
	for (unsigned i = 0; i < log->slot_count; i++) {
		values[i * 2] = histogram_quantile(&log->slots[i].delay, MEDIAN);
		values[i * 2 + 1] = histogram_quantile(&log->slots[i].delay, P95);
	}
	chart_band(&maker->html, &chart);
}

static void add_stages(struct day_maker *maker)
{
	const struct tally *tally = maker->log->tally;
	struct slice slowest = day_lines(maker, (struct lines_key){.kind = LINES_SLOWEST});
	const struct page_column columns[] = {
		{day_say(maker, WORD_STAGE), PAGE_WORD},
		{day_say(maker, WORD_MEDIAN), PAGE_NUMBER},
		{slice_cstr("p95"), PAGE_NUMBER},
		{slice_cstr("p99"), PAGE_NUMBER},
		{day_say(maker, WORD_MAXIMUM), PAGE_NUMBER},
		{day_say(maker, WORD_SHARE), PAGE_NUMBER},
	};
	struct page_table table =
		page_table_begin(&maker->html, day_say(maker, WORD_BY_STAGE), columns, 6);

	for (unsigned i = 0; i < tally->stage_count; i++) {
		const struct tally_stage *stage = tally->stages[i];

		page_cell(&table, tally_stage_name(stage));
		day_add_quantiles(&table, &stage->time, SLICE_EMPTY);
		page_cell(&table, day_share(maker, stage->time.sum, tally->delay.sum));
	}
	page_cell(&table, day_say(maker, WORD_WHOLE));
	day_add_quantiles(&table, &tally->delay, slowest);
	page_cell(&table, day_share(maker, tally->delay.sum, tally->delay.sum));
	page_table_end(&table, SLICE_EMPTY);
}

void day_add_delay(struct day_maker *maker)
{
	page_section_begin(
		&maker->html, "delay", day_say(maker, WORD_DELAY), day_say(maker, WORD_DELAY_NOTE));
	page_columns_begin(&maker->html);
	day_add_histogram(maker, day_say(maker, WORD_DELAY_SPREAD), &maker->log->tally->delay, 1);
	add_axis(maker);
	page_columns_end(&maker->html);
	add_stages(maker);
	page_section_end(&maker->html);
}
