/*
 * The sheets behind virulator's figures, one for each list: of each name the first of its mails, how
 * many there are, and what shows the records of others.
 */
#include "report/virus_page_private.h"

#include "base/cleanup.h"

#include <errno.h>
#include <stdio.h>

/* --- more of them ---------------------------------------------------------- */

/*
 * What shows the records of a name, of all days. Of harmless names only: a command is copied into a
 * shell, and the name is somebody else's.
 */
static bool is_harmless(struct slice name)
{
	if (name.len == 0 || name.len > 100)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		unsigned char c = ascii_lower(name.data[i]);

		if (!(c >= 'a' && c <= 'z') && !ascii_digit(c) && !memchr("@._+=/-", c, 7))
			return false;
	}
	return true;
}

static const char *const fields[VIRUS_LISTS] = {
	[VIRUS_NAMES] = "Virus",
	[VIRUS_SENDERS] = "Sender",
	[VIRUS_RECIPIENTS] = "Recipient",
	[VIRUS_FILES] = "File",
	[VIRUS_TYPES] = "Type",
	[VIRUS_BAD_SENDERS] = "Sender",
	[VIRUS_BAD_RECIPIENTS] = "Recipient",
	[VIRUS_BAD_FILES] = "File",
	[VIRUS_BAD_TYPES] = "Type",
};

/* Empty where there is none. */
static struct slice command_for(struct virus_writing *writing, unsigned sheet, struct slice name)
{
	cleanup_buf struct buf command = {0}, text = {0};

	if (sheet >= VIRUS_LISTS || !fields[sheet] || !is_harmless(name))
		return SLICE_EMPTY;
	buf_addf(&command, "recsel -e \"%s = '%.*s'\" qmvc.rep", fields[sheet], SLICE_ARGS(name));
	WORDS_FILL(&text, writing->page->site->language, WORD_MORE_BY, buf_slice(&command));
	writing->html.out->failed |= command.failed;
	return virus_keep(writing, &text);
}

/* --- mails ----------------------------------------------------------------- */

/* The time of day on the page of a day, else with its date. */
static void add_time(struct virus_writing *writing, struct page_table *table, int64_t time_ms)
{
	char time[CALENDAR_TIME_SIZE];
	bool of_day = writing->page->day != SITE_NO_DAY;

	calendar_time_text(&writing->page->site->calendar, time_ms, time);
	page_cell(table, slice_cstr(of_day ? time + CALENDAR_DATE_SIZE : time));
}

static void add_mails(struct virus_writing *writing, const struct virus_selection *selection,
	struct slice caption)
{
	const struct page_column columns[] = {
		{virus_say(writing, WORD_TIME), PAGE_WORD},
		{virus_say(writing, WORD_SENDER), PAGE_TEXT},
		{virus_say(writing, WORD_RECIPIENT), PAGE_TEXT},
		{virus_say(writing, WORD_SUBJECT), PAGE_TEXT},
		{virus_say(writing, WORD_FOUND), PAGE_TEXT},
		{virus_say(writing, WORD_FILE), PAGE_TEXT},
		{virus_say(writing, WORD_ACTION), PAGE_WORD},
	};
	struct page_table table = page_table_begin(
		&writing->html, caption, columns, sizeof(columns) / sizeof(columns[0]));

	for (unsigned i = 0; i < selection->kept; i++) {
		const struct virus_line *line = selection->lines[i];

		add_time(writing, &table, line->time_ms);
		page_cell(&table, line->sender);
		page_cell(&table, line->recipient);
		page_cell(&table, line->subject);
		page_cell(&table, line->found);
		page_cell(&table, line->file);
		page_cell(&table, line->action);
	}
	page_table_end(&table, virus_say(writing, WORD_NO_MAIL));
}

static void add_selection(struct virus_writing *writing, unsigned sheet, unsigned at)
{
	const struct virus_selection *selection =
		&writing->page->lines->sheets[sheet].selections[at];
	struct slice name = virus_selection_name(writing, sheet, at);
	struct slice shown = html_cut(&writing->html, name, PAGE_VALUE);
	cleanup_buf struct buf caption = {0}, heading = {0};
	bool cut = selection->kept < selection->count;
	char id[16];

	buf_add(&heading, shown);
	buf_add_cstr(&heading, shown.len < name.len ? "\xe2\x80\xa6" : "");
	snprintf(id, sizeof(id), "n%u", at);
	page_section_begin(&writing->html, id, virus_keep(writing, &heading),
		cut ? command_for(writing, sheet, name) : SLICE_EMPTY);
	if (cut) {
		WORDS_FILL(&caption, writing->page->site->language, WORD_FIRST_OF,
			virus_figure(writing, selection->kept),
			virus_figure(writing, selection->count));
	} else {
		buf_add(&caption, virus_say(writing, WORD_MAILS));
		buf_add_cstr(&caption, ": ");
		figure_add(&caption, FIGURE_COUNT, selection->count);
	}
	add_mails(writing, selection, virus_keep(writing, &caption));
	page_section_end(&writing->html);
}

/* --- the sheets ------------------------------------------------------------ */

static void begin(struct virus_writing *writing, unsigned sheet)
{
	const struct virus_page *page = writing->page;
	struct page_link above = {.text = virus_heading(writing)};
	struct page frame = {.title = virus_sheet_title(writing, sheet),
		.period = virus_period(writing),
		.above = &above,
		.above_count = 1,
		.tables_only = true};
	char path[SITE_PATH];

	if (page->day != SITE_NO_DAY)
		frame.period = virus_heading(writing);
	site_path(page->site, SITE_VIRUS, page->day, path);
	above.path = slice_cstr(arena_printf(&writing->arena, "../%s", path));
	site_frame(page->site, &frame);
	page_begin(&writing->html, &frame);
}

static bool has_mails(const struct virus_sheet *sheet)
{
	for (unsigned i = 0; i < sheet->count; i++)
		if (sheet->selections[i].count > 0)
			return true;
	return false;
}

/* Returns 0 or -ENOMEM. */
static int make_sheet(
	const struct virus_page *page, unsigned sheet, size_t value_limit, struct buf *out)
{
	const struct virus_sheet *of = &page->lines->sheets[sheet];
	struct virus_writing writing = {
		.page = page, .html = {.out = out, .value_limit = value_limit}};
	int result;

	begin(&writing, sheet);
	for (unsigned i = 0; i < of->count; i++)
		if (of->selections[i].count > 0)
			add_selection(&writing, sheet, i);
	result = site_page_end(page->site, &writing.html);
	arena_release(&writing.arena);
	return result;
}

static int write_sheet(
	const struct virus_page *page, const char *folder, unsigned sheet, struct error *error)
{
	cleanup_buf struct buf out = {0};
	char path[SITE_PATH * 2];
	size_t limit = 0;
	int result;

	do {
		buf_clear(&out);
		result = make_sheet(page, sheet, limit, &out);
	} while (result == 0 && page_wants_less(&out, &limit));
	if (result)
		return error_set_errno(error, result, "%s", page->site->folder);
	snprintf(path, sizeof(path), "%s/%s", folder, virus_sheet_name(sheet));
	return site_write(page->site, path, buf_slice(&out), error);
}

static bool is_written(void *context, const char *name)
{
	const struct virus_lines *lines = context;

	for (unsigned i = 0; i < VIRUS_SHEETS; i++)
		if (strcmp(name, virus_sheet_name(i)) == 0)
			return has_mails(&lines->sheets[i]);
	return false;
}

int virus_sheets_write(const struct virus_page *page, struct error *error)
{
	struct virus_lines *lines = page->lines;
	char folder[SITE_PATH];
	int result = 0;

	site_path(page->site, SITE_VIRUS_LINES, page->day, folder);
	for (unsigned i = 0; i < VIRUS_SHEETS && result == 0; i++)
		if (has_mails(&page->lines->sheets[i]))
			result = write_sheet(page, folder, i, error);
	return result ? result : site_sweep(page->site, folder, is_written, lines, error);
}
