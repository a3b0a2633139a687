/* Mails of note, and what went wrong, on the day's page; see day_page.h. */
#include "report/day_page_private.h"

#define ROWS	 5 /* of the biggest and slowest; a hundred of each are one click away */
#define FAILURES 3

void day_cell(struct page_table *table, struct slice value)
{
	page_cell_begin(table);
	html_value_parted(table->html, value, DAY_PAGE_VALUE);
	page_cell_end(table);
}

static const char *time_text(
	const struct day_maker *maker, const struct line *line, char text[CALENDAR_TIME_SIZE])
{
	calendar_time_text(&maker->page->lines.site->calendar, line->time_ms, text);
	return maker->log->one_day ? text + 11 : text;
}

/* The first of a selection; the time leads to all of them. */
static void add_notable(struct day_maker *maker, enum word title, struct lines_key key)
{
	const struct lines_selection *selection = lines_of(maker->log->lines, key);
	struct slice path = day_lines(maker, key);
	const struct page_column columns[] = {
		{day_say(maker, WORD_TIME), PAGE_WORD},
		{day_say(maker, WORD_SENDER), PAGE_TEXT},
		{day_say(maker, WORD_RECIPIENT), PAGE_TEXT},
		{day_say(maker, WORD_SUBJECT), PAGE_TEXT},
		{day_say(maker, WORD_SIZE), PAGE_NUMBER},
		{day_say(maker, WORD_DELAY), PAGE_NUMBER},
	};
	struct page_table table = page_table_begin(&maker->html, day_say(maker, title), columns, 6);

	for (unsigned i = 0; i < selection->kept && i < ROWS; i++) {
		const struct line *line = selection->list[i];
		char time[CALENDAR_TIME_SIZE];

		page_cell_link(&table, slice_cstr(time_text(maker, line, time)), path, SLICE_EMPTY);
		day_cell(&table, line_text(line, LINE_SENDER));
		day_cell(&table, line_text(line, LINE_RECIPIENT));
		day_cell(&table, line_text(line, LINE_SUBJECT));
		page_cell_figure(&table, FIGURE_SIZE, line->size);
		page_cell_figure(&table, FIGURE_TIME, line->delay_us);
	}
	page_table_end(&table, day_say(maker, WORD_NO_MAIL));
}

void day_add_notable(struct day_maker *maker)
{
	page_section_begin(&maker->html, "notable", day_say(maker, WORD_NOTABLE), SLICE_EMPTY);
	add_notable(maker, WORD_SLOWEST, (struct lines_key){.kind = LINES_SLOWEST});
	add_notable(maker, WORD_BIGGEST, (struct lines_key){.kind = LINES_BIGGEST});
	page_section_end(&maker->html);
}

/* --- errors ---------------------------------------------------------------- */

/* Mails that were deferred, or on which a scanner failed: what the log says of it. */
static void add_failures(
	struct day_maker *maker, enum word title, struct lines_key key, enum line_text what)
{
	const struct lines_selection *selection = lines_of(maker->log->lines, key);
	struct slice path = day_lines(maker, key);
	const struct page_column columns[] = {
		{day_say(maker, WORD_TIME), PAGE_WORD},
		{day_say(maker, WORD_SENDER), PAGE_TEXT},
		{day_say(maker, WORD_RECIPIENT), PAGE_TEXT},
		{day_say(maker, what == LINE_ERROR ? WORD_REASON : WORD_SCANNERS), PAGE_TEXT},
		{day_say(maker, WORD_ID), PAGE_WORD},
	};
	struct page_table table;

	if (selection->kept == 0)
		return;
	table = page_table_begin(&maker->html, day_say(maker, title), columns, 5);
	for (unsigned i = 0; i < selection->kept && i < FAILURES; i++) {
		const struct line *line = selection->list[i];
		char time[CALENDAR_TIME_SIZE];

		page_cell_link(&table, slice_cstr(time_text(maker, line, time)), path, SLICE_EMPTY);
		day_cell(&table, line_text(line, LINE_SENDER));
		day_cell(&table, line_text(line, LINE_RECIPIENT));
		page_cell(&table, line_text(line, what));
		page_cell(&table, line_text(line, LINE_ID));
	}
	page_table_end(&table, SLICE_EMPTY);
}

static void add_fact(struct day_maker *maker, struct slice text)
{
	html_element_class(&maker->html, "p", "fact", text);
	html_line(&maker->html);
}

/* Lines and files that are missing from all these figures. */
static void add_unread(struct day_maker *maker)
{
	const struct log_files *files = maker->page->files;

	if (files->counts.not_read > 0)
		add_fact(maker, day_fill(maker, WORD_NOT_READ,
					day_figure(maker, FIGURE_COUNT, files->counts.not_read),
					SLICE_EMPTY));
	if (files->counts.failed > 0)
		add_fact(maker, day_fill(maker, WORD_FILES_FAILED,
					day_figure(maker, FIGURE_COUNT, files->counts.failed),
					slice_cstr(files->failed.text)));
}

void day_add_errors(struct day_maker *maker)
{
	const struct log_counts *counts = &maker->page->files->counts;
	const struct lines_key deferred = {LINES_ACTION, TALLY_DEFER, 0};
	const struct lines_key failed = {.kind = LINES_FAILED};
	bool any = lines_of(maker->log->lines, deferred)->count > 0 ||
		   lines_of(maker->log->lines, failed)->count > 0;

	if (!any && counts->not_read == 0 && counts->failed == 0 &&
		maker->log->tally->total.mails == 0)
		return; /* an empty day has nothing to say about errors */
	page_section_begin(&maker->html, "errors", day_say(maker, WORD_ERRORS),
		any ? day_say(maker, WORD_ERRORS_NOTE) : day_say(maker, WORD_NO_ERRORS));
	add_unread(maker);
	if (maker->log->reasons->total > 0)
		day_add_names(maker, day_say(maker, WORD_WHY_DEFERRED), maker->log->reasons,
			TONE_DEFERRED, day_lines(maker, deferred));
	add_failures(maker, WORD_DEFERRED_MAILS, deferred, LINE_ERROR);
	add_failures(maker, WORD_FAILED_MAILS, failed, LINE_SCANS);
	page_section_end(&maker->html);
}
