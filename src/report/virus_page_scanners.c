/* The scanners as they are now, with their patterns: what virulator -s adds to its page. */
#include "report/virus_page_private.h"

#include "base/cleanup.h"

static void add_age(struct virus_writing *writing, struct page_table *table, int64_t days)
{
	cleanup_buf struct buf text = {0};

	if (days == 0)
		buf_add(&text, virus_say(writing, WORD_AGE_TODAY));
	else if (days == 1)
		buf_add(&text, virus_say(writing, WORD_AGE_DAY));
	else if (days > 1)
		WORDS_FILL(&text, writing->page->site->language, WORD_AGE_DAYS,
			virus_figure(writing, (uint64_t)days));
	page_cell(table, virus_keep(writing, &text));
}

static void add_name(struct virus_writing *writing, struct page_table *table,
	const struct virus_scanner_now *now)
{
	cleanup_buf struct buf text = {0};

	buf_add(&text, now->initial);
	if (now->name.len > 0)
		buf_add_byte(&text, ' ');
	buf_add(&text, now->name);
	page_cell(table, virus_keep(writing, &text));
}

static void add_state(struct virus_writing *writing, struct page_table *table,
	const struct virus_scanner_now *now)
{
	page_cell_begin(table);
	html_open(&writing->html, "span");
	html_attr_cstr(
		&writing->html, "class", chart_tone_class(now->care ? TONE_DEFERRED : TONE_PASSED));
	html_text(&writing->html, virus_say(writing, now->state));
	html_close(&writing->html);
	if (now->trouble.len > 0) {
		html_text_cstr(&writing->html, " (");
		html_value(&writing->html, now->trouble, PAGE_VALUE);
		html_text_cstr(&writing->html, ")");
	}
	page_cell_end(table);
}

void virus_page_scanners(struct virus_writing *writing)
{
	const struct virus_page *page = writing->page;
	const struct page_column columns[] = {
		{virus_say(writing, WORD_SCANNER), PAGE_TEXT},
		{virus_say(writing, WORD_STATE), PAGE_TEXT},
		{virus_say(writing, WORD_AGE), PAGE_WORD},
		{virus_say(writing, WORD_PATTERNS), PAGE_WORD},
		{virus_say(writing, WORD_ENGINE), PAGE_WORD},
	};
	cleanup_buf struct buf note = {0};
	struct page_table table;

	WORDS_FILL(&note, page->site->language, WORD_SCANNERS_NOW_NOTE,
		virus_figure(writing, page->old_days));
	page_section_begin(&writing->html, "scanners", virus_say(writing, WORD_SCANNERS),
		virus_keep(writing, &note));
	table = page_table_begin(&writing->html, virus_say(writing, WORD_SCANNERS_NOW), columns, 5);
	for (unsigned i = 0; i < page->scanner_count; i++) {
		const struct virus_scanner_now *now = &page->scanners[i];

		add_name(writing, &table, now);
		add_state(writing, &table, now);
		add_age(writing, &table, now->age_days);
		page_cell(&table, now->patterns);
		page_cell(&table, now->engine);
	}
	page_table_end(&table,
		page->not_asked.len > 0 ? page->not_asked : virus_say(writing, WORD_NO_SCANNER));
	page_section_end(&writing->html);
}
