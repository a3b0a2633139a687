/* What the pages over many days, months and years, have in common. */
#ifndef QMVC_REPORT_DAYS_PAGE_H
#define QMVC_REPORT_DAYS_PAGE_H

#include "report/day_read.h"
#include "report/site.h"

struct days_page {
	struct site *site;
	struct day_db *db;
	struct arena arena;
	struct day_span span;
	struct day_figures *days; /* those that were counted, ascending */
	unsigned day_count;
	struct day_figures sum;
	struct buf out;
	struct html html;
	struct error *error;
};

/* Reads the days of a span; of no database there are none. Returns 0 or a negative errno with *error set; release in any case. */
int days_page_init(struct days_page *page, struct site *site, struct day_db *db,
	struct day_span span, struct error *error);
void days_page_release(struct days_page *page);

/* Slices are in the page's arena; empty without memory, which the end of the page tells. */
struct slice days_page_word(const struct days_page *page, enum word word);
/* With a capital letter in front. */
struct slice days_page_title(struct days_page *page, enum word word);
struct slice days_page_month(struct days_page *page, struct calendar_date date);
struct slice days_page_day(struct days_page *page, int64_t day);
/* A number that counts nothing: of a day, a month, a year. */
struct slice days_page_number(struct days_page *page, unsigned number);
struct slice days_page_figure(struct days_page *page, enum figure_unit unit, uint64_t value);
/* The page of a day, month or year when it is there, else empty. */
struct slice days_page_path(struct days_page *page, enum site_page kind, int64_t day);

/* The period, for the page's frame: how many of its days were counted. */
struct slice days_page_period(struct days_page *page);
/* The sums of the days as a row of key figures, with the median of `delay` when it is not empty. */
void days_page_cards(struct days_page *page, const struct histogram *delay);

/* Ends the page and writes it to `path`. Returns 0 or a negative errno with *error set. */
int days_page_write(struct days_page *page, const char *path);

#endif
