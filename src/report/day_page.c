/* The page of a day: its frame, key figures, and the mails over the day; see day_page.h. */
#include "report/day_page_private.h"

#include "base/cleanup.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

/* --- texts ----------------------------------------------------------------- */

static struct slice keep(struct day_maker *maker, struct buf *text)
{
	struct slice kept = arena_copy(&maker->arena, buf_slice(text));

	if (!kept.data || text->failed)
		maker->html.out->failed = true;
	buf_release(text);
	return kept;
}

struct slice day_say(const struct day_maker *maker, enum word word)
{
	return words(maker->language, word);
}

struct slice day_title(struct day_maker *maker, enum word word)
{
	struct buf text = {0};

	words_capital(&text, maker->language, word);
	return keep(maker, &text);
}

struct slice day_fill(struct day_maker *maker, enum word word, struct slice one, struct slice two)
{
	struct buf text = {0};

	WORDS_FILL(&text, maker->language, word, one, two);
	return keep(maker, &text);
}

struct slice day_figure(struct day_maker *maker, enum figure_unit unit, uint64_t value)
{
	struct buf text = {0};

	figure_add(&text, unit, value);
	return keep(maker, &text);
}

struct slice day_share(struct day_maker *maker, uint64_t part, uint64_t whole)
{
	struct buf text = {0};

	figure_add_share(&text, part, whole);
	return keep(maker, &text);
}

struct slice day_lines(struct day_maker *maker, struct lines_key key)
{
	char path[SITE_PATH];
	struct slice found = lines_path(&maker->page->lines, key, path);

	return found.len > 0 ? arena_copy(&maker->arena, found) : SLICE_EMPTY;
}

struct chart_slot *day_slots(struct day_maker *maker)
{
	const struct day_log *log = maker->log;
	struct chart_slot *slots = arena_array(&maker->arena, log->slot_count, sizeof(*slots));

	for (unsigned i = 0; slots && i < log->slot_count; i++) {
		const struct day_slot *slot = &log->slots[i];
		struct buf name = {0}, label = {0};

		if (log->by_hour)
			buf_addf(&label, "%02u", slot->hour);
		else
			buf_addf(&label, "%u", calendar_date(slot->day).day);
		lines_slot_name(&name, maker->language, log, slot);
		slots[i].label = keep(maker, &label);
		slots[i].name = keep(maker, &name);
		slots[i].path = day_lines(maker, (struct lines_key){LINES_SLOT, i, 0});
	}
	return slots;
}

/* --- the frame ------------------------------------------------------------- */

/* "14:05", and the zone's name behind it when `zone` is set; midnight at an end is 24:00. */
static void add_clock(
	struct day_maker *maker, struct buf *out, int64_t wall_ms, bool end, bool zone)
{
	time_t moment = (time_t)(wall_ms / 1000);
	struct tm local;
	char text[40];

	if (!localtime_r(&moment, &local) || strftime(text, sizeof(text), "%H:%M %Z", &local) == 0)
		return;
	if (end && memcmp(text, "00:00", 5) == 0)
		memcpy(text, "24:00", 5);
	if (!zone)
		text[5] = 0;
	buf_add_cstr(out, text);
}

/* "00:00 – 24:00 CET", "00:00 – 14:05 CET, so far" */
static struct slice tell_period(struct day_maker *maker)
{
	const struct day_log *log = maker->log;
	int64_t now_ms = maker->page->lines.site->now_ms;
	bool open = now_ms < log->until_ms;
	struct buf text = {0};

	add_clock(maker, &text, log->since_ms, false, false);
	buf_add_cstr(&text, "\xe2\x80\x93");
	add_clock(maker, &text, open ? now_ms : log->until_ms, !open, true);
	return open ? day_fill(maker, WORD_SO_FAR, keep(maker, &text), SLICE_EMPTY)
		    : keep(maker, &text);
}

/* "21 November, 14:05 – 22 November, 14:05" */
static struct slice tell_title(struct day_maker *maker)
{
	struct calendar *calendar = &maker->page->lines.site->calendar;
	const struct day_log *log = maker->log;
	struct buf text = {0};

	if (maker->page->lines.day != SITE_NO_DAY) {
		words_date(&text, maker->language, maker->page->lines.day);
		return keep(maker, &text);
	}
	words_day(&text, maker->language, calendar_look(calendar, log->since_ms).day);
	buf_add_cstr(&text, ", ");
	add_clock(maker, &text, log->since_ms, false, false);
	buf_add_cstr(&text, " \xe2\x80\x93 ");
	words_day(&text, maker->language, calendar_look(calendar, log->until_ms - 1).day);
	buf_add_cstr(&text, ", ");
	add_clock(maker, &text, log->until_ms, true, false);
	return keep(maker, &text);
}

static struct page_link link_to_day(struct day_maker *maker, int64_t day)
{
	struct buf name = {0};
	char path[SITE_PATH];

	if (day == SITE_NO_DAY)
		return (struct page_link){0};
	words_day(&name, maker->language, day);
	site_path(maker->page->lines.site, SITE_LOG, day, path);
	return (struct page_link){keep(maker, &name), arena_copy(&maker->arena, slice_cstr(path))};
}

/* To a page that is written behind that of the day, when there is mail to tell of. */
static struct page_link link_above(struct day_maker *maker, enum site_page above, struct slice name)
{
	const struct site *site = maker->page->lines.site;
	char path[SITE_PATH];

	site_path(site, above, maker->page->lines.day, path);
	if (maker->log->tally->total.mails == 0 && !site_has(site, path))
		return (struct page_link){.text = name};
	return (struct page_link){name, arena_copy(&maker->arena, slice_cstr(path))};
}

/* Month, year, and what virulator(8) has to say of the day where it has said it. */
static unsigned set_above(struct day_maker *maker, struct page_link above[3])
{
	const struct site *site = maker->page->lines.site;
	int64_t day = maker->page->lines.day;
	struct calendar_date date = calendar_date(day);
	struct buf month = {0}, year = {0};
	char path[SITE_PATH];

	words_month(&month, maker->language, date.year, date.month);
	buf_addf(&year, "%d", date.year);
	above[0] = link_above(maker, SITE_MONTH, keep(maker, &month));
	above[1] = link_above(maker, SITE_YEAR, keep(maker, &year));
	if (!site_has(site, site_path(site, SITE_VIRUS, day, path)))
		return 2;
	above[2] = (struct page_link){
		day_say(maker, WORD_VIRUSES), arena_copy(&maker->arena, slice_cstr(path))};
	return 3;
}

static void begin(struct day_maker *maker)
{
	struct page_link above[3];
	struct page page = {.title = tell_title(maker), .period = tell_period(maker)};

	site_frame(maker->page->lines.site, &page);
	if (maker->page->lines.day != SITE_NO_DAY) {
		page.previous = link_to_day(maker, maker->page->previous);
		page.next = link_to_day(maker, maker->page->next);
		page.above = above;
		page.above_count = set_above(maker, above);
	}
	page_begin(&maker->html, &page);
}

/* --- key figures ----------------------------------------------------------- */

static void add_card(struct day_maker *maker, struct page_card card, const uint64_t *trend)
{
	if (trend && maker->page->trend_count > 1) {
		card.trend = trend;
		card.trend_count = maker->page->trend_count;
		card.trend_name = day_fill(maker, WORD_LAST_DAYS,
			day_figure(maker, FIGURE_COUNT, card.trend_count), SLICE_EMPTY);
	}
	page_card(&maker->html, &card);
}

/* So many of all mails. */
static void add_part(struct day_maker *maker, enum word label, uint64_t value, enum chart_tone tone,
	struct lines_key key, const uint64_t *trend)
{
	struct page_card card = {.label = day_title(maker, label),
		.figure = day_figure(maker, FIGURE_COUNT, value),
		.tone = value > 0 ? tone : TONE_PLAIN,
		.path = day_lines(maker, key)};

	if (maker->log->tally->total.mails > 0)
		card.note = day_fill(maker, WORD_SHARE_OF_ALL,
			day_share(maker, value, maker->log->tally->total.mails), SLICE_EMPTY);
	add_card(maker, card, trend);
}

/* "p95 640 ms · p99 910 ms" */
static struct slice tell_quantiles(struct day_maker *maker)
{
	struct buf text = {0};

	buf_add_cstr(&text, "p95 ");
	figure_add(&text, FIGURE_TIME, histogram_quantile(&maker->log->tally->delay, 950));
	buf_add_cstr(&text, " \xc2\xb7 p99 ");
	figure_add(&text, FIGURE_TIME, histogram_quantile(&maker->log->tally->delay, 990));
	return keep(maker, &text);
}

static void add_cards(struct day_maker *maker)
{
	const struct tally *tally = maker->log->tally;
	const struct tally_counts *total = &tally->total;
	struct lines_key slowest = {.kind = LINES_SLOWEST};
	struct page_card mails = {.label = day_title(maker, WORD_MAILS),
		.figure = day_figure(maker, FIGURE_COUNT, total->mails),
		.note = day_fill(maker, WORD_IN_ALL, day_figure(maker, FIGURE_SIZE, total->bytes),
			SLICE_EMPTY),
		.path = day_lines(maker, (struct lines_key){.kind = LINES_ALL})};
	struct page_card median = {.label = day_title(maker, WORD_MEDIAN_DELAY),
		.figure = day_figure(maker, FIGURE_TIME, histogram_quantile(&tally->delay, 500)),
		.note = tell_quantiles(maker),
		.path = SLICE_EMPTY,
		.fragment = slice_cstr("delay")};
	struct page_card longest = {.label = day_title(maker, WORD_LONGEST_DELAY),
		.figure = day_figure(maker, FIGURE_TIME, tally->delay.greatest),
		.path = day_lines(maker, slowest)};

	page_cards_begin(&maker->html);
	add_card(maker, mails, maker->page->mails);
	add_part(maker, WORD_STOPPED, total->stopped, TONE_STOPPED,
		(struct lines_key){.kind = LINES_STOPPED}, maker->page->stopped);
	add_part(maker, WORD_INFECTED, total->infected, TONE_STOPPED,
		(struct lines_key){.kind = LINES_INFECTED}, NULL);
	add_part(maker, WORD_DEFERRED, total->actions[TALLY_DEFER], TONE_DEFERRED,
		(struct lines_key){LINES_ACTION, TALLY_DEFER, 0}, NULL);
	if (total->mails > 0) {
		add_card(maker, median, NULL);
		add_card(maker, longest, NULL);
	}
	page_cards_end(&maker->html);
}

/* --- mails ----------------------------------------------------------------- */

static void add_axis(struct day_maker *maker)
{
	const struct day_log *log = maker->log;
	const struct chart_series series[] = {
		{day_say(maker, WORD_PASSED), TONE_PASSED},
		{day_say(maker, WORD_STOPPED), TONE_STOPPED},
		{day_say(maker, WORD_DEFERRED), TONE_DEFERRED},
	};
	uint64_t *values = arena_array(&maker->arena, log->slot_count, 3 * sizeof(*values));
	const struct chart chart = {
		.title = log->cut ? day_fill(maker, WORD_LAST_DAYS,
					    day_figure(maker, FIGURE_COUNT, log->slot_count),
					    SLICE_EMPTY)
				  : day_say(maker, log->by_hour ? WORD_BY_HOUR : WORD_BY_DAY),
		.numbers = day_say(maker, WORD_NUMBERS),
		.empty = day_say(maker, WORD_NO_MAIL),
		.slots = day_slots(maker),
		.slot_count = log->slot_count,
		.cycle = log->by_hour ? 24 : 0,
		.series = series,
		.series_count = 3,
		.values = values};

	if (!values || !chart.slots) {
		maker->html.out->failed = true;
		return;
	}
	for (unsigned i = 0; i < log->slot_count; i++) {
		values[i * 3] = log->slots[i].passed;
		values[i * 3 + 1] = log->slots[i].stopped;
		values[i * 3 + 2] = log->slots[i].deferred;
	}
	chart_bars(&maker->html, &chart);
}

static int by_value(const void *a, const void *b)
{
	const struct chart_row *one = a, *other = b;

	return (one->value < other->value) - (one->value > other->value);
}

/* Counts of a vocabulary: what there is of it, the most frequent first. */
static void add_counts(struct day_maker *maker, enum word title, const uint64_t *counts,
	unsigned size, enum lines_kind kind, const char *(*name_of)(unsigned place))
{
	struct chart_row rows[16] = {0};
	struct chart_top top = {.title = day_say(maker, title),
		.empty = day_say(maker, WORD_NONE),
		.tone = TONE_PLAIN,
		.rows = rows,
		.whole = maker->log->tally->total.mails};

	for (unsigned i = 0; i < size && top.row_count < 16; i++)
		if (counts[i] > 0)
			rows[top.row_count++] = (struct chart_row){.name = slice_cstr(name_of(i)),
				.path = day_lines(maker, (struct lines_key){kind, i, 0}),
				.value = counts[i]};
	qsort(rows, top.row_count, sizeof(rows[0]), by_value);
	chart_top(&maker->html, &top);
}

static const char *name_of_action(unsigned place)
{
	return tally_action_name((enum tally_action)place);
}

static void add_mails(struct day_maker *maker)
{
	const struct tally_counts *total = &maker->log->tally->total;

	page_section_begin(
		&maker->html, "mails", day_say(maker, WORD_MAILS), day_say(maker, WORD_LEADS));
	add_axis(maker);
	page_thirds_begin(&maker->html);
	add_counts(
		maker, WORD_ACTIONS, total->actions, TALLY_ACTIONS, LINES_ACTION, name_of_action);
	add_counts(maker, WORD_MET, total->met, CONDITION_COUNT + 1, LINES_CONDITION,
		tally_condition_name);
	add_counts(maker, WORD_CODES, total->codes, TALLY_CODES, LINES_CODE, tally_code_name);
	page_columns_end(&maker->html);
	page_section_end(&maker->html);
}

/* --- the whole ------------------------------------------------------------- */

/* Returns 0 or -ENOMEM. */
static int make(const struct day_page *page, size_t value_limit, struct buf *out)
{
	struct day_maker maker = {.page = page,
		.log = page->lines.log,
		.language = page->lines.site->language,
		.html = {.out = out, .value_limit = value_limit}};
	int result;

	begin(&maker);
	add_cards(&maker);
	add_mails(&maker);
	if (maker.log->tally->total.mails > 0) {
		day_add_delay(&maker);
		day_add_scanners(&maker);
		day_add_notable(&maker);
	}
	day_add_errors(&maker);
	result = site_page_end(page->lines.site, &maker.html);
	arena_release(&maker.arena);
	return result;
}

int day_page_write(const struct day_page *page, struct error *error)
{
	const struct site *site = page->lines.site;
	cleanup_buf struct buf out = {0};
	char path[SITE_PATH];
	size_t limit = 0;
	int result = lines_write(&page->lines, error);

	if (result)
		return result;
	do {
		buf_clear(&out);
		result = make(page, limit, &out);
	} while (result == 0 && page_wants_less(&out, &limit));
	site_path(site, SITE_LOG, page->lines.day, path);
	if (result)
		return error_set_errno(error, result, "%s", path);
	return site_write(site, path, buf_slice(&out), error);
}
