/* Pages of the mails behind a figure; see lines_page.h. */
#include "report/lines_page.h"

#include "base/cleanup.h"

#include <errno.h>

#define COLUMNS 11

/* --- names ----------------------------------------------------------------- */

/* A scanner's name as part of a file's: what qmvc writes stays, any other byte is _NN. */
static void add_initial(struct buf *out, const struct lines_site *lines, unsigned which)
{
	struct slice initial = tally_initial(lines->log->tally->scanners[which]);

	buf_add_cstr(out, "scanner-");
	for (size_t i = 0; i < initial.len; i++) {
		unsigned char c = initial.data[i], lower = ascii_lower(c);

		if ((lower >= 'a' && lower <= 'z') || ascii_digit(c) || c == '-')
			buf_add_byte(out, c);
		else
			buf_addf(out, "_%02X", c);
	}
}

/* "hour-14", of longer periods "hour-2026-11-22-14"; "day-2026-11-22" */
static void add_slot(struct buf *out, const struct day_log *log, const struct day_slot *slot)
{
	char date[CALENDAR_DATE_SIZE];

	calendar_date_text(slot->day, date);
	if (!log->by_hour)
		buf_addf(out, "day-%s", date);
	else if (log->one_day)
		buf_addf(out, "hour-%02u", slot->hour);
	else
		buf_addf(out, "hour-%s-%02u", date, slot->hour);
	if (slot->again)
		buf_add_cstr(out, "-again");
}

static void add_name(struct buf *out, const struct lines_site *lines, struct lines_key key)
{
	static const char *const simple[] = {
		[LINES_ALL] = "mails",
		[LINES_STOPPED] = "stopped",
		[LINES_INFECTED] = "infected",
		[LINES_DISAGREED] = "disagreed",
		[LINES_FAILED] = "failed",
		[LINES_BIGGEST] = "biggest",
		[LINES_SLOWEST] = "slowest",
	};
	static const char *const of_scanner[] = {
		[LINES_ALONE] = "alone",
		[LINES_MISSED] = "missed",
		[LINES_OPENED] = "opened",
		[LINES_LEFT] = "left",
	};

	if (key.kind == LINES_ACTION) {
		buf_addf(out, "action-%s", tally_action_name((enum tally_action)key.which));
	} else if (key.kind == LINES_CONDITION) {
		buf_addf(out, "condition-%s", tally_condition_name(key.which));
	} else if (key.kind == LINES_CODE) {
		buf_addf(out, "code-%s", tally_code_name(key.which));
	} else if (key.kind == LINES_SLOT) {
		add_slot(out, lines->log, &lines->log->slots[key.which]);
	} else if (key.kind < LINES_ACTION) {
		buf_add_cstr(out, simple[key.kind]);
	} else {
		add_initial(out, lines, key.which);
		buf_addf(out, "-%s",
			key.kind == LINES_VERDICT ? tally_verdict_name(key.verdict)
						  : of_scanner[key.kind]);
	}
}

/* "action-keep.html", the second page "action-keep-2.html". */
static void add_file(
	struct buf *out, const struct lines_site *lines, struct lines_key key, unsigned number)
{
	add_name(out, lines, key);
	if (number > 1)
		buf_addf(out, "-%u", number);
	buf_add_cstr(out, ".html");
}

/* With the folder in front. Returns 0 or -ENOMEM. */
static int make_path(
	const struct lines_site *lines, struct lines_key key, unsigned number, char path[SITE_PATH])
{
	cleanup_buf struct buf name = {0};
	char folder[SITE_PATH];

	add_file(&name, lines, key, number);
	if (!buf_cstr(&name))
		return -ENOMEM;
	site_path(lines->site, SITE_LINES, lines->day, folder);
	if (snprintf(path, SITE_PATH, "%s/%s", folder, buf_cstr(&name)) >= SITE_PATH)
		return -ENAMETOOLONG; /* -d and initials are too short for that */
	return 0;
}

struct slice lines_path(const struct lines_site *lines, struct lines_key key, char path[SITE_PATH])
{
	if (lines_of(lines->log->lines, key)->kept == 0 || make_path(lines, key, 1, path))
		return SLICE_EMPTY;
	return slice_cstr(path);
}

/* --- words ----------------------------------------------------------------- */

void lines_slot_name(struct buf *out, enum language language, const struct day_log *log,
	const struct day_slot *slot)
{
	if (!log->by_hour || !log->one_day)
		words_day(out, language, slot->day);
	if (log->by_hour)
		buf_addf(out, "%s%02u:00\xe2\x80\x93%02u:00", log->one_day ? "" : ", ", slot->hour,
			slot->hour + 1);
}

/* The title with a word of the log in it, or with a scanner's name. */
static void fill_title(struct buf *out, const struct lines_site *lines, struct lines_key key)
{
	static const enum word of_kind[] = {
		[LINES_ACTION] = WORD_WITH_ACTION,
		[LINES_CONDITION] = WORD_WITH_CONDITION,
		[LINES_CODE] = WORD_WITH_CODE,
		[LINES_VERDICT] = WORD_WITH_VERDICT,
		[LINES_ALONE] = WORD_SAID_ALONE,
		[LINES_MISSED] = WORD_SAID_CLEAN,
		[LINES_OPENED] = WORD_BREAKER_OPENED,
		[LINES_LEFT] = WORD_WAS_LEFT,
	};
	struct slice values[2] = {SLICE_EMPTY, slice_cstr(tally_verdict_name(key.verdict))};

	if (key.kind == LINES_ACTION)
		values[0] = slice_cstr(tally_action_name((enum tally_action)key.which));
	else if (key.kind == LINES_CONDITION)
		values[0] = slice_cstr(tally_condition_name(key.which));
	else if (key.kind == LINES_CODE)
		values[0] = slice_cstr(tally_code_name(key.which));
	else
		values[0] = tally_initial(lines->log->tally->scanners[key.which]);
	words_fill(out, lines->site->language, of_kind[key.kind], values, 2);
}

void lines_title(struct buf *out, const struct lines_site *lines, struct lines_key key)
{
	static const enum word simple[] = {
		[LINES_ALL] = WORD_ALL_MAILS,
		[LINES_STOPPED] = WORD_STOPPED_MAILS,
		[LINES_INFECTED] = WORD_INFECTED_MAILS,
		[LINES_DISAGREED] = WORD_DISAGREEMENTS,
		[LINES_FAILED] = WORD_FAILED_MAILS,
		[LINES_BIGGEST] = WORD_BIGGEST,
		[LINES_SLOWEST] = WORD_SLOWEST,
	};

	if (key.kind == LINES_SLOT)
		lines_slot_name(
			out, lines->site->language, lines->log, &lines->log->slots[key.which]);
	else if (key.kind < LINES_ACTION)
		buf_add(out, words(lines->site->language, simple[key.kind]));
	else
		fill_title(out, lines, key);
}

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
		add_file(&ways->before, lines, view->key, view->number - 1);
		page->previous =
			(struct page_link){word_of(view, WORD_PREVIOUS), buf_slice(&ways->before)};
	}
	if (view->number < view->pages) {
		add_file(&ways->behind, lines, view->key, view->number + 1);
		page->next = (struct page_link){word_of(view, WORD_NEXT), buf_slice(&ways->behind)};
	}
}

static int write_page(const struct view *view, struct error *error)
{
	cleanup_buf struct buf out = {0}, title = {0}, places = {0};
	cleanup_(release_ways) struct ways ways = {0};
	struct html html = {.out = &out};
	struct page page = {0};
	char path[SITE_PATH];
	int result = make_path(view->lines, view->key, view->number, path);

	if (result)
		return error_set_errno(error, result, "cannot make a page");
	site_frame(view->lines->site, &page);
	lines_title(&title, view->lines, view->key);
	tell_places(&places, view);
	set_ways(view, &ways, &page);
	page.title = buf_slice(&title);
	page.period = buf_slice(&places);
	page_begin(&html, &page);
	add_table(&html, view, buf_slice(&title));
	add_command(&html, view);
	result = site_page_end(view->lines->site, &html);
	if (result || title.failed || places.failed)
		return error_set_errno(error, -ENOMEM, "%s", path);
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
		add_file(written, lines, key, view.number);
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
