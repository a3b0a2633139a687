/* Delays, scanners, viruses and reasons of a month; see month_sections.h. */
#include "report/month_sections.h"

#include <stdlib.h>

#define NAMES_SHOWN 10
#define DELAYS	    2 /* median, p95 */

static int read_amounts(struct days_page *page, enum day_source source, const char *kind,
	struct day_amounts *amounts)
{
	return day_db_read_amounts(
		page->db, source, kind, page->span, &page->arena, amounts, page->error);
}

static int read_times(struct days_page *page, const char *kind, struct day_times_list *times)
{
	return day_db_read_times(page->db, kind, page->span, &page->arena, times, page->error);
}

/* --- lists of names -------------------------------------------------------- */

/* The first of amounts[first ...] that have one subject. */
static void add_top(struct days_page *page, struct slice heading, const struct day_amount *amounts,
	unsigned count, enum chart_tone tone)
{
	struct chart_row rows[NAMES_SHOWN] = {0};
	struct chart_top top = {.title = heading,
		.empty = days_page_word(page, WORD_NONE),
		.unit = FIGURE_COUNT,
		.tone = tone,
		.rows = rows};

	for (unsigned i = 0; i < count && i < NAMES_SHOWN; i++)
		rows[top.row_count++] =
			(struct chart_row){.name = amounts[i].name, .value = amounts[i].count};
	chart_top(&page->html, &top);
}

static void add_names(struct days_page *page, enum word heading, const struct day_amounts *amounts,
	enum chart_tone tone)
{
	if (amounts->count > 0)
		add_top(page, days_page_word(page, heading), amounts->list, amounts->count, tone);
}

/* virulator knows the domains; the rest the log has too. */
int month_section_viruses(struct days_page *page)
{
	struct day_amounts viruses = {0}, senders = {0}, domains = {0};
	int result = read_amounts(page, DAY_LOG, "virus", &viruses);

	if (result == 0)
		result = read_amounts(page, DAY_LOG, "virus sender", &senders);
	if (result == 0)
		result = read_amounts(page, DAY_REP, day_rep_kind_name(DAY_REP_DOMAIN), &domains);
	if (result || viruses.count + senders.count + domains.count == 0)
		return result;
	page_section_begin(&page->html, "viruses", days_page_word(page, WORD_VIRUSES),
		days_page_word(page, WORD_SUMS_NOTE));
	page_thirds_begin(&page->html);
	add_names(page, WORD_VIRUSES, &viruses, TONE_STOPPED);
	add_names(page, WORD_VIRUS_SENDERS, &senders, TONE_STOPPED);
	add_names(page, WORD_VIRUS_DOMAINS, &domains, TONE_STOPPED);
	page_columns_end(&page->html);
	page_section_end(&page->html);
	return 0;
}

int month_section_reasons(struct days_page *page)
{
	struct day_amounts conditions = {0}, actions = {0};
	int result = read_amounts(page, DAY_LOG, "condition", &conditions);

	if (result == 0)
		result = read_amounts(page, DAY_LOG, "action", &actions);
	if (result || actions.count == 0)
		return result;
	page_section_begin(&page->html, "reasons", days_page_word(page, WORD_REASONS), SLICE_EMPTY);
	page_columns_begin(&page->html);
	add_names(page, WORD_CONDITIONS, &conditions, TONE_DEFERRED);
	add_names(page, WORD_ACTIONS, &actions, TONE_PLAIN);
	page_columns_end(&page->html);
	page_section_end(&page->html);
	return 0;
}

/* --- scanners -------------------------------------------------------------- */

struct scanners {
	struct day_amounts counts, verdicts, hits;
	struct day_times_list times;
};

static uint64_t amount_of(const struct day_amounts *amounts, struct slice subject, const char *name)
{
	for (unsigned i = 0; i < amounts->count; i++)
		if (slice_eq(amounts->list[i].subject, subject) &&
			slice_eq_cstr(amounts->list[i].name, name))
			return amounts->list[i].count;
	return 0;
}

static void add_scanner(const struct site *site, struct page_table *table,
	const struct scanners *scanners, struct slice initial)
{
	static const char *const counts[] = {"mails", "found", "alone", "missed"};
	static const unsigned permille[] = {500, 950, 990};
	const struct histogram none = {0}, *time = &none;
	char name[SITE_SCANNER];

	for (unsigned i = 0; i < scanners->times.count; i++)
		if (slice_eq(scanners->times.list[i].subject, initial))
			time = &scanners->times.list[i].time;
	page_cell(table, site_scanner(site, initial, name));
	for (unsigned i = 0; i < 4; i++)
		page_cell_figure(
			table, FIGURE_COUNT, amount_of(&scanners->counts, initial, counts[i]));
	page_cell_figure(table, FIGURE_COUNT,
		amount_of(&scanners->verdicts, initial, tally_verdict_name(TALLY_TIMEOUT)));
	page_cell_figure(table, FIGURE_COUNT,
		amount_of(&scanners->verdicts, initial, tally_verdict_name(TALLY_ERROR)));
	for (unsigned i = 0; i < 3; i++)
		page_cell_figure(table, FIGURE_TIME, histogram_quantile(time, permille[i]));
}

static void add_scanner_table(struct days_page *page, const struct scanners *scanners)
{
	const struct page_column columns[] = {
		{days_page_word(page, WORD_SCANNER), PAGE_WORD},
		{days_page_title(page, WORD_MAILS), PAGE_NUMBER},
		{days_page_word(page, WORD_FOUND), PAGE_NUMBER},
		{days_page_word(page, WORD_FOUND_ALONE), PAGE_NUMBER},
		{days_page_word(page, WORD_MISSED), PAGE_NUMBER},
		{days_page_word(page, WORD_TIMEOUTS), PAGE_NUMBER},
		{days_page_word(page, WORD_ERRORS), PAGE_NUMBER},
		{days_page_word(page, WORD_MEDIAN), PAGE_NUMBER},
		{slice_cstr("p95"), PAGE_NUMBER},
		{slice_cstr("p99"), PAGE_NUMBER},
	};
	struct page_table table = page_table_begin(
		&page->html, days_page_word(page, WORD_MONTH_SCANNERS), columns, 10);

	for (unsigned i = 0; i < scanners->counts.count; i++) {
		struct slice initial = scanners->counts.list[i].subject;

		if (i == 0 || !slice_eq(initial, scanners->counts.list[i - 1].subject))
			add_scanner(page->site, &table, scanners, initial);
	}
	page_table_end(&table, days_page_word(page, WORD_NONE));
}

/* What each named, one list a scanner. */
static void add_hits(struct days_page *page, const struct day_amounts *hits)
{
	unsigned first = 0;

	if (hits->count == 0)
		return;
	page_thirds_begin(&page->html);
	for (unsigned i = 1; i <= hits->count; i++) {
		struct slice initial = hits->list[first].subject;
		cleanup_buf struct buf heading = {0};
		char name[SITE_SCANNER];

		if (i < hits->count && slice_eq(hits->list[i].subject, initial))
			continue;
		WORDS_FILL(&heading, page->site->language, WORD_HITS_OF,
			site_scanner(page->site, initial, name));
		add_top(page, buf_slice(&heading), &hits->list[first], i - first, TONE_STOPPED);
		page->out.failed |= heading.failed;
		first = i;
	}
	page_columns_end(&page->html);
}

int month_section_scanners(struct days_page *page)
{
	struct scanners scanners = {0};
	int result = read_amounts(page, DAY_LOG, "scanner", &scanners.counts);

	if (result == 0)
		result = read_amounts(page, DAY_LOG, "verdict", &scanners.verdicts);
	if (result == 0)
		result = read_amounts(page, DAY_LOG, "hit", &scanners.hits);
	if (result == 0)
		result = read_times(page, "scanner", &scanners.times);
	if (result || scanners.counts.count == 0)
		return result;
	page_section_begin(&page->html, "scanners", days_page_title(page, WORD_SCANNERS),
		days_page_word(page, WORD_SUMS_NOTE));
	add_scanner_table(page, &scanners);
	add_hits(page, &scanners.hits);
	page_section_end(&page->html);
	return 0;
}

/* --- delay ----------------------------------------------------------------- */

static void add_by_day(struct days_page *page, const struct chart_slot *slots, size_t slot_count)
{
	const struct chart_series series[DELAYS] = {
		{days_page_word(page, WORD_MEDIAN), TONE_PASSED},
		{SLICE_LITERAL("p95"), TONE_PASSED}};
	uint64_t *values = arena_array(&page->arena, slot_count, DELAYS * sizeof(*values));
	const struct chart chart = {.title = days_page_word(page, WORD_DELAY_BY_DAY),
		.numbers = days_page_word(page, WORD_NUMBERS),
		.empty = days_page_word(page, WORD_NO_MAIL),
		.unit = FIGURE_TIME,
		.slots = slots,
		.slot_count = slot_count,
		.series = series,
		.series_count = DELAYS,
		.values = values};

	if (!values) {
		page->out.failed = true;
		return;
	}
	for (unsigned i = 0; i < page->day_count; i++) {
		uint64_t *value = &values[(page->days[i].day - page->span.first) * DELAYS];

		value[0] = page->days[i].median_us;
		value[1] = page->days[i].p95_us;
	}
	chart_band(&page->html, &chart);
}

static void add_spread(struct days_page *page, const struct histogram *delay)
{
	struct histogram_step steps[HISTOGRAM_STEPS];
	unsigned count = histogram_steps(delay, steps);
	struct chart_bucket buckets[HISTOGRAM_STEPS];
	const struct chart_mark marks[] = {
		{days_page_word(page, WORD_MEDIAN), histogram_quantile(delay, 500)},
		{SLICE_LITERAL("p95"), histogram_quantile(delay, 950)},
		{SLICE_LITERAL("p99"), histogram_quantile(delay, 990)},
		{days_page_word(page, WORD_MAXIMUM), delay->greatest},
	};
	const struct chart_histogram chart = {.title = days_page_word(page, WORD_DELAY),
		.numbers = days_page_word(page, WORD_NUMBERS),
		.empty = days_page_word(page, WORD_NO_MAIL),
		.unit = FIGURE_TIME,
		.buckets = buckets,
		.bucket_count = count,
		.marks = marks,
		.mark_count = sizeof(marks) / sizeof(marks[0])};

	for (unsigned i = 0; i < count; i++)
		buckets[i] = (struct chart_bucket){steps[i].low, steps[i].high, steps[i].count};
	chart_histogram(&page->html, &chart);
}

/* Where most time went comes first. */
static int by_sum(const void *a, const void *b)
{
	const struct day_times *one = a, *other = b;

	return (one->time.sum < other->time.sum) - (one->time.sum > other->time.sum);
}

static void add_stages(struct days_page *page, const struct day_times_list *stages)
{
	const struct page_column columns[] = {
		{days_page_word(page, WORD_STAGE), PAGE_WORD},
		{days_page_title(page, WORD_MAILS), PAGE_NUMBER},
		{days_page_word(page, WORD_MEDIAN), PAGE_NUMBER},
		{slice_cstr("p95"), PAGE_NUMBER},
		{slice_cstr("p99"), PAGE_NUMBER},
		{days_page_word(page, WORD_MAXIMUM), PAGE_NUMBER},
	};
	struct page_table table =
		page_table_begin(&page->html, days_page_word(page, WORD_BY_STAGE), columns, 6);

	for (unsigned i = 0; i < stages->count; i++) {
		const struct histogram *time = &stages->list[i].time;

		page_cell(&table, stages->list[i].subject);
		page_cell_figure(&table, FIGURE_COUNT, time->count);
		page_cell_figure(&table, FIGURE_TIME, histogram_quantile(time, 500));
		page_cell_figure(&table, FIGURE_TIME, histogram_quantile(time, 950));
		page_cell_figure(&table, FIGURE_TIME, histogram_quantile(time, 990));
		page_cell_figure(&table, FIGURE_TIME, time->greatest);
	}
	page_table_end(&table, days_page_word(page, WORD_NONE));
}

int month_section_delay(struct days_page *page, const struct histogram *delay,
	const struct chart_slot *slots, size_t slot_count)
{
	struct day_times_list stages = {0};
	int result = read_times(page, "stage", &stages);

	if (result)
		return result;
	if (stages.count > 0)
		qsort(stages.list, stages.count, sizeof(stages.list[0]), by_sum);
	page_section_begin(&page->html, "delay", days_page_word(page, WORD_DELAY),
		days_page_word(page, WORD_MONTH_DELAY_NOTE));
	page_columns_begin(&page->html);
	add_by_day(page, slots, slot_count);
	add_spread(page, delay);
	page_columns_end(&page->html);
	add_stages(page, &stages);
	page_section_end(&page->html);
	return 0;
}
