/*
 * Scanners on the day's page: what each said, how long it took and where that time went, what it
 * found; see day_page.h. A log line has four scanners at most; pictures are for the four that were
 * asked most, should a configuration have changed within the period.
 */
#include "report/day_page_private.h"

#include <stddef.h>

#define COLUMNS_MAX (TALLY_VERDICTS + 6)

/* --- what they said -------------------------------------------------------- */

/* Is there a column for it? For the usual ones always, for others where somebody said so. */
static bool is_shown(const struct tally *tally, enum tally_verdict verdict)
{
	bool said = verdict == TALLY_CLEAN || verdict == TALLY_INFECTED ||
		    verdict == TALLY_TIMEOUT || verdict == TALLY_ERROR;

	for (unsigned i = 0; i < tally->scanner_count; i++)
		said |= tally->scanners[i]->verdicts[verdict] > 0;
	return said;
}

/* What else is told of a scanner; the breaker only where it had a part. */
static const struct {
	enum lines_kind kind;
	enum word word;
	size_t offset; /* in struct tally_scanner */
	bool always;
} others[] = {
	{LINES_ALONE, WORD_FOUND_ALONE, offsetof(struct tally_scanner, unique), true},
	{LINES_MISSED, WORD_MISSED, offsetof(struct tally_scanner, missed), true},
	{LINES_OPENED, WORD_OPENED, offsetof(struct tally_scanner, openings), false},
	{LINES_LEFT, WORD_LEFT_ALONE, offsetof(struct tally_scanner, left_alone), false},
};
#define OTHERS (sizeof(others) / sizeof(others[0]))

static uint64_t other_of(const struct tally_scanner *scanner, unsigned other)
{
	uint64_t value;

	memcpy(&value, (const char *)scanner + others[other].offset, sizeof(value));
	return value;
}

static bool is_other_shown(const struct tally *tally, unsigned other)
{
	bool shown = others[other].always;

	for (unsigned i = 0; i < tally->scanner_count; i++)
		shown |= other_of(tally->scanners[i], other) > 0;
	return shown;
}

static void add_verdict_row(struct day_maker *maker, struct page_table *table, unsigned which)
{
	const struct tally *tally = maker->log->tally;
	const struct tally_scanner *scanner = tally->scanners[which];
	char name[SITE_SCANNER];

	page_cell(table, site_scanner(maker->page->lines.site, tally_initial(scanner), name));
	page_cell_figure(table, FIGURE_COUNT, scanner->mails);
	for (unsigned i = 0; i < TALLY_VERDICTS; i++)
		if (is_shown(tally, (enum tally_verdict)i))
			page_cell_figure_link(table, FIGURE_COUNT, scanner->verdicts[i],
				day_lines(maker, (struct lines_key){LINES_VERDICT, which,
							 (enum tally_verdict)i}),
				SLICE_EMPTY);
	for (unsigned i = 0; i < OTHERS; i++)
		if (is_other_shown(tally, i))
			page_cell_figure_link(table, FIGURE_COUNT, other_of(scanner, i),
				day_lines(maker, (struct lines_key){others[i].kind, which, 0}),
				SLICE_EMPTY);
}

static void add_verdicts(struct day_maker *maker)
{
	const struct tally *tally = maker->log->tally;
	struct page_column columns[COLUMNS_MAX] = {{day_say(maker, WORD_SCANNER), PAGE_WORD},
		{day_say(maker, WORD_MAILS), PAGE_NUMBER}};
	unsigned used = 2;
	struct page_table table;

	for (unsigned i = 0; i < TALLY_VERDICTS; i++)
		if (is_shown(tally, (enum tally_verdict)i))
			columns[used++] = (struct page_column){
				slice_cstr(tally_verdict_name((enum tally_verdict)i)), PAGE_NUMBER};
	for (unsigned i = 0; i < OTHERS; i++)
		if (is_other_shown(tally, i))
			columns[used++] =
				(struct page_column){day_title(maker, others[i].word), PAGE_NUMBER};
	table = page_table_begin(&maker->html, day_say(maker, WORD_VERDICTS), columns, used);
	for (unsigned i = 0; i < tally->scanner_count; i++)
		add_verdict_row(maker, &table, i);
	page_table_end(&table, day_say(maker, WORD_NONE));
}

/* --- how long they took ---------------------------------------------------- */

static void add_time_row(struct day_maker *maker, struct page_table *table, struct slice name,
	struct slice phase, const struct histogram *time, uint64_t whole)
{
	page_cell(table, name);
	page_cell(table, phase);
	day_add_quantiles(table, time, SLICE_EMPTY);
	page_cell(table, whole > 0 ? day_share(maker, time->sum, whole) : SLICE_EMPTY);
}

static void add_times(struct day_maker *maker)
{
	static const enum word phases[TALLY_PHASES] = {
		[TALLY_WAITING] = WORD_WAITING,
		[TALLY_SENDING] = WORD_SENDING,
		[TALLY_SCANNING] = WORD_SCANNING,
	};
	const struct page_column columns[] = {
		{day_say(maker, WORD_SCANNER), PAGE_WORD},
		{day_say(maker, WORD_PHASE), PAGE_WORD},
		{day_say(maker, WORD_MEDIAN), PAGE_NUMBER},
		{slice_cstr("p95"), PAGE_NUMBER},
		{slice_cstr("p99"), PAGE_NUMBER},
		{day_say(maker, WORD_MAXIMUM), PAGE_NUMBER},
		{day_say(maker, WORD_SHARE), PAGE_NUMBER},
	};
	const struct tally *tally = maker->log->tally;
	struct page_table table =
		page_table_begin(&maker->html, day_say(maker, WORD_SCAN_TIMES), columns, 7);

	for (unsigned i = 0; i < tally->scanner_count; i++) {
		const struct tally_scanner *scanner = tally->scanners[i];
		char text[SITE_SCANNER];
		struct slice name =
			site_scanner(maker->page->lines.site, tally_initial(scanner), text);
		uint64_t whole = scanner->latency.sum;

		if (scanner->latency.count == 0)
			continue;
		add_time_row(
			maker, &table, name, day_say(maker, WORD_WHOLE), &scanner->latency, whole);
		for (unsigned j = 0; j < TALLY_PHASES; j++)
			if (scanner->phases[j].count > 0)
				add_time_row(maker, &table, SLICE_EMPTY, day_say(maker, phases[j]),
					&scanner->phases[j], whole);
		if (scanner->turn.count > 0)
			add_time_row(maker, &table, SLICE_EMPTY, day_say(maker, WORD_TURN),
				&scanner->turn, 0);
	}
	page_table_end(&table, day_say(maker, WORD_NONE));
}

/* --- pictures -------------------------------------------------------------- */

void day_add_names(struct day_maker *maker, struct slice title, const struct top *top,
	enum chart_tone tone, struct slice path)
{
	const struct top_name *best[DAY_PAGE_NAMES];
	struct chart_row rows[DAY_PAGE_NAMES] = {0};
	uint64_t error = 0;
	const struct chart_top chart = {.title = title,
		.empty = day_say(maker, WORD_NONE),
		.tone = tone,
		.rows = rows,
		.row_count = top_best(top, best, DAY_PAGE_NAMES),
		.whole = top->total};

	for (size_t i = 0; i < chart.row_count; i++) {
		rows[i] = (struct chart_row){
			.name = top_text(best[i]), .path = path, .value = best[i]->count};
		error = best[i]->error > error ? best[i]->error : error;
	}
	html_open(&maker->html, "div");
	chart_top(&maker->html, &chart);
	if (!top_is_exact(top))
		html_element_class(&maker->html, "p", "note",
			day_fill(maker, WORD_NOT_EXACT, day_figure(maker, FIGURE_COUNT, TOP_NAMES),
				day_figure(maker, FIGURE_COUNT, error)));
	html_close(&maker->html);
}

/* Among the LOG_SCANNERS that were asked most? Of equal ones the first. */
static bool is_pictured(const struct tally *tally, unsigned which)
{
	unsigned before = 0;

	for (unsigned i = 0; i < tally->scanner_count; i++)
		before += tally->scanners[i]->mails > tally->scanners[which]->mails ||
			  (tally->scanners[i]->mails == tally->scanners[which]->mails && i < which);
	return before < LOG_SCANNERS;
}

static void add_pictures(struct day_maker *maker, unsigned which)
{
	const struct tally_scanner *scanner = maker->log->tally->scanners[which];
	char text[SITE_SCANNER];
	struct slice name = site_scanner(maker->page->lines.site, tally_initial(scanner), text);
	struct slice path =
		day_lines(maker, (struct lines_key){LINES_VERDICT, which, TALLY_INFECTED});

	if (path.len == 0)
		path = day_lines(maker, (struct lines_key){LINES_VERDICT, which, TALLY_SUSPICIOUS});
	page_columns_begin(&maker->html);
	day_add_histogram(
		maker, day_fill(maker, WORD_TIME_OF, name, SLICE_EMPTY), &scanner->latency, 2);
	day_add_names(maker, day_fill(maker, WORD_HITS_OF, name, SLICE_EMPTY), &scanner->hits,
		TONE_STOPPED, path);
	page_columns_end(&maker->html);
}

/* "Mails on which scanners disagreed: 12" */
static void add_disagreements(struct day_maker *maker)
{
	const struct tally *tally = maker->log->tally;
	struct slice path = day_lines(maker, (struct lines_key){.kind = LINES_DISAGREED});
	struct slice figure = day_figure(maker, FIGURE_COUNT, tally->total.disagreed);

	html_open(&maker->html, "p");
	html_attr_cstr(&maker->html, "class", "fact");
	html_text(&maker->html, day_say(maker, WORD_DISAGREEMENTS));
	html_text_cstr(&maker->html, ": ");
	html_open(&maker->html, "strong");
	if (path.len > 0) {
		html_open(&maker->html, "a");
		html_href(&maker->html, path, SLICE_EMPTY);
	}
	html_text(&maker->html, figure);
	if (path.len > 0)
		html_close(&maker->html);
	html_close(&maker->html);
	html_close(&maker->html);
	html_line(&maker->html);
}

void day_add_scanners(struct day_maker *maker)
{
	const struct tally *tally = maker->log->tally;

	page_section_begin(&maker->html, "scanners", day_say(maker, WORD_SCANNERS),
		day_say(maker, WORD_SCANNERS_NOTE));
	add_verdicts(maker);
	if (tally->scanner_count > 1)
		add_disagreements(maker);
	if (tally->scanner_count > 0)
		add_times(maker);
	for (unsigned i = 0; i < tally->scanner_count; i++)
		if (is_pictured(tally, i))
			add_pictures(maker, i);
	page_section_end(&maker->html);
}
