/* The page of a month; see month_page.h. */
#include "report/month_page.h"

#include "base/cleanup.h"

#include <errno.h>
#include <stdio.h>

#define NAMES_SHOWN 10
#define P95	    950

struct month {
	struct site *site;
	struct day_db *db;
	struct arena arena;
	struct day_span span;
	struct calendar_date date; /* the first */
	unsigned length;	   /* days */
	struct day_figures *days;  /* those that were counted */
	unsigned day_count;
	struct day_figures sum;
	struct histogram delay;
	struct html html;
	struct error *error;
};

static struct slice say(const struct month *month, enum word word)
{
	return words(month->site->language, word);
}

/* The word with a capital letter; empty without memory. */
static struct slice title(struct month *month, enum word word)
{
	cleanup_buf struct buf text = {0};

	words_capital(&text, month->site->language, word);
	return arena_copy(&month->arena, buf_slice(&text));
}

static struct slice month_name(struct month *month, struct calendar_date date)
{
	cleanup_buf struct buf text = {0};

	words_month(&text, month->site->language, date.year, date.month);
	return arena_copy(&month->arena, buf_slice(&text));
}

static struct slice path_of(struct month *month, enum site_page page, int64_t day)
{
	char path[SITE_PATH];

	return arena_copy(
		&month->arena, site_link(month->site, site_path(month->site, page, day, path)));
}

static struct slice figure(struct month *month, enum figure_unit unit, uint64_t value)
{
	cleanup_buf struct buf text = {0};

	figure_add(&text, unit, value);
	return arena_copy(&month->arena, buf_slice(&text));
}

/* --- what there is --------------------------------------------------------- */

static int read_month(struct month *month)
{
	struct day_times_list delay = {0};
	int result = day_db_read_days(month->db, month->span, &month->arena, &month->days,
		&month->day_count, month->error);

	if (result == 0)
		result = day_db_read_times(
			month->db, "delay", month->span, &month->arena, &delay, month->error);
	if (result)
		return result;
	for (unsigned i = 0; i < delay.count; i++)
		histogram_merge(&month->delay, &delay.list[i].time);
	for (unsigned i = 0; i < month->day_count; i++) {
		const struct day_figures *day = &month->days[i];

		month->sum.mails += day->mails;
		month->sum.bytes += day->bytes;
		month->sum.stopped += day->stopped;
		month->sum.bad += day->bad;
		month->sum.infected += day->infected;
	}
	return 0;
}

/* --- the top of the page --------------------------------------------------- */

static struct page_link way_to(struct month *month, int64_t day)
{
	return (struct page_link){
		month_name(month, calendar_date(day)), path_of(month, SITE_MONTH, day)};
}

static void begin(struct month *month)
{
	cleanup_buf struct buf period = {0};
	struct page_link year = {
		.text = slice_cstr(arena_printf(&month->arena, "%d", month->date.year)),
		.path = path_of(month, SITE_YEAR, month->span.first)};
	struct page page = {.title = month_name(month, month->date),
		.previous = way_to(month, month->span.first - 1),
		.next = way_to(month, month->span.last + 1),
		.above = &year,
		.above_count = 1};

	WORDS_FILL(&period, month->site->language, WORD_DAYS_COUNTED,
		figure(month, FIGURE_COUNT, month->day_count),
		figure(month, FIGURE_COUNT, month->length));
	page.period = buf_slice(&period);
	site_frame(month->site, &page);
	page_begin(&month->html, &page);
	month->html.out->failed |= period.failed;
}

static void add_card(struct month *month, enum word label, enum figure_unit unit, uint64_t value,
	uint64_t whole, enum chart_tone tone)
{
	cleanup_buf struct buf share = {0};
	struct page_card card = {
		.label = title(month, label), .figure = figure(month, unit, value), .tone = tone};

	if (whole > 0) {
		figure_add_share(&share, value, whole);
		card.note = buf_slice(&share);
	}
	page_card(&month->html, &card);
	month->html.out->failed |= share.failed;
}

static void add_cards(struct month *month)
{
	const struct day_figures *sum = &month->sum;

	page_cards_begin(&month->html);
	add_card(month, WORD_MAILS, FIGURE_COUNT, sum->mails, 0, TONE_PLAIN);
	add_card(month, WORD_STOPPED, FIGURE_COUNT, sum->stopped, sum->mails, TONE_STOPPED);
	add_card(month, WORD_BAD, FIGURE_COUNT, sum->bad, sum->mails, TONE_DEFERRED);
	add_card(month, WORD_WITH_VIRUS, FIGURE_COUNT, sum->infected, sum->mails, TONE_STOPPED);
	add_card(month, WORD_DELAY, FIGURE_TIME, histogram_quantile(&month->delay, 500), 0,
		TONE_PLAIN);
	add_card(month, WORD_SIZE, FIGURE_SIZE, sum->bytes, 0, TONE_PLAIN);
	page_cards_end(&month->html);
}

/* --- day by day ------------------------------------------------------------ */

/* A slot for each day, that leads to its page of a kind. NULL without memory. */
static struct chart_slot *slots_of(struct month *month, enum site_page page)
{
	struct chart_slot *slots = arena_array(&month->arena, month->length, sizeof(*slots));

	for (unsigned i = 0; slots && i < month->length; i++) {
		cleanup_buf struct buf name = {0};

		words_day(&name, month->site->language, month->span.first + i);
		slots[i].label = slice_cstr(arena_printf(&month->arena, "%u", i + 1));
		slots[i].name = arena_copy(&month->arena, buf_slice(&name));
		slots[i].path = path_of(month, page, month->span.first + i);
		slots[i].off = calendar_date(month->span.first + i).weekday >= 5;
	}
	return slots;
}

static void add_days(struct month *month, enum word heading, enum word word, enum chart_tone tone,
	size_t offset, const struct chart_slot *slots)
{
	const struct chart_series series = {say(month, word), tone};
	uint64_t values[31] = {0};
	const struct chart chart = {.title = title(month, heading),
		.numbers = say(month, WORD_NUMBERS),
		.empty = say(month, WORD_NO_MAIL),
		.slots = slots,
		.slot_count = month->length,
		.series = &series,
		.series_count = 1,
		.values = values};

	for (unsigned i = 0; i < month->day_count; i++)
		memcpy(&values[month->days[i].day - month->span.first],
			(const char *)&month->days[i] + offset, sizeof(values[0]));
	chart_bars(&month->html, &chart);
}

static void add_columns(struct month *month)
{
	const struct chart_slot *logs = slots_of(month, SITE_LOG);
	const struct chart_slot *viruses = slots_of(month, SITE_VIRUS);

	if (!logs || !viruses) {
		month->html.out->failed = true;
		return;
	}
	page_section_begin(&month->html, "days", say(month, WORD_DAY_BY_DAY),
		say(month, WORD_DAY_BY_DAY_NOTE));
	add_days(month, WORD_RECEIVED_MAIL, WORD_RECEIVED, TONE_PASSED,
		offsetof(struct day_figures, mails), logs);
	page_columns_begin(&month->html);
	add_days(month, WORD_BAD_MAIL, WORD_BAD, TONE_DEFERRED, offsetof(struct day_figures, bad),
		viruses);
	add_days(month, WORD_VIRUS_MAIL, WORD_WITH_VIRUS, TONE_STOPPED,
		offsetof(struct day_figures, infected), viruses);
	page_columns_end(&month->html);
	page_section_end(&month->html);
}

/* --- the whole ------------------------------------------------------------- */

static int make(struct month *month)
{
	int result = read_month(month);

	if (result)
		return result;
	begin(month);
	add_cards(month);
	add_columns(month);
	if (site_page_end(month->site, &month->html))
		return error_set_errno(month->error, -ENOMEM, "%s", month->site->folder);
	return 0;
}

int month_page_write(
	struct site *site, struct day_db *db, int64_t day, const char *path, struct error *error)
{
	cleanup_buf struct buf out = {0};
	struct calendar_date date = calendar_date(day);
	struct month month = {.site = site,
		.db = db,
		.span = {calendar_day(date.year, date.month, 1),
			calendar_day(date.year, date.month + 1, 1) - 1},
		.date = {.year = date.year, .month = date.month, .day = 1},
		.html = {.out = &out},
		.error = error};
	char name[SITE_PATH];
	int result;

	month.length = (unsigned)(month.span.last - month.span.first + 1);
	result = make(&month);
	if (result == 0)
		result = site_write(
			site, site_path(site, SITE_MONTH, day, name), buf_slice(&out), error);
	if (result == 0 && path)
		result = site_write(site, path, buf_slice(&out), error);
	arena_release(&month.arena);
	return result;
}
