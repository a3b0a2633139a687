/* Pages over many days; see days_page.h. */
#include "report/days_page.h"

#include <errno.h>

static void add_up(struct days_page *page)
{
	struct day_figures *sum = &page->sum;

	for (unsigned i = 0; i < page->day_count; i++) {
		sum->mails += page->days[i].mails;
		sum->bytes += page->days[i].bytes;
		sum->stopped += page->days[i].stopped;
		sum->bad += page->days[i].bad;
		sum->infected += page->days[i].infected;
	}
}

int days_page_init(struct days_page *page, struct site *site, struct day_db *db,
	struct day_span span, struct error *error)
{
	int result = 0;

	*page = (struct days_page){.site = site, .db = db, .span = span, .error = error};
	page->html.out = &page->out;
	if (db)
		result = day_db_read_days(
			db, span, &page->arena, &page->days, &page->day_count, error);
	if (result == 0)
		add_up(page);
	return result;
}

void days_page_release(struct days_page *page)
{
	buf_release(&page->out);
	arena_release(&page->arena);
}

/* --- texts ----------------------------------------------------------------- */

static struct slice keep(struct days_page *page, const struct buf *text)
{
	struct slice kept = arena_copy(&page->arena, buf_slice(text));

	page->out.failed |= text->failed || !kept.data;
	return kept;
}

struct slice days_page_word(const struct days_page *page, enum word word)
{
	return words(page->site->language, word);
}

struct slice days_page_title(struct days_page *page, enum word word)
{
	cleanup_buf struct buf text = {0};

	words_capital(&text, page->site->language, word);
	return keep(page, &text);
}

struct slice days_page_month(struct days_page *page, struct calendar_date date)
{
	cleanup_buf struct buf text = {0};

	words_month(&text, page->site->language, date.year, date.month);
	return keep(page, &text);
}

struct slice days_page_day(struct days_page *page, int64_t day)
{
	cleanup_buf struct buf text = {0};

	words_day(&text, page->site->language, day);
	return keep(page, &text);
}

struct slice days_page_number(struct days_page *page, unsigned number)
{
	cleanup_buf struct buf text = {0};

	buf_addf(&text, "%u", number);
	return keep(page, &text);
}

struct slice days_page_figure(struct days_page *page, enum figure_unit unit, uint64_t value)
{
	cleanup_buf struct buf text = {0};

	figure_add(&text, unit, value);
	return keep(page, &text);
}

struct slice days_page_path(struct days_page *page, enum site_page kind, int64_t day)
{
	char path[SITE_PATH];
	struct slice found = site_link(page->site, site_path(page->site, kind, day, path));

	struct slice kept = found.len > 0 ? arena_copy(&page->arena, found) : SLICE_EMPTY;

	page->out.failed |= found.len > 0 && !kept.data;
	return kept;
}

struct slice days_page_period(struct days_page *page)
{
	cleanup_buf struct buf text = {0};

	WORDS_FILL(&text, page->site->language, WORD_DAYS_COUNTED,
		days_page_figure(page, FIGURE_COUNT, page->day_count),
		days_page_figure(
			page, FIGURE_COUNT, (uint64_t)(page->span.last - page->span.first + 1)));
	return keep(page, &text);
}

/* --- cards ----------------------------------------------------------------- */

static void add_card(struct days_page *page, enum word label, enum figure_unit unit, uint64_t value,
	enum chart_tone tone, struct slice note)
{
	const struct page_card card = {.label = days_page_title(page, label),
		.figure = days_page_figure(page, unit, value),
		.note = note,
		.tone = tone};

	page_card(&page->html, &card);
}

static void add_share_card(
	struct days_page *page, enum word label, uint64_t value, enum chart_tone tone)
{
	cleanup_buf struct buf share = {0};

	figure_add_share(&share, value, page->sum.mails);
	add_card(
		page, label, FIGURE_COUNT, value, value > 0 ? tone : TONE_PLAIN, buf_slice(&share));
	page->out.failed |= share.failed;
}

static void add_delay_card(struct days_page *page, const struct histogram *delay)
{
	cleanup_buf struct buf note = {0};

	buf_add_cstr(&note, "p95 ");
	figure_add(&note, FIGURE_TIME, histogram_quantile(delay, 950));
	add_card(page, WORD_MEDIAN_DELAY, FIGURE_TIME, histogram_quantile(delay, 500), TONE_PLAIN,
		buf_slice(&note));
	page->out.failed |= note.failed;
}

void days_page_cards(struct days_page *page, const struct histogram *delay)
{
	const struct day_figures *sum = &page->sum;

	page_cards_begin(&page->html);
	add_card(page, WORD_MAILS, FIGURE_COUNT, sum->mails, TONE_PLAIN,
		days_page_figure(page, FIGURE_SIZE, sum->bytes));
	add_share_card(page, WORD_STOPPED, sum->stopped, TONE_STOPPED);
	add_share_card(page, WORD_BAD, sum->bad, TONE_DEFERRED);
	add_share_card(page, WORD_WITH_VIRUS, sum->infected, TONE_STOPPED);
	if (delay->count > 0)
		add_delay_card(page, delay);
	page_cards_end(&page->html);
}

int days_page_write(struct days_page *page, const char *path)
{
	if (site_page_end(page->site, &page->html))
		return error_set_errno(page->error, -ENOMEM, "%s/%s", page->site->folder, path);
	return site_write(page->site, path, buf_slice(&page->out), page->error);
}
