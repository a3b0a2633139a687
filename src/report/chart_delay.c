/* Charts of delays: how they are spread, and how they went over the day; see chart.h. */
#include "report/chart.h"

#include "report/chart_frame.h"

#include <math.h>

#define ABOVE	   8.0
#define MARK_LINE  16.0 /* pixels for the name of a mark */
#define NARROWEST  0.02 /* of the plot: buckets are joined up to this */
#define TICK_WIDTH 54.0 /* "500 ms" with air */
#define CURVE	   1000 /* the picture of a curve is as wide and high as this, and is stretched */

static void add_range(struct buf *out, enum figure_unit unit, const struct chart_bucket *bucket)
{
	figure_add(out, unit, bucket->low);
	buf_add_cstr(out, " \xe2\x80\x93 ");
	figure_add(out, unit, bucket->high);
}

/* The next that is wide enough to be seen, several of the caller's in one; false: no more. */
static bool next_bucket(const struct chart_histogram *histogram, const struct scale *scale,
	size_t *at, struct chart_bucket *joined)
{
	const struct chart_bucket *buckets = histogram->buckets;

	while (*at < histogram->bucket_count && buckets[*at].count == 0)
		(*at)++;
	if (*at == histogram->bucket_count)
		return false;
	*joined = buckets[(*at)++];
	while (*at < histogram->bucket_count &&
		scale_at(scale, (double)buckets[*at].low) - scale_at(scale, (double)joined->low) <
			NARROWEST) {
		if (buckets[*at].count > 0) {
			joined->high = buckets[*at].high;
			joined->path = SLICE_EMPTY;
		}
		joined->count += buckets[(*at)++].count;
	}
	return true;
}

static void add_histogram_bars(struct html *html, const struct chart_histogram *histogram,
	const struct scale *across, const struct scale *up, double above, uint64_t whole)
{
	struct chart_bucket bucket;
	size_t at = 0;

	while (next_bucket(histogram, across, &at, &bucket)) {
		double left = scale_at(across, (double)bucket.low) * 100;
		double width =
			fmax(scale_at(across, (double)bucket.high) * 100 - left, NARROWEST * 100);
		double height = fmax(scale_at(up, (double)bucket.count) * CHART_HEIGHT, 2);
		cleanup_buf struct buf name = {0};

		add_range(&name, histogram->unit, &bucket);
		buf_add_cstr(&name, ": ");
		figure_add(&name, FIGURE_COUNT, bucket.count);
		buf_add_cstr(&name, " (");
		figure_add_share(&name, bucket.count, whole);
		buf_add_byte(&name, ')');
		chart_place_begin(
			html, buf_slice(&name), bucket.path, SLICE_EMPTY, left, width, above);
		chart_rect(html, "plain", left + width * 0.05, above + CHART_HEIGHT - height,
			width * 0.9, height);
		html_close(html);
		html_line(html);
		html->out->failed |= name.failed;
	}
}

static void add_mark_line(struct html *html, double at, double from, double to)
{
	html_open(html, "line");
	html_attr_cstr(html, "class", "mark");
	html_attr_percent(html, "x1", at);
	html_attr_percent(html, "x2", at);
	html_attr_number(html, "y1", from);
	html_attr_number(html, "y2", to);
	html_close(html);
}

static void add_mark_text(struct html *html, const struct chart_mark *mark, enum figure_unit unit,
	double at, double y)
{
	bool before = at > 60; /* there is more room on its left */
	cleanup_buf struct buf text = {0};

	buf_add(&text, mark->name);
	buf_add_byte(&text, ' ');
	figure_add(&text, unit, mark->value);
	html_open(html, "text");
	html_attr_cstr(html, "class", before ? "mark before" : "mark");
	html_attr_percent(html, "x", at);
	html_attr_number(html, "y", y);
	html_attr_number(html, "dx", before ? -6 : 6);
	html_text(html, buf_slice(&text));
	html_close(html);
	html->out->failed |= text.failed;
}

/*
 * Each mark's name has a line of its own, so that near ones do not cover each other; all names come
 * after all lines, and cover these.
 */
static void add_marks(struct html *html, const struct chart_histogram *histogram,
	const struct scale *across, double above)
{
	const struct chart_mark *marks = histogram->marks;

	for (size_t i = 0; i < histogram->mark_count; i++)
		add_mark_line(html, scale_at(across, (double)marks[i].value) * 100,
			(double)(i + 1) * MARK_LINE - 10, above + CHART_HEIGHT);
	for (size_t i = 0; i < histogram->mark_count; i++)
		add_mark_text(html, &marks[i], histogram->unit,
			scale_at(across, (double)marks[i].value) * 100,
			(double)(i + 1) * MARK_LINE);
	html_line(html);
}

static void add_ticks(
	struct html *html, const struct scale *across, enum figure_unit unit, double above)
{
	unsigned narrow, wide;

	narrow = scale_label_step(across->tick_count, 0, TICK_WIDTH, CHART_NARROW);
	wide = scale_label_step(across->tick_count, 0, TICK_WIDTH, CHART_WIDE);
	for (unsigned i = 0; i < across->tick_count; i++) {
		cleanup_buf struct buf text = {0};

		chart_add_tick(&text, unit, across->ticks[i], across->high);
		chart_label(html, buf_slice(&text), scale_at(across, across->ticks[i]) * 100, above,
			i % narrow == 0, i % wide == 0);
		html->out->failed |= text.failed;
	}
	html_line(html);
}

/* The table beside the picture has the joined buckets too: what is told is the same everywhere. */
static void add_bucket_table(
	struct html *html, const struct chart_histogram *histogram, const struct scale *across)
{
	struct chart_bucket bucket;
	size_t at = 0;

	if (histogram->numbers.len == 0)
		return;
	html_open(html, "details");
	html_element(html, "summary", histogram->numbers);
	html_open(html, "table");
	html_element_class(html, "caption", "hidden", histogram->title);
	while (next_bucket(histogram, across, &at, &bucket)) {
		cleanup_buf struct buf text = {0};

		html_open(html, "tr");
		add_range(&text, histogram->unit, &bucket);
		html_element(html, "th", buf_slice(&text));
		html->out->failed |= text.failed; /* which buf_clear() forgets */
		buf_clear(&text);
		figure_add(&text, FIGURE_COUNT, bucket.count);
		html_element(html, "td", buf_slice(&text));
		html_close(html);
		html_line(html);
		html->out->failed |= text.failed;
	}
	html_close(html);
	html_close(html);
}

void chart_histogram(struct html *html, const struct chart_histogram *histogram)
{
	double above = ABOVE + (double)histogram->mark_count * MARK_LINE;
	double lowest = 0, highest = 0, most = 0;
	struct chart_bucket bucket;
	struct scale across, up;
	uint64_t whole = 0;
	bool linked = false;
	size_t at = 0;

	chart_frame_begin(html, histogram->title);
	for (size_t i = 0; i < histogram->bucket_count; i++) {
		if (histogram->buckets[i].count == 0)
			continue;
		if (whole == 0)
			lowest = (double)histogram->buckets[i].low;
		highest = (double)histogram->buckets[i].high;
		whole += histogram->buckets[i].count;
	}
	if (whole == 0) {
		chart_frame_empty(html, histogram->empty);
		chart_frame_end(html);
		return;
	}
	across = scale_logarithmic(lowest, highest);
	while (next_bucket(histogram, &across, &at, &bucket)) {
		most = fmax(most, (double)bucket.count);
		linked |= bucket.path.len > 0;
	}
	up = scale_linear(FIGURE_COUNT, most);
	chart_svg_begin(html, histogram->title, above, linked);
	chart_axis_up(html, &up, FIGURE_COUNT, above);
	add_histogram_bars(html, histogram, &across, &up, above, whole);
	add_marks(html, histogram, &across, above);
	add_ticks(html, &across, histogram->unit, above);
	chart_svg_end(html);
	add_bucket_table(html, histogram, &across);
	chart_frame_end(html);
}

/* Where a value stands in the picture of the curve. */
static unsigned curve_y(const struct scale *up, uint64_t value)
{
	return (unsigned)(CURVE * (1 - scale_at(up, (double)value)) + 0.5);
}

static unsigned curve_x(const struct chart *chart, size_t slot)
{
	return (unsigned)(((double)slot + 0.5) * CURVE / (double)chart->slot_count + 0.5);
}

/* Up to where values follow each other without a gap. */
static size_t run_end(const struct chart *chart, size_t from)
{
	size_t end = from;

	while (end < chart->slot_count && chart_value(chart, end, 0) > 0)
		end++;
	return end;
}

static void add_run(struct buf *line, struct buf *band, const struct chart *chart,
	const struct scale *up, size_t from, size_t end)
{
	unsigned half = (unsigned)(CURVE / 3 / chart->slot_count);

	if (end - from == 1) { /* alone: a piece as wide as two thirds of its slot */
		unsigned x = curve_x(chart, from), y = curve_y(up, chart_value(chart, from, 0));

		buf_addf(line, "M%u %uh%u", x - half, y, 2 * half);
		if (chart->series_count > 1)
			buf_addf(band, "M%u %uh%uV%uh-%uZ", x - half, y, 2 * half,
				curve_y(up, chart_value(chart, from, 1)), 2 * half);
		return;
	}
	for (size_t i = from; i < end; i++)
		buf_addf(line, "%s%u %u", i == from ? "M" : "L", curve_x(chart, i),
			curve_y(up, chart_value(chart, i, 0)));
	if (chart->series_count < 2)
		return;
	for (size_t i = from; i < end; i++)
		buf_addf(band, "%s%u %u", i == from ? "M" : "L", curve_x(chart, i),
			curve_y(up, chart_value(chart, i, 1)));
	for (size_t i = end; i > from; i--)
		buf_addf(band, "L%u %u", curve_x(chart, i - 1),
			curve_y(up, chart_value(chart, i - 1, 0)));
	buf_add_byte(band, 'Z');
}

static void add_curve(struct html *html, const struct chart *chart, const struct scale *up)
{
	cleanup_buf struct buf line = {0};
	cleanup_buf struct buf band = {0};

	for (size_t i = 0; i < chart->slot_count;) {
		size_t end = run_end(chart, i);

		if (end > i)
			add_run(&line, &band, chart, up, i, end);
		i = end + 1;
	}
	html_open(html, "svg");
	html_attr_number(html, "y", ABOVE);
	html_attr_cstr(html, "width", "100%");
	html_attr_number(html, "height", CHART_HEIGHT);
	html_attr_cstr(html, "viewBox", "0 0 1000 1000");
	html_attr_cstr(html, "preserveAspectRatio", "none");
	html_open(html, "path");
	html_attr_cstr(html, "class", "band");
	html_attr(html, "d", buf_slice(&band));
	html_close(html);
	html_open(html, "path");
	html_attr_cstr(html, "class", "curve");
	html_attr(html, "d", buf_slice(&line));
	html_close(html);
	html_close(html);
	html_line(html);
	html->out->failed |= line.failed || band.failed;
}

/* "14:00 to 15:00: median 12 ms, p95 80 ms". */
static void add_place(struct html *html, const struct chart *chart, size_t slot)
{
	const struct chart_slot *place = &chart->slots[slot];
	double width = 100.0 / (double)chart->slot_count;
	cleanup_buf struct buf name = {0};

	if (chart_value(chart, slot, 0) == 0)
		return;
	buf_add(&name, place->name);
	for (unsigned i = 0; i < chart->series_count; i++) {
		buf_add_cstr(&name, i == 0 ? ": " : ", ");
		buf_add(&name, chart->series[i].name);
		buf_add_byte(&name, ' ');
		figure_add(&name, chart->unit, chart_value(chart, slot, i));
	}
	chart_place_begin(html, buf_slice(&name), place->path, place->fragment,
		(double)slot * width, width, ABOVE);
	html_close(html);
	html_line(html);
	html->out->failed |= name.failed;
}

void chart_band(struct html *html, const struct chart *chart)
{
	uint64_t lowest = UINT64_MAX, highest = 0;
	bool linked = false;
	struct scale up;

	chart_frame_begin(html, chart->title);
	for (size_t i = 0; i < chart->slot_count * chart->series_count; i++) {
		if (chart->values[i] > 0 && chart->values[i] < lowest)
			lowest = chart->values[i];
		if (chart->values[i] > highest)
			highest = chart->values[i];
	}
	for (size_t i = 0; i < chart->slot_count; i++)
		linked |= chart->slots[i].path.len > 0 || chart->slots[i].fragment.len > 0;
	if (highest > 0) {
		up = scale_logarithmic((double)lowest, (double)highest);
		chart_frame_legend(html, chart, true);
		chart_svg_begin(html, chart->title, ABOVE, linked);
		chart_axis_up(html, &up, chart->unit, ABOVE);
		add_curve(html, chart, &up);
		for (size_t i = 0; i < chart->slot_count; i++)
			add_place(html, chart, i);
		chart_axis_slots(html, chart, ABOVE);
		chart_svg_end(html);
		chart_numbers(html, chart);
	} else {
		chart_frame_empty(html, chart->empty);
	}
	chart_frame_end(html);
}
