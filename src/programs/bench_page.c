/* What qmvcbench(8) tells as a page by itself, in the look of the reports; see bench_report.h. */
#include "programs/bench_report.h"

#include "base/arena.h"
#include "base/cleanup.h"

/* Ways with a bar, and in the table unless all are asked for. */
#define WAYS_SHOWN 10
#define QUITASAP   "quitasap"

struct maker {
	const struct bench_report *report;
	enum language language;
	struct arena arena; /* what the page borrows */
	struct html html;
};

/* --- words ----------------------------------------------------------------- */

static struct slice keep(struct maker *maker, const struct buf *text)
{
	struct slice kept = arena_copy(&maker->arena, buf_slice(text));

	maker->html.out->failed |= text->failed || !kept.data;
	return kept;
}

static struct slice say(const struct maker *maker, enum word word)
{
	return words(maker->language, word);
}

static struct slice title(struct maker *maker, enum word word)
{
	cleanup_buf struct buf text = {0};

	words_capital(&text, maker->language, word);
	return keep(maker, &text);
}

static struct slice figure(struct maker *maker, enum figure_unit unit, uint64_t value)
{
	cleanup_buf struct buf text = {0};

	figure_add(&text, unit, value);
	return keep(maker, &text);
}

static struct slice fill(struct maker *maker, enum word word, struct slice one, struct slice two)
{
	cleanup_buf struct buf text = {0};

	WORDS_FILL(&text, maker->language, word, one, two);
	return keep(maker, &text);
}

static struct slice mean_of(struct maker *maker, const struct bench_way *way)
{
	return figure(maker, FIGURE_TIME, bench_mean(&way->delay));
}

/* A sum over rounds, of one. */
static struct slice count_of(struct maker *maker, const struct bench_ways *ways, uint64_t sum)
{
	return figure(maker, FIGURE_COUNT, bench_a_round(maker->report, ways, sum));
}

/* " (recommended, as it is now)" */
static void add_marks(struct maker *maker, const struct bench_way *way, struct buf *text)
{
	const struct bench_report *report = maker->report;
	bool is_best = way == bench_best(report), is_present = way == bench_present(report);

	if (!is_best && !is_present)
		return;
	buf_add_cstr(text, " (");
	if (is_best)
		buf_add(text, say(maker, WORD_BENCH_RECOMMENDED));
	buf_add_cstr(text, is_best && is_present ? ", " : "");
	if (is_present)
		buf_add(text, say(maker, WORD_BENCH_NOW));
	buf_add_cstr(text, ")");
}

/* "F > C, quitasap (recommended)" */
static struct slice name_of(struct maker *maker, const struct bench_way *way, bool marked)
{
	const struct bench_report *report = maker->report;
	cleanup_buf struct buf text = {0};

	bench_way_words(report->data, way, &text);
	if (way->quitasap)
		buf_add_cstr(&text, ", " QUITASAP);
	if (marked)
		add_marks(maker, way, &text);
	return keep(maker, &text);
}

static bool is_shown(const struct maker *maker, const struct bench_ways *ways, unsigned at)
{
	const struct bench_way *way = &ways->list[at];

	return maker->report->all || at < WAYS_SHOWN || way == bench_best(maker->report) ||
	       way == bench_present(maker->report);
}

static uint64_t most_started(const struct bench_ways *ways)
{
	uint64_t most = 0;

	for (unsigned i = 0; i < ways->count; i++)
		if (ways->list[i].started > most)
			most = ways->list[i].started;
	return most;
}

/* --- the top --------------------------------------------------------------- */

static void begin(struct maker *maker, struct site *site)
{
	const struct bench_report *report = maker->report;
	struct page page = {.title = say(maker, WORD_BENCH)};

	if (report->reckoned)
		page.period =
			fill(maker, WORD_BENCH_OF_MAILS, figure(maker, FIGURE_COUNT, report->mails),
				figure(maker, FIGURE_COUNT, report->rounds));
	else
		page.period = fill(maker, WORD_BENCH_OF_LOG,
			figure(maker, FIGURE_COUNT, report->data->seen), SLICE_EMPTY);
	site_frame(site, &page);
	page_begin(&maker->html, &page);
}

static void add_card(struct maker *maker, enum word label, struct slice shown, struct slice note)
{
	const struct page_card card = {
		.label = title(maker, label), .figure = shown, .note = note, .tone = TONE_PLAIN};

	page_card(&maker->html, &card);
}

static void add_cards(struct maker *maker)
{
	const struct bench_report *report = maker->report;
	const struct bench_way *best = bench_best(report), *present = bench_present(report);

	page_cards_begin(&maker->html);
	add_card(maker, WORD_BENCH_MEAN_DELAY, mean_of(maker, best),
		say(maker, WORD_BENCH_RECOMMENDED));
	if (present && present != best)
		add_card(maker, WORD_BENCH_MEAN_DELAY, mean_of(maker, present),
			say(maker, WORD_BENCH_NOW));
	add_card(maker, WORD_BENCH_SAVED,
		count_of(maker, report->ways, most_started(report->ways) - best->started),
		SLICE_EMPTY);
	add_card(
		maker, WORD_BENCH_CAUGHT, count_of(maker, report->ways, best->caught), SLICE_EMPTY);
	page_cards_end(&maker->html);
}

/* A tab is a control character to html_text(). */
static void add_file(struct html *html, struct slice rest)
{
	struct slice line;

	html_open(html, "pre");
	while (slice_next_line(&rest, &line)) {
		for (size_t at = 0, tab; at < line.len; at = tab + 1) {
			tab = slice_find_byte(line, '\t', at);
			html_text(html, slice_from(slice_first(line, tab), at));
			html_text_cstr(html, tab < line.len ? "    " : "");
		}
		html_line(html);
	}
	html_close(html);
	html_line(html);
}

static void add_advice(struct maker *maker)
{
	const struct bench_report *report = maker->report;
	cleanup_buf struct buf why = {0};
	struct html *html = &maker->html;

	page_section_begin(
		html, "advice", say(maker, WORD_BENCH_ADVICE), say(maker, WORD_BENCH_QUITASAP));
	bench_why(report, maker->language, true, &why);
	maker->html.out->failed |= why.failed;
	html_element(html, "p", buf_slice(&why));
	html_line(html);
	if (report->lines.len > 0) {
		html_element(html, "h3", say(maker, WORD_BENCH_FILE));
		html_element_class(html, "p", "note", say(maker, WORD_BENCH_FILE_NOTE));
		html_line(html);
		add_file(html, report->lines);
	}
	page_section_end(html);
}

/* --- ways ------------------------------------------------------------------ */

/* The slowest first: so are bars. */
static void add_bars(struct maker *maker)
{
	const struct bench_ways *ways = maker->report->ways;
	struct chart_row rows[BENCH_WAYS] = {0};
	struct chart_top chart = {.title = say(maker, WORD_BENCH_MEAN_DELAY),
		.empty = say(maker, WORD_NONE),
		.unit = FIGURE_TIME,
		.tone = TONE_PASSED,
		.rows = rows};

	for (unsigned i = ways->count; i-- > 0;)
		if (is_shown(maker, ways, i))
			rows[chart.row_count++] =
				(struct chart_row){.name = name_of(maker, &ways->list[i], true),
					.value = bench_mean(&ways->list[i].delay)};
	chart_top(&maker->html, &chart);
}

static struct slice spread_title(struct maker *maker)
{
	cleanup_buf struct buf text = {0};

	buf_add(&text, say(maker, WORD_DELAY_SPREAD));
	buf_add_cstr(&text, ": ");
	buf_add(&text, name_of(maker, bench_best(maker->report), false));
	return keep(maker, &text);
}

static void add_spread(struct maker *maker)
{
	const struct histogram *delay = &bench_best(maker->report)->delay;
	struct histogram_step steps[HISTOGRAM_STEPS];
	struct chart_bucket buckets[HISTOGRAM_STEPS];
	const struct chart_mark marks[] = {
		{say(maker, WORD_MEDIAN), histogram_quantile(delay, 500)},
		{slice_cstr("p95"), histogram_quantile(delay, 950)}};
	struct chart_histogram chart = {.title = spread_title(maker),
		.numbers = say(maker, WORD_NUMBERS),
		.empty = say(maker, WORD_NONE),
		.unit = FIGURE_TIME,
		.buckets = buckets,
		.bucket_count = histogram_steps(delay, steps),
		.marks = marks,
		.mark_count = 2};

	for (size_t i = 0; i < chart.bucket_count; i++)
		buckets[i] = (struct chart_bucket){steps[i].low, steps[i].high, steps[i].count};
	chart_histogram(&maker->html, &chart);
}

static void add_table(struct maker *maker, const struct bench_ways *ways)
{
	bool measured = maker->report->reckoned && ways == maker->report->ways;
	const struct page_column columns[] = {{say(maker, WORD_BENCH_WAY), PAGE_TEXT},
		{say(maker, WORD_MEDIAN), PAGE_NUMBER}, {slice_cstr("p95"), PAGE_NUMBER},
		{say(maker, WORD_BENCH_MEAN), PAGE_NUMBER},
		{measured ? slice_cstr("CPU") : title(maker, WORD_SCANNING), PAGE_NUMBER},
		{say(maker, WORD_BENCH_SAVED), PAGE_NUMBER},
		{say(maker, WORD_BENCH_CAUGHT), PAGE_NUMBER}};
	struct page_table table = page_table_begin(&maker->html,
		say(maker, measured ? WORD_BENCH_MEASURED : WORD_BENCH_RECKONED), columns, 7);

	for (unsigned i = 0; i < ways->count; i++) {
		const struct bench_way *way = &ways->list[i];
		uint64_t work = measured ? way->cpu_us : way->busy_us;

		if (!is_shown(maker, ways, i))
			continue;
		page_cell(&table, name_of(maker, way, true));
		page_cell_figure(&table, FIGURE_TIME, histogram_quantile(&way->delay, 500));
		page_cell_figure(&table, FIGURE_TIME, histogram_quantile(&way->delay, 950));
		page_cell_figure(&table, FIGURE_TIME, bench_mean(&way->delay));
		page_cell_figure(&table, FIGURE_TIME, way->mails ? work / way->mails : 0);
		page_cell_figure(&table, FIGURE_COUNT,
			bench_a_round(maker->report, ways, most_started(ways) - way->started));
		page_cell_figure(
			&table, FIGURE_COUNT, bench_a_round(maker->report, ways, way->caught));
	}
	page_table_end(&table, say(maker, WORD_NONE));
}

static void add_ways(struct maker *maker)
{
	page_section_begin(&maker->html, "ways", say(maker, WORD_DELAY), SLICE_EMPTY);
	page_columns_begin(&maker->html);
	add_bars(maker);
	add_spread(maker);
	page_columns_end(&maker->html);
	add_table(maker, maker->report->ways);
	if (maker->report->reckoned)
		add_table(maker, maker->report->reckoned);
	page_section_end(&maker->html);
}

/* --- scanners -------------------------------------------------------------- */

static void add_scanners(struct maker *maker)
{
	const struct bench_data *data = maker->report->data;
	const struct page_column columns[] = {{say(maker, WORD_SCANNER), PAGE_WORD},
		{say(maker, WORD_BENCH_ANSWERS), PAGE_NUMBER},
		{say(maker, WORD_MEDIAN), PAGE_NUMBER}, {slice_cstr("p95"), PAGE_NUMBER},
		{say(maker, WORD_BENCH_MEAN), PAGE_NUMBER}, {say(maker, WORD_FOUND), PAGE_NUMBER},
		{say(maker, WORD_FOUND_ALONE), PAGE_NUMBER},
		{say(maker, WORD_BENCH_UNKNOWN), PAGE_NUMBER}};
	struct page_table table;

	page_section_begin(&maker->html, "scanners", say(maker, WORD_SCANNERS), SLICE_EMPTY);
	table = page_table_begin(&maker->html, say(maker, WORD_SCAN_TIMES), columns, 8);
	for (unsigned i = 0; i < data->scanner_count; i++) {
		const struct bench_scanner *scanner = &data->scanners[i];
		const struct histogram *latency = &scanner->latency;

		page_cell(&table, slice_cstr(scanner->initial));
		page_cell_figure(&table, FIGURE_COUNT, latency->count);
		page_cell_figure(&table, FIGURE_TIME, histogram_quantile(latency, 500));
		page_cell_figure(&table, FIGURE_TIME, histogram_quantile(latency, 950));
		page_cell_figure(&table, FIGURE_TIME, bench_mean(latency));
		page_cell_figure(&table, FIGURE_COUNT, scanner->found);
		page_cell_figure(&table, FIGURE_COUNT, scanner->only);
		page_cell_figure(&table, FIGURE_COUNT, scanner->unknown);
	}
	page_table_end(&table, say(maker, WORD_NONE));
	page_section_end(&maker->html);
}

int bench_page(const struct bench_report *report, struct site *site, struct buf *out)
{
	struct maker maker = {.report = report, .language = site->language, .html = {.out = out}};
	int result;

	begin(&maker, site);
	add_cards(&maker);
	add_advice(&maker);
	add_ways(&maker);
	add_scanners(&maker);
	result = site_page_end(site, &maker.html);
	arena_release(&maker.arena);
	return result;
}
