/*
 * The frame of every report page: title, period, ways to the pages before, after and above,
 * sections with key figures, tables and charts, and how it was made. All words come from the
 * caller, who knows the reader's language.
 */
#ifndef QMVC_REPORT_PAGE_H
#define QMVC_REPORT_PAGE_H

#include "report/chart.h"
#include "report/figure.h"
#include "report/html.h"

/* Bytes of a value from a mail that a table shows. */
#define PAGE_VALUE 200

struct page_link {
	struct slice text; /* empty: there is no such way */
	struct slice path; /* empty: shown, but leads nowhere (no such page) */
};

struct page {
	struct slice language; /* "en" */
	struct slice title;    /* "Sunday, 22 November 2026" */
	struct slice name;     /* whose mail: a domain, a user; may be empty */
	struct slice period;   /* "00:00 to 24:00 CET, 10 123 mails"; may be empty */
	struct slice skip;     /* "Skip to the figures": for the keyboard */
	struct slice ways;     /* what the navigation is called: "Other pages" */
	struct page_link previous, next;
	const struct page_link *above; /* "November 2026", "2026", ... */
	size_t above_count;
	bool tables_only; /* no cards, charts, lists: their style is left out */
};

void page_begin(struct html *html, const struct page *page);
/* Ends the page; `made` says how and when. Returns 0 or -ENOMEM, as html_end(). */
int page_end(struct html *html, struct slice made);

/*
 * Appends the page to `out` with the way to its previous page, `path`, become a word. Returns false
 * when it has no such way.
 */
bool page_cut_previous(struct buf *out, struct slice page, struct slice path);

/*
 * Is this page, which begins in a buffer of its own, too large to be loaded over a telephone? Then it
 * wants to be made again with values that end behind *value_limit bytes, see struct html; false when
 * it is fine, or shorter ones would tell nothing.
 */
bool page_wants_less(const struct buf *out, size_t *value_limit);

/* A section with a heading; `id` (a literal of ours) is where links lead; `note` may be empty. */
void page_section_begin(struct html *html, const char *id, struct slice heading, struct slice note);
void page_section_end(struct html *html);

/* A row of key figures. */
struct page_card {
	struct slice label;
	struct slice figure;	     /* from figure_add() */
	struct slice note;	     /* may be empty */
	struct slice path, fragment; /* both empty: leads nowhere */
	enum chart_tone tone;
	struct slice trend_name; /* "the last 14 days"; empty: no sparkline */
	const uint64_t *trend;
	size_t trend_count;
};

void page_cards_begin(struct html *html);
void page_card(struct html *html, const struct page_card *card);
void page_cards_end(struct html *html);

/* Charts beside each other where there is room. */
void page_columns_begin(struct html *html);
/* Three where there is room: short lists. page_columns_end() ends them. */
void page_thirds_begin(struct html *html);
void page_columns_end(struct html *html);

/*
 * A table. Cells are added from left to right; rows begin and end by themselves. It is as wide as
 * it needs to be. When the screen is narrower it scrolls in its box, the first column staying where
 * it is; with two columns of text and more, each row becomes a few lines instead.
 */
enum page_kind {
	PAGE_TEXT,   /* goes on in the next line where it is long */
	PAGE_WORD,   /* a time, a name: stays in one line, and is cut off where it is very long */
	PAGE_NUMBER, /* aligned to the right */
};

struct page_column {
	struct slice heading;
	enum page_kind kind;
};

struct page_table {
	struct html *html;
	const struct page_column *columns;
	unsigned column_count;
	unsigned at; /* the next cell's column; 0: a row begins */
	bool filled, stacks;
};

/* `caption` names the table for screen readers, and is shown above it. */
struct page_table page_table_begin(struct html *html, struct slice caption,
	const struct page_column *columns, unsigned column_count);
/* `empty` stands in a table that got no row. */
void page_table_end(struct page_table *table, struct slice empty);
/* A value, whoever wrote it. */
void page_cell(struct page_table *table, struct slice value);
/* One that leads somewhere. */
void page_cell_link(
	struct page_table *table, struct slice value, struct slice path, struct slice fragment);
void page_cell_figure(struct page_table *table, enum figure_unit unit, uint64_t value);
/* One whose content the caller writes in between. */
void page_cell_begin(struct page_table *table);
void page_cell_end(struct page_table *table);
/* Leads to `path` and `fragment` unless it is 0 or both are empty. */
void page_cell_figure_link(struct page_table *table, enum figure_unit unit, uint64_t value,
	struct slice path, struct slice fragment);

#endif
