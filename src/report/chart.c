/* Bars, top lists and sparklines; see chart.h. What is about delays is in chart_delay.c. */
#include "report/chart.h"

#include "report/chart_frame.h"

#define LEAST_HEIGHT 2.0 /* pixels: one mail among a million is seen */
#define NAME_LIMIT   200 /* bytes of a name shown in a list */

static double height_of_stack(const struct chart *chart, size_t slot)
{
	double sum = 0;

	for (unsigned i = 0; i < chart->series_count; i++)
		sum += (double)chart_value(chart, slot, i);
	return sum;
}

/* "14:00 to 15:00: 1 204 passed, 31 stopped". */
static void add_name(struct buf *out, const struct chart *chart, size_t slot)
{
	buf_add(out, chart->slots[slot].name);
	for (unsigned i = 0; i < chart->series_count; i++) {
		buf_add_cstr(out, i == 0 ? ": " : ", ");
		figure_add(out, chart->unit, chart_value(chart, slot, i));
		buf_add_byte(out, ' ');
		buf_add(out, chart->series[i].name);
	}
}

static void add_bar(
	struct html *html, const struct chart *chart, const struct scale *scale, size_t slot)
{
	double width = 100.0 / (double)chart->slot_count, left = (double)slot * width;
	double sum = 0, top = CHART_HEIGHT + 8;
	cleanup_buf struct buf name = {0};

	add_name(&name, chart, slot);
	chart_place_begin(html, buf_slice(&name), chart->slots[slot].path,
		chart->slots[slot].fragment, left, width, 8);
	for (unsigned i = 0; i < chart->series_count; i++) {
		uint64_t value = chart_value(chart, slot, i);
		double height;

		if (value == 0)
			continue;
		sum += (double)value;
		height = top - (8 + CHART_HEIGHT * (1 - scale_at(scale, sum)));
		if (height < LEAST_HEIGHT)
			height = LEAST_HEIGHT;
		top -= height;
		chart_rect(html, chart_tone_class(chart->series[i].tone), left + width * 0.12, top,
			width * 0.76, height);
	}
	html_close(html);
	html_line(html);
	html->out->failed |= name.failed;
}

/* Neighbours are one piece: two would have a seam. */
static void add_ground(struct html *html, const struct chart *chart)
{
	double width = 100.0 / (double)chart->slot_count;

	for (size_t i = 0, end; i < chart->slot_count; i = end + 1) {
		for (end = i; end < chart->slot_count && chart->slots[end].off; end++)
			;
		if (end > i)
			chart_rect(html, "off", (double)i * width, 8, (double)(end - i) * width,
				CHART_HEIGHT);
	}
}

void chart_bars(struct html *html, const struct chart *chart)
{
	double highest = 0;
	bool linked = false;
	struct scale scale;

	chart_frame_begin(html, chart->title);
	for (size_t i = 0; i < chart->slot_count; i++) {
		double height = height_of_stack(chart, i);

		highest = height > highest ? height : highest;
		linked |= chart->slots[i].path.len > 0 || chart->slots[i].fragment.len > 0;
	}
	if (highest > 0) {
		scale = scale_linear(chart->unit, highest);
		chart_frame_legend(html, chart, false);
		chart_svg_begin(html, chart->title, 8, linked);
		add_ground(html, chart);
		chart_axis_up(html, &scale, chart->unit, 8);
		for (size_t i = 0; i < chart->slot_count; i++)
			add_bar(html, chart, &scale, i);
		chart_axis_slots(html, chart, 8);
		chart_svg_end(html);
		chart_numbers(html, chart);
	} else {
		chart_frame_empty(html, chart->empty);
	}
	chart_frame_end(html);
}

static void add_top_name(struct html *html, const struct chart_row *row)
{
	bool linked = row->path.len > 0 || row->fragment.len > 0;

	if (linked) {
		html_open(html, "a");
		html_href(html, row->path, row->fragment);
	} else {
		html_open(html, "span");
	}
	html_value(html, row->name, NAME_LIMIT);
	html_close(html);
}

static void add_top_row(struct html *html, const struct chart_top *top, size_t i)
{
	const struct chart_row *row = &top->rows[i];
	uint64_t most = top->rows[0].value > 0 ? top->rows[0].value : 1;
	cleanup_buf struct buf figure = {0};

	html_open(html, "li");
	add_top_name(html, row);
	figure_add_column(&figure, top->unit, row->value);
	html_element(html, "b", buf_slice(&figure));
	if (top->whole > 0) {
		html->out->failed |= figure.failed; /* which buf_clear() forgets */
		buf_clear(&figure);
		figure_add_share(&figure, row->value, top->whole);
		html_element(html, "i", buf_slice(&figure));
	}
	html->out->failed |= figure.failed;
	html_open(html, "svg");
	html_attr_cstr(html, "aria-hidden", "true");
	chart_rect(html, chart_tone_class(top->tone), 0, 0, (double)row->value * 100 / (double)most,
		6);
	html_close(html);
	html_close(html);
	html_line(html);
}

void chart_top(struct html *html, const struct chart_top *top)
{
	chart_frame_begin(html, top->title);
	if (top->row_count > 0) {
		html_open(html, "ol");
		html_attr_cstr(html, "class", "top");
		html_line(html);
		for (size_t i = 0; i < top->row_count; i++)
			add_top_row(html, top, i);
		html_close(html);
	} else {
		chart_frame_empty(html, top->empty);
	}
	chart_frame_end(html);
}

void chart_sparkline(struct html *html, struct slice name, const uint64_t *values, size_t count)
{
	uint64_t highest = 1;
	cleanup_buf struct buf path = {0};
	cleanup_buf struct buf box = {0};

	for (size_t i = 0; i < count; i++)
		highest = values[i] > highest ? values[i] : highest;
	for (size_t i = 0; i < count; i++)
		buf_addf(&path, "%s%zu %u", i == 0 ? "M" : "L", i,
			22 - (unsigned)((double)values[i] * 20 / (double)highest));
	if (count == 1)
		buf_add_cstr(&path, "H1"); /* a single value is a level line */
	buf_addf(&box, "0 0 %zu 24", count > 2 ? count - 1 : 1);
	html_open(html, "svg");
	html_attr_cstr(html, "class", "spark");
	html_attr_cstr(html, "role", "img");
	html_attr(html, "aria-label", name);
	html_attr(html, "viewBox", buf_slice(&box));
	html_attr_cstr(html, "preserveAspectRatio", "none");
	html_open(html, "path");
	html_attr(html, "d", buf_slice(&path));
	html_close(html);
	html_close(html);
	html->out->failed |= path.failed || box.failed;
}
