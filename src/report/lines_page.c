/* Pages of the mails behind a figure; see lines_page.h. */
#include "report/lines_page.h"

#include "base/cleanup.h"

#include <errno.h>

#define COLUMNS 11

/* --- a page ---------------------------------------------------------------- */

/* One page of a selection. */
struct view {
	const struct lines_site *lines;
	struct lines_key key;
	const struct lines_selection *selection;
	unsigned number, pages;
	bool reasons; /* a mail of the selection was deferred, and said why */
};

static struct slice word_of(const struct view *view, enum word word)
{
	return words(view->lines->site->language, word);
}

/* "The first 500 of 12 480 mails", "101 to 200 of 320" */
static void tell_places(struct buf *out, const struct view *view)
{
	const struct lines_selection *selection = view->selection;
	unsigned first = (view->number - 1) * LINES_ON_PAGE + 1, last = first + LINES_ON_PAGE - 1;
	cleanup_buf struct buf from = {0}, to = {0}, all = {0};
	enum language language = view->lines->site->language;

	if (last > selection->kept)
		last = selection->kept;
	figure_add(&from, FIGURE_COUNT, first);
	figure_add(&to, FIGURE_COUNT, last);
	figure_add(&all, FIGURE_COUNT, selection->count);
	WORDS_FILL(
		out, language, WORD_PLACES_OF, buf_slice(&from), buf_slice(&to), buf_slice(&all));
	if (selection->kept < selection->count) {
		out->failed |= from.failed; /* which buf_clear() forgets */
		buf_clear(&from);
		figure_add(&from, FIGURE_COUNT, selection->kept);
		buf_add_cstr(out, " \xc2\xb7 ");
		WORDS_FILL(out, language, WORD_FIRST_OF, buf_slice(&from), buf_slice(&all));
	}
	out->failed |= from.failed || to.failed || all.failed;
}

static void add_met(struct buf *out, const struct line *line)
{
	bool first = true;

	for (unsigned i = 0; i <= CONDITION_COUNT; i++) {
		if (!(line->met >> i & 1))
			continue;
		buf_addf(out, "%s%s", first ? "" : ", ", tally_condition_name(i));
		first = false;
	}
	first = true;
	for (unsigned i = 0; i < TALLY_CODES; i++) {
		if (!(line->errors >> i & 1))
			continue;
		buf_addf(out, "%s%s", first ? " (" : ", ", tally_code_name(i));
		first = false;
	}
	buf_add_cstr(out, first ? "" : ")");
}

static void add_row(struct page_table *table, const struct view *view, const struct line *line)
{
	struct site *site = view->lines->site;
	cleanup_buf struct buf met = {0};
	char time[CALENDAR_TIME_SIZE];

	calendar_time_text(&site->calendar, line->time_ms, time);
	add_met(&met, line);
	page_cell(table, slice_cstr(view->lines->log->one_day ? time + 11 : time));
	page_cell(table, line_text(line, LINE_SENDER));
	page_cell(table, line_text(line, LINE_RECIPIENT));
	page_cell(table, line_text(line, LINE_SUBJECT));
	page_cell_figure(table, FIGURE_SIZE, line->size);
	page_cell(table, slice_cstr(tally_action_name(line->action)));
	page_cell(table, buf_slice(&met));
	page_cell(table, line_text(line, LINE_SCANS));
	page_cell_figure(table, FIGURE_TIME, line->delay_us);
	if (view->reasons)
		page_cell(table, line_text(line, LINE_ERROR));
	page_cell(table, line_text(line, LINE_ID));
	table->html->out->failed |= met.failed;
}

static void add_table(struct html *html, const struct view *view, struct slice caption)
{
	const struct lines_selection *selection = view->selection;
	struct page_column columns[COLUMNS] = {
		{word_of(view, WORD_TIME), PAGE_WORD},
		{word_of(view, WORD_SENDER), PAGE_TEXT},
		{word_of(view, WORD_RECIPIENT), PAGE_TEXT},
		{word_of(view, WORD_SUBJECT), PAGE_TEXT},
		{word_of(view, WORD_SIZE), PAGE_NUMBER},
		{word_of(view, WORD_ACTION), PAGE_WORD},
		{word_of(view, WORD_CONDITIONS), PAGE_WORD},
		{word_of(view, WORD_SCANNERS), PAGE_TEXT},
		{word_of(view, WORD_DELAY), PAGE_NUMBER},
		{word_of(view, WORD_REASON), PAGE_TEXT},
		{word_of(view, WORD_ID), PAGE_WORD},
	};
	unsigned first = (view->number - 1) * LINES_ON_PAGE, used = COLUMNS;
	struct page_table table;

	if (!view->reasons)
		columns[--used - 1] = columns[COLUMNS - 1];
	table = page_table_begin(html, caption, columns, used);
	for (unsigned i = first; i < selection->kept && i < first + LINES_ON_PAGE; i++)
		add_row(&table, view, selection->list[i]);
	page_table_end(&table, word_of(view, WORD_NO_MAIL));
}

static void add_command(struct html *html, const struct view *view)
{
	cleanup_buf struct buf command = {0};

	if (lines_command(&command, view->lines, view->key)) {
		page_section_begin(html, "all", word_of(view, WORD_IN_THE_SHELL), SLICE_EMPTY);
		html_open(html, "pre");
		for (struct slice rest = buf_slice(&command), line;
			slice_next_line(&rest, &line);) {
			html_text(html, line);
			if (rest.len > 0)
				html_line(html);
		}
		html_close(html);
		page_section_end(html);
	}
	html->out->failed |= command.failed;
}

/* The pages before, behind and above, and what their links borrow. */
struct ways {
	struct buf before, behind, date;
	char path[SITE_PATH + 3];
	struct page_link above;
};

static void release_ways(struct ways *ways)
{
	buf_release(&ways->before);
	buf_release(&ways->behind);
	buf_release(&ways->date);
}

static void set_ways(const struct view *view, struct ways *ways, struct page *page)
{
	const struct lines_site *lines = view->lines;
	char path[SITE_PATH];

	snprintf(ways->path, sizeof(ways->path), "../%s",
		site_path(lines->site, SITE_LOG, lines->day, path));
	if (lines->day != SITE_NO_DAY)
		words_date(&ways->date, lines->site->language, lines->day);
	else
		buf_add(&ways->date, word_of(view, WORD_ALL_FIGURES));
	ways->above = (struct page_link){buf_slice(&ways->date), slice_cstr(ways->path)};
	page->above = &ways->above;
	page->above_count = 1;
	if (view->number > 1) {
		lines_file(&ways->before, lines, view->key, view->number - 1);
		page->previous =
			(struct page_link){word_of(view, WORD_PREVIOUS), buf_slice(&ways->before)};
	}
	if (view->number < view->pages) {
		lines_file(&ways->behind, lines, view->key, view->number + 1);
		page->next = (struct page_link){word_of(view, WORD_NEXT), buf_slice(&ways->behind)};
	}
}

/* Returns 0 or -ENOMEM. */
static int make_page(const struct view *view, size_t value_limit, struct buf *out)
{
	cleanup_buf struct buf title = {0}, places = {0};
	cleanup_(release_ways) struct ways ways = {0};
	struct html html = {.out = out, .value_limit = value_limit};
	struct page page = {.tables_only = true};

	site_frame(view->lines->site, &page);
	lines_title(&title, view->lines, view->key);
	tell_places(&places, view);
	set_ways(view, &ways, &page);
	page.title = buf_slice(&title);
	page.period = buf_slice(&places);
	page_begin(&html, &page);
	add_table(&html, view, buf_slice(&title));
	add_command(&html, view);
	out->failed |= title.failed || places.failed;
	return site_page_end(view->lines->site, &html);
}

static int write_page(const struct view *view, struct error *error)
{
	cleanup_buf struct buf out = {0};
	char path[SITE_PATH];
	size_t limit = 0;
	int result = lines_file_path(view->lines, view->key, view->number, path);

	if (result)
		return error_set_errno(error, result, "cannot make a page");
	do {
		buf_clear(&out);
		result = make_page(view, limit, &out);
	} while (result == 0 && page_wants_less(&out, &limit));
	if (result)
		return error_set_errno(error, result, "%s", path);
	return site_write(view->lines->site, path, buf_slice(&out), error);
}

/* --- all pages ------------------------------------------------------------- */

/* Writes the pages of a selection and adds their names, each in a line, to `written`. */
static int write_selection(const struct lines_site *lines, struct lines_key key,
	struct buf *written, struct error *error)
{
	struct view view = {.lines = lines, .key = key};
	int result = 0;

	view.selection = lines_of(lines->log->lines, key);
	view.pages = (view.selection->kept + LINES_ON_PAGE - 1) / LINES_ON_PAGE;
	for (unsigned i = 0; i < view.selection->kept && !view.reasons; i++)
		view.reasons = line_text(view.selection->list[i], LINE_ERROR).len > 0;
	for (view.number = 1; result == 0 && view.number <= view.pages; view.number++) {
		result = write_page(&view, error);
		lines_file(written, lines, key, view.number);
		buf_add_byte(written, '\n');
	}
	return result;
}

static bool is_written(void *context, const char *name)
{
	const struct buf *written = context;
	char line[SITE_PATH];

	if (snprintf(line, sizeof(line), "\n%s\n", name) >= (int)sizeof(line))
		return false;
	return slice_find(buf_slice(written), slice_cstr(line), 0) < written->len;
}

int lines_write(const struct lines_site *lines, struct error *error)
{
	cleanup_buf struct buf written = {0};
	struct lines_key key = {0};
	char folder[SITE_PATH];
	int result;

	buf_add_byte(&written, '\n');
	do {
		result = write_selection(lines, key, &written, error);
	} while (result == 0 && lines_next(&key));
	if (result == 0 && written.failed)
		return error_set_errno(error, -ENOMEM, "cannot make the pages");
	if (result)
		return result;
	site_path(lines->site, SITE_LINES, lines->day, folder);
	return site_sweep(lines->site, folder, is_written, &written, error);
}
