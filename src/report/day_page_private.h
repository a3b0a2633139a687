/* What the sections of the day's page share; see day_page.h. */
#ifndef QMVC_REPORT_DAY_PAGE_PRIVATE_H
#define QMVC_REPORT_DAY_PAGE_PRIVATE_H

#include "base/arena.h"
#include "report/day_page.h"

#define DAY_PAGE_NAMES 10 /* of a list of names */
#define DAY_PAGE_VALUE 80 /* bytes of a value in a table */

/* A page in the making. What pages and charts borrow is in the arena. */
struct day_maker {
	const struct day_page *page;
	const struct day_log *log;
	enum language language;
	struct arena arena;
	struct html html;
};

/* Each returns text in the arena; without memory it is empty and html.out has failed. */
struct slice day_say(const struct day_maker *maker, enum word word);
/* With a capital letter. */
struct slice day_title(struct day_maker *maker, enum word word);
struct slice day_fill(struct day_maker *maker, enum word word, struct slice one, struct slice two);
struct slice day_figure(struct day_maker *maker, enum figure_unit unit, uint64_t value);
struct slice day_share(struct day_maker *maker, uint64_t part, uint64_t whole);
/* To the lines of a selection; empty when it has none. */
struct slice day_lines(struct day_maker *maker, struct lines_key key);
/* The slots of the axis; NULL without memory. */
struct chart_slot *day_slots(struct day_maker *maker);

/* A histogram of durations with its percentiles; ten bars a decade, fewer when some are `joined`. */
void day_add_histogram(struct day_maker *maker, struct slice title,
	const struct histogram *histogram, unsigned joined);
/* A cell with a value from a mail; where there may be many on a page they are not that long. */
void day_cell(struct page_table *table, struct slice value);
/* The cells median, p95, p99, maximum, the last with a link. */
void day_add_quantiles(
	struct page_table *table, const struct histogram *histogram, struct slice path);
/* The most frequent names; each leads to `path`. */
void day_add_names(struct day_maker *maker, struct slice title, const struct top *top,
	enum chart_tone tone, struct slice path);

void day_add_delay(struct day_maker *maker);
void day_add_scanners(struct day_maker *maker);
void day_add_notable(struct day_maker *maker);
void day_add_errors(struct day_maker *maker);

#endif
