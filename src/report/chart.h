/*
 * The charts of the reports, as SVG within the page. They stretch with the page while letters and
 * lines keep their size, so they are read on a phone as well as on a wide screen: positions across
 * are percentages, only curves are drawn in a picture of their own that is stretched. Under the
 * pointer, or when the keyboard gets there, each bar tells its numbers and leads to its page; below
 * the chart the same numbers stand as a table to unfold, for fingers and screen readers.
 */
#ifndef QMVC_REPORT_CHART_H
#define QMVC_REPORT_CHART_H

#include "report/figure.h"
#include "report/html.h"

/* What a colour means, the same on every page. */
enum chart_tone {
	TONE_PLAIN, /* a figure that is neither good nor bad */
	TONE_PASSED,
	TONE_STOPPED,
	TONE_DEFERRED, /* and everything else that wants a look */
};

/* Its class in the style sheet. */
const char *chart_tone_class(enum chart_tone tone);

struct chart_series {
	struct slice name; /* "stopped" */
	enum chart_tone tone;
};

/* One place on the axis across: an hour, a day, a month. */
struct chart_slot {
	struct slice label;	     /* below the axis: "14", "Jan" */
	struct slice name;	     /* in full: "14:00 to 15:00" */
	struct slice path, fragment; /* as for html_href(); both empty: leads nowhere */
	bool off;		     /* a weekend: its ground is shaded */
};

struct chart {
	struct slice title;
	struct slice numbers; /* what unfolds the table: "Numbers" */
	struct slice empty;   /* what stands there when all values are 0: "No mail" */
	enum figure_unit unit;
	const struct chart_slot *slots;
	size_t slot_count;
	unsigned cycle; /* 24 for hours, so that labels go by 2, 3, 4 or 6; 0: any step */
	const struct chart_series *series;
	unsigned series_count;
	const uint64_t *values; /* values[slot * series_count + series] */
};

/* Bars, the series one upon the other, the first at the bottom. */
void chart_bars(struct html *html, const struct chart *chart);
/*
 * The first series as a line, with a band from it up to the second (both of one colour, whatever
 * their tone); a 0 is no measurement, and the line stops there. The scale is logarithmic.
 */
void chart_band(struct html *html, const struct chart *chart);

struct chart_bucket {
	uint64_t low, high; /* low <= value < high */
	uint64_t count;
	struct slice path; /* empty: leads nowhere, as one that is joined with others */
};

struct chart_mark {
	struct slice name; /* "p95" */
	uint64_t value;
};

struct chart_histogram {
	struct slice title, numbers, empty;
	enum figure_unit unit;
	const struct chart_bucket *buckets; /* rising, none over another */
	size_t bucket_count;
	const struct chart_mark *marks; /* each has a line of its own above the bars */
	size_t mark_count;
};

/* How often which value came, on a logarithmic scale. Buckets too narrow to be seen are joined. */
void chart_histogram(struct html *html, const struct chart_histogram *histogram);

struct chart_row {
	struct slice name; /* a value from a mail is welcome */
	struct slice path, fragment;
	uint64_t value;
};

struct chart_top {
	struct slice title, empty;
	enum figure_unit unit;
	enum chart_tone tone;
	const struct chart_row *rows; /* the greatest first */
	size_t row_count;
	uint64_t whole; /* shares are of this; 0: no shares */
};

/* A list of names with a bar each. */
void chart_top(struct html *html, const struct chart_top *top);

/* A curve of `count` values as high as a line of text, which says `name` to those who hear it. */
void chart_sparkline(struct html *html, struct slice name, const uint64_t *values, size_t count);

#endif
