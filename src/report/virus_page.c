/* The frame of virulator's pages, and what they call things; see virus_page.h. */
#include "report/virus_page_private.h"

#include "base/cleanup.h"

#include <errno.h>
#include <stdio.h>

/* --- words ----------------------------------------------------------------- */

struct slice virus_say(const struct virus_writing *writing, enum word word)
{
	return words(writing->page->site->language, word);
}

struct slice virus_keep(struct virus_writing *writing, const struct buf *text)
{
	struct slice kept = arena_copy(&writing->arena, buf_slice(text));

	writing->html.out->failed |= text->failed || (text->len > 0 && !kept.data);
	return kept;
}

struct slice virus_title(struct virus_writing *writing, enum word word)
{
	cleanup_buf struct buf text = {0};

	words_capital(&text, writing->page->site->language, word);
	return virus_keep(writing, &text);
}

struct slice virus_figure(struct virus_writing *writing, uint64_t value)
{
	cleanup_buf struct buf text = {0};

	figure_add(&text, FIGURE_COUNT, value);
	return virus_keep(writing, &text);
}

struct slice virus_heading(struct virus_writing *writing)
{
	cleanup_buf struct buf text = {0};

	if (writing->page->day == SITE_NO_DAY)
		return virus_title(writing, WORD_VIRUSES_AND_BAD);
	words_date(&text, writing->page->site->language, writing->page->day);
	return virus_keep(writing, &text);
}

static struct slice minute(struct virus_writing *writing, int64_t wall_ms)
{
	char time[CALENDAR_TIME_SIZE];

	calendar_time_text(&writing->page->site->calendar, wall_ms, time);
	return arena_copy(&writing->arena, slice_first(slice_cstr(time), CALENDAR_TIME_SIZE - 4));
}

struct slice virus_period(struct virus_writing *writing)
{
	const struct virus_tally *tally = writing->page->tally;
	cleanup_buf struct buf text = {0};

	if (writing->page->day != SITE_NO_DAY)
		return virus_title(writing, WORD_VIRUSES_AND_BAD);
	WORDS_FILL(&text, writing->page->site->language, WORD_FROM_TO,
		minute(writing, tally->since_ms), minute(writing, tally->until_ms));
	return virus_keep(writing, &text);
}

static const struct {
	const char *name;
	enum word title;
} sheets[VIRUS_SHEETS] = {
	[VIRUS_NAMES] = {"viruses.html", WORD_VIRUSES},
	[VIRUS_SENDERS] = {"senders.html", WORD_VIRUS_SENDERS},
	[VIRUS_DOMAINS] = {"domains.html", WORD_VIRUS_DOMAINS},
	[VIRUS_RECIPIENTS] = {"recipients.html", WORD_VIRUS_RECIPIENTS},
	[VIRUS_FILES] = {"files.html", WORD_FILE_NAMES},
	[VIRUS_TYPES] = {"types.html", WORD_FILE_TYPES},
	[VIRUS_RULES] = {"rules.html", WORD_RULES},
	[VIRUS_BAD_SENDERS] = {"bad-senders.html", WORD_SENDERS},
	[VIRUS_BAD_DOMAINS] = {"bad-domains.html", WORD_DOMAINS},
	[VIRUS_BAD_RECIPIENTS] = {"bad-recipients.html", WORD_RECIPIENTS},
	[VIRUS_BAD_FILES] = {"bad-files.html", WORD_FILE_NAMES},
	[VIRUS_BAD_TYPES] = {"bad-types.html", WORD_FILE_TYPES},
	[VIRUS_SHEET_MAILS] = {"mails.html", WORD_VIRUSES_AND_BAD},
	[VIRUS_SHEET_TIME] = {"time.html", WORD_HOUR_BY_HOUR},
	[VIRUS_SHEET_CONDITIONS] = {"conditions.html", WORD_CONDITIONS},
	[VIRUS_SHEET_SCANNERS] = {"scanners.html", WORD_SCANNERS},
};

const char *virus_sheet_name(unsigned sheet)
{
	return sheets[sheet].name;
}

struct slice virus_sheet_title(struct virus_writing *writing, unsigned sheet)
{
	return virus_title(writing, sheets[sheet].title);
}

static struct slice condition_words(struct virus_writing *writing, unsigned condition)
{
	/* Nothing was found there, else it would be a virus mail. */
	if (condition == CONDITION_VIRUS)
		return virus_say(writing, WORD_NOT_SCANNED);
	return condition < CONDITION_COUNT
		       ? slice_cstr(condition_name((enum condition_id)condition))
		       : slice_cstr("?");
}

static struct slice scanner_words(struct virus_writing *writing, unsigned at)
{
	const struct virus_scanner *scanner = writing->page->tally->scanners[at];
	cleanup_buf struct buf text = {0};

	buf_add(&text, virus_scanner_initial(scanner));
	if (scanner->name_length > 0)
		buf_add_byte(&text, ' ');
	buf_add(&text, virus_scanner_name(scanner));
	return virus_keep(writing, &text);
}

struct slice virus_slot_name(struct virus_writing *writing, unsigned slot)
{
	const struct virus_axis *axis = &writing->page->tally->axis;
	enum language language = writing->page->site->language;
	cleanup_buf struct buf text = {0};
	int64_t at = axis->first + slot, day = axis->by_hours ? at / 24 : at;
	char from[8], to[8];

	if (!axis->by_hours || writing->page->day == SITE_NO_DAY)
		words_day(&text, language, day);
	if (axis->by_hours) {
		snprintf(from, sizeof(from), "%02u:00", (unsigned)(at - day * 24) % 24);
		snprintf(to, sizeof(to), "%02u:00", (unsigned)(at - day * 24) % 24 + 1);
		if (text.len > 0)
			buf_add_cstr(&text, ", ");
		WORDS_FILL(&text, language, WORD_FROM_TO, slice_cstr(from), slice_cstr(to));
	}
	return virus_keep(writing, &text);
}

struct slice virus_selection_name(struct virus_writing *writing, unsigned sheet, unsigned at)
{
	switch (sheet) {
	case VIRUS_SHEET_MAILS:
		return virus_title(writing, at == VIRUS_INFECTED ? WORD_VIRUS_MAIL : WORD_BAD_MAIL);
	case VIRUS_SHEET_TIME:
		return virus_slot_name(writing, at);
	case VIRUS_SHEET_CONDITIONS:
		return condition_words(writing, at);
	case VIRUS_SHEET_SCANNERS:
		return scanner_words(writing, at);
	default:
		return writing->page->lines->sheets[sheet].selections[at].name;
	}
}

struct virus_way virus_way_to(struct virus_writing *writing, unsigned sheet, unsigned at)
{
	const struct virus_sheet *there = &writing->page->lines->sheets[sheet];
	struct virus_way way = {SLICE_EMPTY, SLICE_EMPTY};

	if (at >= there->count || there->selections[at].count == 0)
		return way;
	way.path = slice_cstr(
		arena_printf(&writing->arena, "%s/%s", writing->folder, virus_sheet_name(sheet)));
	way.fragment = slice_cstr(arena_printf(&writing->arena, "n%u", at));
	return way;
}

/* --- the page -------------------------------------------------------------- */

/*
 * A page that is there, or will be: month_pages_update() writes month and year behind the days in
 * which there was something.
 */
static struct slice path_of(struct virus_writing *writing, enum site_page which, int64_t day)
{
	const struct site *site = writing->page->site;
	bool will_be =
		(which == SITE_MONTH || which == SITE_YEAR) && writing->page->tally->records > 0;
	char path[SITE_PATH];

	site_path(site, which, day, path);
	if (!will_be && !site_has(site, path))
		return SLICE_EMPTY;
	return arena_copy(&writing->arena, slice_cstr(path));
}

/* To the day before or behind; `there` is that, or SITE_NO_DAY when it has no page. */
static struct page_link way_to_day(struct virus_writing *writing, int64_t day, int64_t there)
{
	cleanup_buf struct buf text = {0};
	struct page_link way = {.path = SLICE_EMPTY};
	char path[SITE_PATH];

	words_day(&text, writing->page->site->language, day);
	way.text = virus_keep(writing, &text);
	if (there != SITE_NO_DAY)
		way.path = arena_copy(&writing->arena,
			slice_cstr(site_path(writing->page->site, SITE_VIRUS, day, path)));
	return way;
}

static void begin(struct virus_writing *writing)
{
	const struct virus_page *page = writing->page;
	struct page frame = {.title = virus_heading(writing), .period = virus_period(writing)};
	cleanup_buf struct buf month = {0};
	struct page_link above[3];

	if (page->day != SITE_NO_DAY) {
		struct calendar_date date = calendar_date(page->day);

		words_month(&month, page->site->language, date.year, date.month);
		frame.previous = way_to_day(writing, page->day - 1, page->previous);
		frame.next = way_to_day(writing, page->day + 1, page->next);
		above[0] = (struct page_link){
			virus_say(writing, WORD_MAILS), path_of(writing, SITE_LOG, page->day)};
		above[1] = (struct page_link){
			virus_keep(writing, &month), path_of(writing, SITE_MONTH, page->day)};
		above[2] = (struct page_link){
			slice_cstr(arena_printf(&writing->arena, "%d", date.year)),
			path_of(writing, SITE_YEAR, page->day)};
	} else {
		above[0] = (struct page_link){
			virus_say(writing, WORD_MAILS), path_of(writing, SITE_LOG, SITE_NO_DAY)};
	}
	frame.above = above;
	frame.above_count = page->day == SITE_NO_DAY ? 1 : 3;
	site_frame(page->site, &frame);
	page_begin(&writing->html, &frame);
}

int virus_page_write(const struct virus_page *page, struct error *error)
{
	cleanup_buf struct buf out = {0};
	struct virus_writing writing = {.page = page, .html = {.out = &out}};
	char path[SITE_PATH];
	int result = virus_sheets_write(page, error);

	if (result)
		return result;
	site_path(page->site, SITE_VIRUS_LINES, page->day, writing.folder);
	begin(&writing);
	virus_page_sections(&writing);
	if (page->has_scanners)
		virus_page_scanners(&writing);
	if (site_page_end(page->site, &writing.html))
		result = error_set_errno(error, -ENOMEM, "%s", page->site->folder);
	if (result == 0)
		result = site_write(page->site, site_path(page->site, SITE_VIRUS, page->day, path),
			buf_slice(&out), error);
	arena_release(&writing.arena);
	return result;
}
