/*
 * Writes pages with the report's writers from fixed data into a directory, for test_report_pages.py
 * and for people who look at them: `report_pages DIRECTORY`. Pages: a day, a month, a day without
 * mail, one with a single mail, one in which every value is hostile. No log is read, so what is
 * seen is the writers' own.
 */
#include "report/page.h"

#include <stdio.h>

#define S(text) slice_cstr(text)

/* What mails could bring along; the page has to show it, and to do nothing. */
static const char *const hostile[] = {
	"<script src=\"http://hostile.test/s.js\"></script><script>document.title='owned'</script>",
	"\"><img src=http://hostile.test/i.png onerror=\"document.title='owned'\">",
	"'><svg onload=document.title='owned'><style>@import "
	"url(http://hostile.test/c.css)</style>",
	"javascript:document.title='owned'",
	"//hostile.test/path",
	"</title></style></textarea><!--",
	"]]>&amp;&#60;script&#62;&lt;",
	"\xe2\x80\xaegpj.exe \xe2\x81\xa6isolated \xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d\xd7\xa9 42",
	"control \x01\x1b[31mred\x07\x7f\xc2\x85 next\r\nline",
	"invalid \xff\xfe\xc0\x80\xed\xa0\x80\xf4\x90\x80\x80 end",
	"noncharacters \xef\xbf\xbe\xef\xb7\x90\xf0\x9f\xbf\xbf end",
	"{{constructor}} ${7*7} `x` %s%n ../../etc/passwd",
};
#define HOSTILE_COUNT (sizeof(hostile) / sizeof(hostile[0]))

/* Figures that look like a day's, the same in every run. */
static uint64_t sample(unsigned *seed, uint64_t around)
{
	*seed = *seed * 1103515245u + 12345u;
	return around / 2 + (*seed >> 8) % (around + 1);
}

static const struct chart_series passed_stopped[] = {
	{SLICE_LITERAL("passed"), TONE_PASSED},
	{SLICE_LITERAL("stopped"), TONE_STOPPED},
	{SLICE_LITERAL("deferred"), TONE_DEFERRED},
};
static const struct chart_series delays[] = {
	{SLICE_LITERAL("median"), TONE_PASSED},
	{SLICE_LITERAL("p95"), TONE_PASSED},
};

/* Words and names of slots, which the charts borrow. */
struct slots {
	char text[366][4][40];
	struct chart_slot slots[366];
	uint64_t values[366 * 3];
};

static void add_slot(struct slots *s, unsigned i)
{
	s->slots[i] = (struct chart_slot){
		.label = S(s->text[i][0]), .name = S(s->text[i][1]), .path = S(s->text[i][2])};
}

static void make_hours(struct slots *s)
{
	for (unsigned i = 0; i < 24; i++) {
		snprintf(s->text[i][0], 40, "%02u", i);
		snprintf(s->text[i][1], 40, "%02u:00 to %02u:00", i, i + 1);
		snprintf(s->text[i][2], 40, "lines/%02u.html", i);
		add_slot(s, i);
	}
}

static void make_days(struct slots *s, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		snprintf(s->text[i][0], 40, "%u", i + 1);
		snprintf(s->text[i][1], 40, "%u November", i + 1);
		snprintf(s->text[i][2], 40, "day%u.html", i + 1);
		add_slot(s, i);
	}
}

static struct chart chart_of(const struct slots *s, size_t count, const char *title)
{
	return (struct chart){.title = S(title),
		.numbers = S("Numbers"),
		.empty = S("No mail"),
		.slots = s->slots,
		.slot_count = count,
		.series = passed_stopped,
		.series_count = 3,
		.values = s->values};
}

static void hours_of_mail(struct html *html, unsigned scale)
{
	static const unsigned shape[24] = {12, 9, 7, 6, 6, 8, 14, 31, 62, 88, 94, 90, 71, 78, 92,
		89, 80, 61, 42, 33, 30, 27, 22, 16};
	static struct slots s;
	unsigned seed = 7;
	struct chart chart = chart_of(&s, 24, "Mail by hour");

	make_hours(&s);
	for (unsigned i = 0; i < 24; i++) {
		s.values[i * 3] = sample(&seed, shape[i] * scale);
		s.values[i * 3 + 1] = sample(&seed, shape[i] * scale / 9);
		s.values[i * 3 + 2] = i == 14 ? 3 : 0;
	}
	chart.cycle = 24;
	chart_bars(html, &chart);
}

static void delay_over_day(struct html *html, bool gaps)
{
	static struct slots s;
	unsigned seed = 3;
	struct chart chart = chart_of(&s, 24, "Delay over the day");

	make_hours(&s);
	for (unsigned i = 0; i < 24; i++) {
		s.values[i * 2] = 60000 + sample(&seed, 80000) + (i == 14 ? 900000 : 0);
		s.values[i * 2 + 1] = s.values[i * 2] * 3 + sample(&seed, 300000);
		if (gaps && (i < 3 || (i > 3 && i < 6)))
			s.values[i * 2] = s.values[i * 2 + 1] = 0;
	}
	chart.cycle = 24;
	chart.unit = FIGURE_TIME;
	chart.series = delays;
	chart.series_count = 2;
	chart_band(html, &chart);
}

/* Ten buckets a decade from 1 ms to 100 s, two humps. */
static void delay_histogram(struct html *html)
{
	static struct chart_bucket buckets[50];
	static const struct chart_mark marks[] = {
		{SLICE_LITERAL("p50"), 118000},
		{SLICE_LITERAL("p95"), 640000},
		{SLICE_LITERAL("p99"), 910000},
		{SLICE_LITERAL("max"), 31400000},
	};
	static const unsigned counts[50] = {0, 0, 0, 0, 4, 9, 31, 66, 120, 190, 240, 260, 230, 210,
		260, 390, 610, 905, 1220, 1430, 1310, 1010, 720, 460, 300, 190, 150, 170, 210, 180,
		90, 30, 12, 4, 1, 0, 0, 0, 1, 2, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0};
	double low = 1000;
	struct chart_histogram histogram = {.title = S("Delay"),
		.numbers = S("Numbers"),
		.empty = S("No mail"),
		.unit = FIGURE_TIME,
		.buckets = buckets,
		.bucket_count = 50,
		.marks = marks,
		.mark_count = 4};

	for (unsigned i = 0; i < 50; i++) {
		buckets[i].low = (uint64_t)low;
		low *= 1.2589254117941673;
		buckets[i].high = (uint64_t)low;
		buckets[i].count = counts[i];
	}
	chart_histogram(html, &histogram);
}

static void top_list(struct html *html, const char *title, const char *const *names,
	const uint64_t *values, size_t count, enum figure_unit unit, enum chart_tone tone)
{
	struct chart_row rows[16] = {0};
	struct chart_top top = {.title = S(title),
		.empty = S("None"),
		.unit = unit,
		.tone = tone,
		.rows = rows,
		.row_count = count,
		.whole = unit == FIGURE_COUNT ? 812 : 0};

	for (size_t i = 0; i < count && i < 16; i++)
		rows[i] = (struct chart_row){.name = S(names[i]),
			.path = S("lines/top.html"),
			.fragment = S(names[i]),
			.value = values[i]};
	chart_top(html, &top);
}

static void scanner_table(struct html *html)
{
	static const struct page_column columns[] = {
		{SLICE_LITERAL("Scanner"), PAGE_WORD},
		{SLICE_LITERAL("Asked"), PAGE_NUMBER},
		{SLICE_LITERAL("Clean"), PAGE_NUMBER},
		{SLICE_LITERAL("Infected"), PAGE_NUMBER},
		{SLICE_LITERAL("Only this one"), PAGE_NUMBER},
		{SLICE_LITERAL("Timeouts"), PAGE_NUMBER},
		{SLICE_LITERAL("Median"), PAGE_NUMBER},
		{SLICE_LITERAL("p95"), PAGE_NUMBER},
		{SLICE_LITERAL("p99"), PAGE_NUMBER},
	};
	static const struct {
		const char *name;
		uint64_t figures[8];
	} rows[] = {
		{"C  clamd", {12480, 12071, 402, 96, 0, 41200, 212000, 480000}},
		{"S  sophos (icap)", {12480, 12103, 377, 71, 2, 88000, 410000, 1900000}},
		{"R  rspamd", {9113, 9107, 6, 0, 14, 610000, 2400000, 30000000}},
	};
	struct page_table table =
		page_table_begin(html, S("What each answered, and how soon"), columns, 9);

	for (size_t i = 0; i < 3; i++) {
		page_cell_link(&table, S(rows[i].name), S("scanner.html"), S(rows[i].name));
		for (size_t j = 0; j < 8; j++)
			page_cell_figure(
				&table, j < 5 ? FIGURE_COUNT : FIGURE_TIME, rows[i].figures[j]);
	}
	page_table_end(&table, S("No scanner was asked"));
}

static void mail_table(
	struct html *html, const char *caption, const char *const *subjects, size_t count)
{
	static const struct page_column columns[] = {{SLICE_LITERAL("Time"), PAGE_WORD},
		{SLICE_LITERAL("Sender"), PAGE_TEXT}, {SLICE_LITERAL("Subject"), PAGE_TEXT},
		{SLICE_LITERAL("Size"), PAGE_NUMBER}, {SLICE_LITERAL("Delay"), PAGE_NUMBER}};
	struct page_table table = page_table_begin(html, S(caption), columns, 5);

	for (size_t i = 0; i < count; i++) {
		page_cell_link(&table, S("14:05:42"), S("lines/14.html"), S(subjects[i]));
		page_cell(&table, S(i % 2 ? subjects[i] : "newsletter@lists.example.org"));
		page_cell(&table, S(subjects[i]));
		page_cell_figure(&table, FIGURE_SIZE, 31457280u >> i);
		page_cell_figure(&table, FIGURE_TIME, 31400000u >> i);
	}
	page_table_end(&table, S("No mail"));
}

static struct page frame(const char *title, const char *name, const char *period)
{
	static const struct page_link above[] = {
		{SLICE_LITERAL("November 2026"), SLICE_LITERAL("month.html")},
		{SLICE_LITERAL("2026"), SLICE_LITERAL("year.html")},
	};

	return (struct page){.language = S("en"),
		.title = S(title),
		.name = S(name),
		.period = S(period),
		.skip = S("Skip to the figures"),
		.ways = S("Other pages"),
		.previous = {S("Saturday, 21 November"), S("single.html")},
		.next = {S("Monday, 23 November"), S("")},
		.above = above,
		.above_count = 2};
}

static void add_card(struct html *html, const char *label, uint64_t figure, enum figure_unit unit,
	const char *note, enum chart_tone tone, const uint64_t *trend, size_t trend_count)
{
	cleanup_buf struct buf text = {0};
	struct page_card card = {.label = S(label),
		.note = S(note),
		.tone = tone,
		.trend_name = S(trend ? "the last 14 days" : ""),
		.trend = trend,
		.trend_count = trend_count,
		.fragment = S(tone == TONE_STOPPED ? "stopped" : "")};

	figure_add(&text, unit, figure);
	card.figure = buf_slice(&text);
	page_card(html, &card);
}

static void write_day(struct html *html)
{
	static const uint64_t mails[] = {9120, 9800, 10200, 3100, 2900, 9900, 11020, 10800, 11400,
		10100, 3300, 3000, 11800, 12480};
	static const uint64_t stopped[] = {
		300, 410, 380, 120, 90, 330, 402, 390, 700, 410, 130, 120, 620, 812};
	static const char *const viruses[] = {"Win.Trojan.Agent-9875321-0", "Eicar-Test-Signature",
		"Heuristics.Phishing.Email.SpoofedDomain", "Doc.Dropper.Emotet-10001-1",
		"Js.Downloader.Nemucod"};
	static const char *const stages[] = {"scan", "open", "read", "conditions", "save"};
	static const char *const subjects[] = {"Quarterly figures, final version (2)",
		"Re: Holiday pictures from the mountains", "Your invoice 2026-1187",
		"Minutes of the meeting on Tuesday and what everybody promised to do until Friday"};
	struct page page = frame("Sunday, 22 November 2026", "example.org", "00:00 to 24:00 CET");

	page_begin(html, &page);
	page_cards_begin(html);
	add_card(html, "Mails", 12480, FIGURE_COUNT, "41 from ourselves", TONE_PLAIN, mails, 14);
	add_card(html, "Stopped", 812, FIGURE_COUNT, "6.5 % of all", TONE_STOPPED, stopped, 14);
	add_card(html, "Deferred", 3, FIGURE_COUNT, "all came later", TONE_DEFERRED, NULL, 0);
	add_card(html, "Median delay", 118000, FIGURE_TIME, "p95 640 ms", TONE_PLAIN, NULL, 0);
	add_card(html, "Received", 1931477811, FIGURE_SIZE, "largest 30 MB", TONE_PLAIN, NULL, 0);
	page_cards_end(html);
	page_section_begin(
		html, "mails", S("Mails"), S("Each bar leads to the lines of the log behind it."));
	hours_of_mail(html, 7);
	page_section_end(html);
	page_section_begin(html, "stopped", S("What was stopped"), SLICE_EMPTY);
	page_columns_begin(html);
	top_list(html, "Viruses", viruses, (const uint64_t[]){402, 211, 96, 17, 1}, 5, FIGURE_COUNT,
		TONE_STOPPED);
	top_list(html, "Time by stage", stages, (const uint64_t[]){104000, 9100, 3100, 1200, 800},
		5, FIGURE_TIME, TONE_PLAIN);
	page_columns_end(html);
	page_section_end(html);
	page_section_begin(html, "delay", S("Delay"),
		S("From the first byte read to the exit code. Percentiles are exact to 1 %."));
	page_columns_begin(html);
	delay_histogram(html);
	delay_over_day(html, false);
	page_columns_end(html);
	page_section_end(html);
	page_section_begin(html, "scanners", S("Scanners"), SLICE_EMPTY);
	scanner_table(html);
	page_section_end(html);
	page_section_begin(html, "slowest", S("Slowest mails"), SLICE_EMPTY);
	mail_table(html, "The four with the longest delay", subjects, 4);
	page_section_end(html);
}

static void write_month(struct html *html)
{
	static struct slots s, m;
	unsigned seed = 11;
	struct page page = frame("November 2026", "example.org", "30 days");
	struct chart days = chart_of(&s, 30, "Mail by day");
	struct chart months = chart_of(&m, 12, "Mail by month");
	static const char *const names[] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

	make_days(&s, 30);
	make_days(&m, 12);
	for (unsigned i = 0; i < 30; i++) {
		s.values[i * 3] = sample(&seed, (i + 6) % 7 < 2 ? 3000 : 11000);
		s.values[i * 3 + 1] = sample(&seed, 700);
		s.values[i * 3 + 2] = i == 3 ? 2400 : 0;
	}
	for (unsigned i = 0; i < 12; i++) {
		m.slots[i].label = m.slots[i].name = S(names[i]);
		m.values[i * 3] = i == 11 ? 0 : sample(&seed, 240000);
		m.values[i * 3 + 1] = i == 11 ? 0 : sample(&seed, 15000);
	}
	page_begin(html, &page);
	page_section_begin(html, "days", S("Mails"), SLICE_EMPTY);
	chart_bars(html, &days);
	chart_bars(html, &months);
	page_section_end(html);
}

static void write_empty(struct html *html)
{
	static struct slots s;
	struct page page = frame("Sunday, 1 November 2026", "", "00:00 to 24:00 CET");
	struct chart chart = chart_of(&s, 24, "Mail by hour");
	struct chart_histogram histogram = {.title = S("Delay"), .empty = S("No mail")};

	make_hours(&s);
	page_begin(html, &page);
	page_cards_begin(html);
	add_card(html, "Mails", 0, FIGURE_COUNT, "", TONE_PLAIN, s.values, 14);
	add_card(html, "Stopped", 0, FIGURE_COUNT, "", TONE_PLAIN, NULL, 0);
	page_cards_end(html);
	page_section_begin(html, "mails", S("Mails"), SLICE_EMPTY);
	chart_bars(html, &chart);
	page_columns_begin(html);
	chart_histogram(html, &histogram);
	chart.title = S("Delay over the day");
	chart_band(html, &chart);
	top_list(html, "Viruses", NULL, NULL, 0, FIGURE_COUNT, TONE_STOPPED);
	page_columns_end(html);
	mail_table(html, "Slowest mails", NULL, 0);
	page_section_end(html);
}

static void write_single(struct html *html)
{
	static struct slots s;
	struct chart_bucket bucket = {118000, 119000, 1};
	struct chart_mark marks[] = {{S("p50"), 118400}, {S("p95"), 118400}, {S("p99"), 118400}};
	struct page page = frame("Saturday, 21 November 2026", "example.org", "one mail");
	struct chart chart = chart_of(&s, 24, "Mail by hour");
	struct chart_histogram histogram = {.title = S("Delay"),
		.numbers = S("Numbers"),
		.empty = S("No mail"),
		.unit = FIGURE_TIME,
		.buckets = &bucket,
		.bucket_count = 1,
		.marks = marks,
		.mark_count = 3};
	static const uint64_t one = 1;

	make_hours(&s);
	s.values[14 * 3 + 1] = 1;
	chart.cycle = 24;
	page_begin(html, &page);
	page_cards_begin(html);
	add_card(html, "Mails", 1, FIGURE_COUNT, "", TONE_PLAIN, &one, 1);
	page_cards_end(html);
	page_section_begin(html, "mails", S("Mails"), SLICE_EMPTY);
	chart_bars(html, &chart);
	page_columns_begin(html);
	chart_histogram(html, &histogram);
	delay_over_day(html, true);
	page_columns_end(html);
	page_section_end(html);
}

static void write_hostile(struct html *html)
{
	static char longest[10001];
	const char *names[HOSTILE_COUNT + 1];
	uint64_t values[HOSTILE_COUNT + 1];
	struct page page = frame(hostile[0], hostile[1], hostile[2]);
	struct page_link above = {S(hostile[1]), S(hostile[3])};
	static struct slots s;
	struct chart chart = chart_of(&s, HOSTILE_COUNT, hostile[5]);

	memset(longest, 'W', sizeof(longest) - 1);
	make_days(&s, HOSTILE_COUNT);
	for (size_t i = 0; i < HOSTILE_COUNT; i++) {
		names[i] = hostile[i];
		values[i] = 100 - i;
		s.slots[i].name = S(hostile[i]);
		s.slots[i].path = S(hostile[i]);
		s.slots[i].fragment = S(hostile[i]);
		s.values[i * 3] = i + 1;
	}
	names[HOSTILE_COUNT] = longest;
	values[HOSTILE_COUNT] = 2;
	page.previous = (struct page_link){S(hostile[0]), S(hostile[4])};
	page.above = &above;
	page.above_count = 1;
	page_begin(html, &page);
	page_section_begin(html, "mails", S(hostile[0]), S(hostile[1]));
	chart_bars(html, &chart);
	top_list(html, hostile[2], names, values, HOSTILE_COUNT + 1, FIGURE_COUNT, TONE_STOPPED);
	mail_table(html, hostile[1], names, HOSTILE_COUNT + 1);
	page_section_end(html);
}

static int write_page(const char *directory, const char *name, void (*fill)(struct html *html))
{
	cleanup_buf struct buf out = {0};
	struct html html = {.out = &out};
	char path[4096];
	FILE *file;
	int status;

	fill(&html);
	if (page_end(&html, S("Written by qmvc 2.0.0 on 22 November 2026 at 23:58 CET")))
		return 1;
	snprintf(path, sizeof(path), "%s/%s.html", directory, name);
	file = fopen(path, "w");
	if (!file)
		return 1;
	status = fwrite(out.data, 1, out.len, file) == out.len ? 0 : 1;
	return fclose(file) == 0 ? status : 1;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*fill)(struct html *html);
	} pages[] = {{"day", write_day}, {"month", write_month}, {"empty", write_empty},
		{"single", write_single}, {"hostile", write_hostile}};

	if (argc != 2) {
		fprintf(stderr, "usage: report_pages DIRECTORY\n");
		return 2;
	}
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
		if (write_page(argv[1], pages[i].name, pages[i].fill)) {
			fprintf(stderr, "%s/%s.html could not be written\n", argv[1],
				pages[i].name);
			return 1;
		}
	return 0;
}
