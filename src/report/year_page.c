/* The page of a year; see year_page.h. */
#include "report/year_page.h"

#include "report/days_page.h"

#include <stdio.h>

#define MONTHS	  12
#define WEEK	  7
#define SHADES	  4
#define YEAR_DAYS 366
#define KINDS	  3 /* of mail, in the chart */

struct year {
	struct days_page page;
	int year;
	const struct day_figures *days[YEAR_DAYS]; /* NULL: not counted */
	uint64_t most;				   /* mails of a day */
};

static const char *const shade_classes[SHADES + 1] = {"", "m1", "m2", "m3", "m4"};

/* --- what there is --------------------------------------------------------- */

static void arrange(struct year *year)
{
	for (unsigned i = 0; i < year->page.day_count; i++) {
		const struct day_figures *day = &year->page.days[i];

		year->days[day->day - year->page.span.first] = day;
		if (day->mails > year->most)
			year->most = day->mails;
	}
}

static int read_delay(struct days_page *page, struct histogram *delay)
{
	struct day_times_list times = {0};
	int result =
		day_db_read_times(page->db, "delay", page->span, &page->arena, &times, page->error);

	if (result == 0 && times.count > 0)
		*delay = times.list[0].time;
	return result;
}

/* --- a day ----------------------------------------------------------------- */

/* "22 November: 1 234 received, 12 bad, 3 with a virus"; of a day without figures the date. */
static void describe(
	const struct year *year, int64_t number, const struct day_figures *day, struct buf *text)
{
	const struct {
		uint64_t count;
		enum word word;
	} parts[] = {{day ? day->mails : 0, WORD_RECEIVED}, {day ? day->bad : 0, WORD_BAD},
		{day ? day->infected : 0, WORD_WITH_VIRUS}};
	const char *separator = ": ";

	words_day(text, year->page.site->language, number);
	for (size_t i = 0; day && i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (i > 0 && parts[i].count == 0)
			continue;
		buf_add_cstr(text, separator);
		figure_add(text, FIGURE_COUNT, parts[i].count);
		buf_add_byte(text, ' ');
		buf_add(text, days_page_word(&year->page, parts[i].word));
		separator = ", ";
	}
}

/* From the least to the most, in equal steps. */
static const char *shade_of(const struct year *year, const struct day_figures *day)
{
	uint64_t step = year->most / SHADES + 1;

	return shade_classes[day && day->mails > 0 ? 1 + (day->mails - 1) / step : 0];
}

static void add_classes(struct html *html, const struct day_figures *day, const char *shade)
{
	char classes[32];

	snprintf(classes, sizeof(classes), "%s%s%s", shade, day && day->bad > 0 ? " bad" : "",
		day && day->infected > 0 ? " virus" : "");
	if (*classes)
		html_attr_cstr(html, "class", classes);
}

/* The number for the eye, the sentence for the pointer and who listens. */
static void add_day(struct year *year, int64_t number)
{
	const struct day_figures *day = year->days[number - year->page.span.first];
	struct slice path = days_page_path(&year->page, SITE_LOG, number);
	struct html *html = &year->page.html;
	cleanup_buf struct buf text = {0};

	if (path.len == 0)
		path = days_page_path(&year->page, SITE_VIRUS, number);
	html_open(html, "td");
	add_classes(html, day, shade_of(year, day));
	if (path.len > 0) {
		html_open(html, "a");
		html_href(html, path, SLICE_EMPTY);
	} else {
		html_open(html, "span");
	}
	if (day) {
		describe(year, number, day, &text);
		html_attr(html, "title", buf_slice(&text));
	}
	html_text(html, days_page_number(&year->page, calendar_date(number).day));
	html_close(html);
	html_close(html);
	html->out->failed |= text.failed;
}

/* --- a month --------------------------------------------------------------- */

/* The first two letters of a weekday's name, the whole of it for who listens. */
static void add_weekday(struct year *year, unsigned weekday)
{
	struct html *html = &year->page.html;
	struct slice name = days_page_word(&year->page, WORD_MONDAY + (enum word)weekday);
	size_t length = 0;

	for (unsigned letters = 0; length < name.len; length++)
		if ((name.data[length] & 0xc0) != 0x80 && letters++ == 2)
			break;
	html_open(html, "th");
	html_attr_cstr(html, "scope", "col");
	html_open(html, "abbr");
	html_attr(html, "title", name);
	html_text(html, slice_first(name, length));
	html_close(html);
	html_close(html);
}

static void add_weeks(struct year *year, int64_t first, int64_t last)
{
	struct html *html = &year->page.html;
	int64_t monday = first - calendar_date(first).weekday;

	for (; monday <= last; monday += WEEK) {
		html_open(html, "tr");
		for (int64_t day = monday; day < monday + WEEK; day++) {
			if (day >= first && day <= last) {
				add_day(year, day);
				continue;
			}
			html_open(html, "td");
			html_close(html);
		}
		html_close(html);
		html_line(html);
	}
}

static void add_month(struct year *year, unsigned month)
{
	struct html *html = &year->page.html;
	int64_t first = calendar_day(year->year, month, 1);
	struct slice path = days_page_path(&year->page, SITE_MONTH, first);

	html_open(html, "figure");
	html_open(html, "table");
	html_attr_cstr(html, "class", "calendar");
	html_open(html, "caption");
	if (path.len > 0) {
		html_open(html, "a");
		html_href(html, path, SLICE_EMPTY);
	}
	html_text(html, days_page_title(&year->page, WORD_JANUARY + (enum word)(month - 1)));
	if (path.len > 0)
		html_close(html);
	html_close(html);
	html_open(html, "thead");
	html_open(html, "tr");
	for (unsigned weekday = 0; weekday < WEEK; weekday++)
		add_weekday(year, weekday);
	html_close(html);
	html_close(html);
	html_line(html);
	html_open(html, "tbody");
	add_weeks(year, first, calendar_day(year->year, month + 1, 1) - 1);
	html_close(html);
	html_close(html);
	html_close(html);
	html_line(html);
}

/* What shades and marks mean. */
static void add_legend(struct year *year)
{
	struct html *html = &year->page.html;

	html_open(html, "p");
	html_attr_cstr(html, "class", "shades");
	html_element_class(html, "span", "few", days_page_word(&year->page, WORD_FEW_MAILS));
	html_element_class(html, "span", "many", days_page_word(&year->page, WORD_MANY_MAILS));
	html_element_class(html, "span", "bad", days_page_word(&year->page, WORD_BAD));
	html_element_class(html, "span", "virus", days_page_word(&year->page, WORD_WITH_VIRUS));
	html_close(html);
	html_line(html);
}

/* --- the chart ------------------------------------------------------------- */

/* What is neither bad nor has a virus is the rest of what was received. */
static void add_months_chart(struct year *year)
{
	struct days_page *page = &year->page;
	const struct chart_series series[KINDS] = {{days_page_word(page, WORD_OTHER), TONE_PASSED},
		{days_page_word(page, WORD_BAD), TONE_DEFERRED},
		{days_page_word(page, WORD_WITH_VIRUS), TONE_STOPPED}};
	struct chart_slot slots[MONTHS] = {0};
	uint64_t values[MONTHS * KINDS] = {0};
	const struct chart chart = {.title = days_page_word(page, WORD_RECEIVED_MAIL),
		.numbers = days_page_word(page, WORD_NUMBERS),
		.empty = days_page_word(page, WORD_NO_MAIL),
		.slots = slots,
		.slot_count = MONTHS,
		.series = series,
		.series_count = KINDS,
		.values = values};

	for (unsigned i = 0; i < page->day_count; i++) {
		const struct day_figures *day = &page->days[i];
		uint64_t *value = &values[(calendar_date(day->day).month - 1) * KINDS];
		uint64_t other = day->bad + day->infected;

		value[0] += day->mails > other ? day->mails - other : 0;
		value[1] += day->bad;
		value[2] += day->infected;
	}
	for (unsigned i = 0; i < MONTHS; i++) {
		slots[i].label = days_page_number(page, i + 1);
		slots[i].name = days_page_title(page, WORD_JANUARY + (enum word)i);
		slots[i].path =
			days_page_path(page, SITE_MONTH, calendar_day(year->year, i + 1, 1));
	}
	page_section_begin(
		&page->html, "months", days_page_word(page, WORD_MONTH_BY_MONTH), SLICE_EMPTY);
	chart_bars(&page->html, &chart);
	page_section_end(&page->html);
}

/* --- the whole ------------------------------------------------------------- */

static struct page_link way_to(struct days_page *page, int year)
{
	return (struct page_link){.text = days_page_number(page, (unsigned)year),
		.path = days_page_path(page, SITE_YEAR, calendar_day(year, 1, 1))};
}

static void add_calendar(struct year *year)
{
	struct days_page *page = &year->page;

	page_section_begin(&page->html, "calendar", days_page_word(page, WORD_CALENDAR),
		days_page_word(page, WORD_CALENDAR_NOTE));
	add_legend(year);
	html_open(&page->html, "div");
	html_attr_cstr(&page->html, "class", "year");
	html_line(&page->html);
	for (unsigned month = 1; month <= MONTHS; month++)
		add_month(year, month);
	html_close(&page->html);
	page_section_end(&page->html);
}

static int make(struct year *year)
{
	struct days_page *page = &year->page;
	struct histogram delay = {0};
	int result = page->db ? read_delay(page, &delay) : 0;
	char path[SITE_PATH];
	struct page frame;

	if (result)
		return result;
	arrange(year);
	frame = (struct page){.title = days_page_number(page, (unsigned)year->year),
		.period = days_page_period(page),
		.previous = way_to(page, year->year - 1),
		.next = way_to(page, year->year + 1)};
	site_frame(page->site, &frame);
	page_begin(&page->html, &frame);
	days_page_cards(page, &delay);
	add_calendar(year);
	add_months_chart(year);
	return days_page_write(page, site_path(page->site, SITE_YEAR, page->span.first, path));
}

int year_page_write(struct site *site, struct day_db *db, int year, struct error *error)
{
	struct year made = {.year = year};
	struct day_span span = {calendar_day(year, 1, 1), calendar_day(year + 1, 1, 1) - 1};
	int result = days_page_init(&made.page, site, db, span, error);

	if (result == 0)
		result = make(&made);
	days_page_release(&made.page);
	return result;
}
