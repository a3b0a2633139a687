/*
 * The page over all accounts: a row for each, its last day at a glance, and one click to its pages.
 * Where there are many the rows go on on further pages, which are called after who stands first on
 * them, as in a dictionary.
 */
#include "programs/qmvcportal.h"

#include "base/cleanup.h"

#include <errno.h>

#define ADDRESSES_SHOWN 3
#define ADDRESSES_MAX	30 /* that can be unfolded */
#define WITHOUT_SHOWN	50
#define DAY_MS		((int64_t)24 * 3600 * 1000)

struct writer {
	struct portal *portal;
	const struct portal_rows *rows;
	struct site *site;
	struct arena arena;
	struct html html;
};

static struct slice say(const struct writer *writer, enum word word)
{
	return words(writer->site->language, word);
}

/* A copy for as long as the page is written. */
static struct slice keep(struct writer *writer, const struct buf *text)
{
	struct slice copy = arena_copy(&writer->arena, buf_slice(text));

	writer->html.out->failed |= text->failed || !copy.data;
	return copy;
}

/* The word with a capital letter. */
static struct slice title(struct writer *writer, enum word word)
{
	cleanup_buf struct buf text = {0};

	words_capital(&text, writer->site->language, word);
	return keep(writer, &text);
}

static struct slice figure(struct writer *writer, uint64_t value)
{
	cleanup_buf struct buf text = {0};

	figure_add(&text, FIGURE_COUNT, value);
	return keep(writer, &text);
}

/* The word with the figure in it. */
static struct slice with_figure(struct writer *writer, enum word word, uint64_t value)
{
	cleanup_buf struct buf text = {0};

	WORDS_FILL(&text, writer->site->language, word, figure(writer, value));
	return keep(writer, &text);
}

static struct slice label_of(const struct writer *writer, const struct portal_account *account)
{
	return *account->label ? slice_cstr(account->label) : say(writer, WORD_DEFAULT_PROFILE);
}

/* --- the top --------------------------------------------------------------- */

/* Called after the account that stands first on it. */
static struct page_link way_to(struct writer *writer, size_t page)
{
	cleanup_buf struct buf text = {0};
	char path[PORTAL_PATH];

	buf_add_cstr(&text, portal_page_path(writer->site, page, path));
	return (struct page_link){label_of(writer, writer->rows->items[page * PORTAL_ROWS].account),
		keep(writer, &text)};
}

/* The ways to all pages, where there are several. */
static void add_ways(struct writer *writer, size_t number, struct page *page)
{
	size_t count = writer->rows->page_count;
	struct page_link *ways = arena_array(&writer->arena, count, sizeof(*ways));

	writer->html.out->failed |= !ways;
	if (!ways || count == 1)
		return;
	for (size_t i = 0; i < count; i++) {
		ways[i] = way_to(writer, i);
		if (i == number)
			ways[i].path = SLICE_EMPTY;
	}
	page->above = ways;
	page->above_count = count;
}

static void begin(struct writer *writer, size_t number)
{
	cleanup_buf struct buf period = {0};
	struct page page = {.title = say(writer, WORD_ALL_ACCOUNTS)};

	WORDS_FILL(&period, writer->site->language, WORD_ACCOUNTS_WITH_PAGES,
		figure(writer, writer->portal->count - writer->rows->without),
		figure(writer, writer->portal->count));
	page.period = buf_slice(&period);
	add_ways(writer, number, &page);
	site_frame(writer->site, &page);
	page_begin(&writer->html, &page);
	writer->html.out->failed |= period.failed;
}

static void add_card(struct writer *writer, enum word label, uint64_t value, struct slice note,
	uint64_t whole, enum chart_tone tone)
{
	cleanup_buf struct buf share = {0};
	struct page_card card = {.label = title(writer, label),
		.figure = figure(writer, value),
		.note = note,
		.tone = value > 0 ? tone : TONE_PLAIN};

	if (whole > 0) {
		figure_add_share(&share, value, whole);
		card.note = buf_slice(&share);
	}
	page_card(&writer->html, &card);
	writer->html.out->failed |= share.failed;
}

/* Sums of the last days; latest.h says why they fit. */
static void add_cards(struct writer *writer)
{
	uint64_t mails = 0, stopped = 0, infected = 0, deferred = 0, old = 0;

	for (size_t i = 0; i < writer->rows->count; i++) {
		const struct latest *latest = writer->rows->items[i].latest;

		mails += latest->mails;
		stopped += latest->stopped;
		infected += latest->infected;
		deferred += latest->deferred;
		old += portal_is_old(writer->portal, latest);
	}
	page_cards_begin(&writer->html);
	add_card(writer, WORD_MAILS, mails, say(writer, WORD_ON_LAST_DAYS), 0, TONE_PLAIN);
	add_card(writer, WORD_STOPPED, stopped, SLICE_EMPTY, mails, TONE_STOPPED);
	add_card(writer, WORD_INFECTED, infected, SLICE_EMPTY, mails, TONE_STOPPED);
	add_card(writer, WORD_DEFERRED, deferred, SLICE_EMPTY, mails, TONE_DEFERRED);
	add_card(writer, WORD_OUT_OF_DATE, old, say(writer, WORD_OLDER_THAN_TWO_DAYS), 0,
		TONE_DEFERRED);
	page_cards_end(&writer->html);
}

/* --- the rows -------------------------------------------------------------- */

static void add_some(
	struct html *html, const struct portal_account *account, size_t from, size_t to)
{
	for (size_t i = from; i < to && i < account->address_count; i++) {
		if (i > from)
			html_text_cstr(html, ", ");
		html_value(html, account->addresses[i], PAGE_VALUE);
	}
}

/* The first few; the others, when they are asked for, and of very many how many they are. */
static void add_addresses(struct writer *writer, const struct portal_account *account)
{
	struct html *html = &writer->html;
	size_t count = account->address_count, shown = ADDRESSES_SHOWN;

	if (count == 0)
		return;
	if (count == shown + 1)
		shown++; /* "1 more" would take as much room */
	html_text_cstr(html, " ");
	html_open(html, "span");
	html_attr_cstr(html, "class", "addresses");
	add_some(html, account, 0, shown);
	html_close(html);
	if (count <= shown)
		return;
	html_text_cstr(html, " ");
	html_open(html, "details");
	html_element(html, "summary", with_figure(writer, WORD_AND_MORE, count - shown));
	html_text_cstr(html, " ");
	html_open(html, "span");
	html_attr_cstr(html, "class", "addresses");
	add_some(html, account, shown, ADDRESSES_MAX);
	if (count > ADDRESSES_MAX)
		html_text_cstr(html, " \xe2\x80\xa6");
	html_close(html);
	html_close(html);
}

/* Does the label say already what the reports are called? "fehcom", "vmail-example.org" */
static bool is_told(const struct portal_row *row)
{
	struct slice label = slice_cstr(row->account->label), name = row->latest->name;
	size_t before = label.len - name.len;

	if (name.len == 0)
		return true;
	return row->account->latest_count == 1 && name.len <= label.len &&
	       slice_eq(slice_from(label, before), name) &&
	       (before == 0 || label.data[before - 1] == '-');
}

/* "bob", "bob: example.org"; leads to the page. */
static void add_name(struct writer *writer, const struct portal_row *row)
{
	struct html *html = &writer->html;
	cleanup_buf struct buf path = {0};

	if (row->account->link) {
		buf_addf(&path, PORTAL_LINKS "/%s/", row->account->link);
		buf_add(&path, row->latest->page);
		html_open(html, "a");
		html_href(html, buf_slice(&path), SLICE_EMPTY);
	} else {
		html_open(html, "span");
	}
	html_value(html, label_of(writer, row->account), PAGE_VALUE);
	if (!is_told(row)) {
		html_text_cstr(html, ": ");
		html_value(html, row->latest->name, PAGE_VALUE);
	}
	html_close(html);
	html->out->failed |= path.failed;
}

static void add_day(struct writer *writer, const struct latest *latest)
{
	struct html *html = &writer->html;
	int64_t age_ms = writer->site->now_ms - latest->made_ms;
	char day[CALENDAR_DATE_SIZE];

	calendar_date_text(latest->day, day);
	html_text_cstr(html, day);
	if (!portal_is_old(writer->portal, latest))
		return;
	html_text_cstr(html, " ");
	html_element_class(html, "span", "old",
		with_figure(writer, WORD_DAYS_OLD, (uint64_t)(age_ms / DAY_MS)));
}

static void add_trend(struct writer *writer, const struct latest *latest)
{
	if (latest->trend_count > 1)
		chart_sparkline(&writer->html,
			with_figure(writer, WORD_MAILS_OF_DAYS, latest->trend_count), latest->trend,
			latest->trend_count);
}

static void add_row(struct writer *writer, struct page_table *table, const struct portal_row *row)
{
	const struct latest *latest = row->latest;

	page_cell_begin(table);
	add_name(writer, row);
	if (latest == row->account->latest)
		add_addresses(writer, row->account);
	page_cell_end(table);
	page_cell_figure(table, FIGURE_COUNT, latest->mails);
	page_cell_figure(table, FIGURE_COUNT, latest->stopped);
	page_cell_figure(table, FIGURE_COUNT, latest->infected);
	page_cell_figure(table, FIGURE_COUNT, latest->deferred);
	if (latest->mails > 0) {
		page_cell_figure(table, FIGURE_TIME, latest->median_us);
		page_cell_figure(table, FIGURE_TIME, latest->p95_us);
	} else {
		page_cell(table, slice_cstr("-"));
		page_cell(table, slice_cstr("-"));
	}
	page_cell_begin(table);
	add_trend(writer, latest);
	page_cell_end(table);
	page_cell_begin(table);
	add_day(writer, latest);
	page_cell_end(table);
}

static void add_rows(struct writer *writer, size_t page)
{
	const struct page_column columns[] = {
		{title(writer, WORD_ACCOUNT), PAGE_TEXT},
		{title(writer, WORD_MAILS), PAGE_NUMBER},
		{title(writer, WORD_STOPPED), PAGE_NUMBER},
		{title(writer, WORD_INFECTED), PAGE_NUMBER},
		{title(writer, WORD_DEFERRED), PAGE_NUMBER},
		{title(writer, WORD_MEDIAN), PAGE_NUMBER},
		{slice_cstr("p95"), PAGE_NUMBER},
		{title(writer, WORD_TREND), PAGE_WORD},
		{title(writer, WORD_LAST_DAY), PAGE_WORD},
	};
	struct page_table table;

	page_section_begin(&writer->html, PORTAL_NAME, title(writer, WORD_ACCOUNTS), SLICE_EMPTY);
	table = page_table_begin(&writer->html, say(writer, WORD_LAST_DAY_OF_EACH), columns,
		sizeof(columns) / sizeof(columns[0]));
	for (size_t i = page * PORTAL_ROWS; i < (page + 1) * PORTAL_ROWS && i < writer->rows->count;
		i++)
		add_row(writer, &table, &writer->rows->items[i]);
	page_table_end(&table, say(writer, WORD_NONE));
	page_section_end(&writer->html);
}

/* --- who shows nothing ----------------------------------------------------- */

static enum word why(enum portal_state state)
{
	switch (state) {
	case PORTAL_CLOSED:
		return WORD_PAGES_CLOSED;
	case PORTAL_UNFIT:
		return WORD_PAGES_UNFIT;
	case PORTAL_NOBODY:
		return WORD_NO_SUCH_USER;
	default:
		return WORD_NO_PAGES_YET;
	}
}

static void add_without(struct writer *writer)
{
	const struct page_column columns[] = {
		{title(writer, WORD_ACCOUNT), PAGE_TEXT},
		{title(writer, WORD_WHY), PAGE_WORD},
	};
	cleanup_buf struct buf first = {0};
	struct page_table table;
	size_t shown = 0;

	if (writer->rows->without == 0)
		return;
	if (writer->rows->without > WITHOUT_SHOWN) {
		WORDS_FILL(&first, writer->site->language, WORD_ONLY_FIRST,
			figure(writer, WITHOUT_SHOWN), figure(writer, writer->rows->without));
		writer->html.out->failed |= first.failed;
	}
	page_section_begin(
		&writer->html, "without", say(writer, WORD_WITHOUT_PAGES), buf_slice(&first));
	table = page_table_begin(&writer->html, say(writer, WORD_WHY_WITHOUT), columns, 2);
	for (size_t i = 0; i < writer->portal->count && shown < WITHOUT_SHOWN; i++) {
		const struct portal_account *account = &writer->portal->accounts[i];

		if (account->state == PORTAL_SHOWN)
			continue;
		page_cell_begin(&table);
		html_value(&writer->html, label_of(writer, account), PAGE_VALUE);
		add_addresses(writer, account);
		page_cell_end(&table);
		page_cell(&table, say(writer, why(account->state)));
		shown++;
	}
	page_table_end(&table, SLICE_EMPTY);
	page_section_end(&writer->html);
}

int portal_page_make(
	struct portal *portal, const struct portal_rows *rows, size_t number, struct buf *out)
{
	struct writer writer = {.portal = portal,
		.rows = rows,
		.site = &portal->reporting.site,
		.html = {.out = out}};
	int result;

	begin(&writer, number);
	if (number == 0)
		add_cards(&writer);
	add_rows(&writer, number);
	if (number == 0)
		add_without(&writer);
	result = site_page_end(writer.site, &writer.html);
	arena_release(&writer.arena);
	return result;
}
