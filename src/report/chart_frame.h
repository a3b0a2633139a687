/* What the charts have in common: the figure around, axes, places that tell their numbers. */
#ifndef QMVC_REPORT_CHART_FRAME_H
#define QMVC_REPORT_CHART_FRAME_H

#include "report/chart.h"
#include "report/scale.h"

#define CHART_HEIGHT 180.0 /* of the plot, in CSS pixels */
/* The width a plot has at least on a phone, and on a wide screen; labels are chosen for these. */
#define CHART_NARROW 250.0
#define CHART_WIDE   700.0

/* Opens the figure with its title; chart_frame_end() closes it. */
void chart_frame_begin(struct html *html, struct slice title);
/* `band`: the second series is an area, not a bar or line. A single series is what the title says. */
void chart_frame_legend(struct html *html, const struct chart *chart, bool band);
void chart_frame_empty(struct html *html, struct slice text);
void chart_frame_end(struct html *html);

/*
 * The SVG, as high as the plot and `above` pixels over and 24 below it. `linked`: it holds links,
 * so it is no single picture to a screen reader, but a group of things.
 */
void chart_svg_begin(struct html *html, struct slice name, double above, bool linked);
void chart_svg_end(struct html *html);

/* Lines across with their figures; `above` as given to chart_svg_begin(). */
void chart_axis_up(
	struct html *html, const struct scale *scale, enum figure_unit unit, double above);
/* A label below the axis at `percent`; `narrow`, `wide`: shown on such screens. */
void chart_label(
	struct html *html, struct slice text, double percent, double above, bool narrow, bool wide);
/* Labels of slots, as many as fit. */
void chart_axis_slots(struct html *html, const struct chart *chart, double above);
/* What a tick is called on an axis that goes up to `high`. */
void chart_add_tick(struct buf *out, enum figure_unit unit, double tick, double high);

static inline uint64_t chart_value(const struct chart *chart, size_t slot, unsigned series)
{
	return chart->values[slot * chart->series_count + series];
}

/* A rectangle; left and width in percent, top and height in pixels. */
void chart_rect(
	struct html *html, const char *class, double left, double top, double width, double height);
/*
 * Opens the place from `left`, `width` percent wide and as high as the plot, that tells `name` and
 * leads to path and fragment when there is one of them; html_close() ends it. A title is shown when
 * the pointer has rested for a while; where there is room the same is told at once above the plot.
 */
void chart_place_begin(struct html *html, struct slice name, struct slice path,
	struct slice fragment, double left, double width, double above);
/* The table of a chart's numbers, to be unfolded. */
void chart_numbers(struct html *html, const struct chart *chart);

#endif
