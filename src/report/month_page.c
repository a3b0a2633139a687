/* The page of a month; see month_page.h. */
#include "report/month_page.h"

#include "report/month_sections.h"

#define MONTH_DAYS 31

struct month {
	struct days_page page;
	struct calendar_date date;
	unsigned length; /* days */
	struct histogram delay;
};

static int read_delay(struct month *month)
{
	struct days_page *page = &month->page;
	struct day_times_list delay = {0};
	int result =
		day_db_read_times(page->db, "delay", page->span, &page->arena, &delay, page->error);

	if (result == 0 && delay.count > 0)
		month->delay = delay.list[0].time;
	return result;
}

static struct page_link way_to(struct days_page *page, int64_t day)
{
	return (struct page_link){.text = days_page_month(page, calendar_date(day)),
		.path = days_page_path(page, SITE_MONTH, day)};
}

static void begin(struct month *month)
{
	struct days_page *page = &month->page;
	struct page_link year = {.text = days_page_number(page, (unsigned)month->date.year),
		.path = days_page_path(page, SITE_YEAR, page->span.first)};
	struct page frame = {.title = days_page_month(page, month->date),
		.period = days_page_period(page),
		.previous = way_to(page, page->span.first - 1),
		.next = way_to(page, page->span.last + 1),
		.above = &year,
		.above_count = 1};

	site_frame(page->site, &frame);
	page_begin(&page->html, &frame);
}

/* --- day by day ------------------------------------------------------------ */

/* A slot for each day, that leads to its page of a kind. NULL without memory. */
static struct chart_slot *slots_of(struct month *month, enum site_page kind)
{
	struct days_page *page = &month->page;
	struct chart_slot *slots = arena_array(&page->arena, month->length, sizeof(*slots));

	for (unsigned i = 0; slots && i < month->length; i++) {
		slots[i].label = days_page_number(page, i + 1);
		slots[i].name = days_page_day(page, page->span.first + i);
		slots[i].path = days_page_path(page, kind, page->span.first + i);
		slots[i].off = calendar_date(page->span.first + i).weekday >= 5;
	}
	page->out.failed |= !slots;
	return slots;
}

/* One kind of mail; `offset`: of its count in struct day_figures. */
static void add_chart(struct month *month, enum word heading, enum word word, enum chart_tone tone,
	size_t offset, const struct chart_slot *slots)
{
	struct days_page *page = &month->page;
	const struct chart_series series = {days_page_word(page, word), tone};
	uint64_t values[MONTH_DAYS] = {0};
	const struct chart chart = {.title = days_page_word(page, heading),
		.numbers = days_page_word(page, WORD_NUMBERS),
		.empty = days_page_word(page, WORD_NO_MAIL),
		.slots = slots,
		.slot_count = month->length,
		.series = &series,
		.series_count = 1,
		.values = values};

	for (unsigned i = 0; i < page->day_count; i++)
		memcpy(&values[page->days[i].day - page->span.first],
			(const char *)&page->days[i] + offset, sizeof(values[0]));
	chart_bars(&page->html, &chart);
}

static void add_days(struct month *month, const struct chart_slot *logs)
{
	const struct chart_slot *viruses = slots_of(month, SITE_VIRUS);
	struct days_page *page = &month->page;

	if (!logs || !viruses)
		return;
	page_section_begin(&page->html, "days", days_page_word(page, WORD_DAY_BY_DAY),
		days_page_word(page, WORD_DAY_BY_DAY_NOTE));
	add_chart(month, WORD_RECEIVED_MAIL, WORD_RECEIVED, TONE_PASSED,
		offsetof(struct day_figures, mails), logs);
	page_columns_begin(&page->html);
	add_chart(month, WORD_BAD_MAIL, WORD_BAD, TONE_DEFERRED, offsetof(struct day_figures, bad),
		viruses);
	add_chart(month, WORD_VIRUS_MAIL, WORD_WITH_VIRUS, TONE_STOPPED,
		offsetof(struct day_figures, infected), viruses);
	page_columns_end(&page->html);
	page_section_end(&page->html);
}

/* --- the whole ------------------------------------------------------------- */

static int make(struct month *month)
{
	struct days_page *page = &month->page;
	struct chart_slot *logs;
	int result = read_delay(month);

	if (result)
		return result;
	begin(month);
	days_page_cards(page, &month->delay);
	logs = slots_of(month, SITE_LOG);
	add_days(month, logs);
	result = month_section_viruses(page);
	if (result == 0)
		result = month_section_scanners(page);
	if (result == 0 && logs && month->delay.count > 0)
		result = month_section_delay(page, &month->delay, logs, month->length);
	return result ? result : month_section_reasons(page);
}

/* Both from one making. */
static int write_out(struct month *month, bool newest)
{
	struct days_page *page = &month->page;
	char path[SITE_PATH];
	int result =
		days_page_write(page, site_path(page->site, SITE_MONTH, page->span.first, path));

	if (result == 0 && newest)
		result =
			site_write(page->site, site_path(page->site, SITE_INDEX, SITE_NO_DAY, path),
				buf_slice(&page->out), page->error);
	return result;
}

int month_page_write(
	struct site *site, struct day_db *db, int64_t day, bool newest, struct error *error)
{
	struct month month = {.date = calendar_date(day)};
	struct day_span span = {calendar_day(month.date.year, month.date.month, 1),
		calendar_day(month.date.year, month.date.month + 1, 1) - 1};
	int result = days_page_init(&month.page, site, db, span, error);

	month.length = (unsigned)(span.last - span.first + 1);
	if (result == 0)
		result = make(&month);
	if (result == 0)
		result = write_out(&month, newest);
	days_page_release(&month.page);
	return result;
}
