/* What the charts have in common; see chart_frame.h. */
#include "report/chart_frame.h"

/* Letters and figures of the axes are 12 pixels high; few are wider than this. */
#define LETTER 7.5

const char *chart_tone_class(enum chart_tone tone)
{
	static const char *const classes[] = {
		[TONE_PLAIN] = "plain",
		[TONE_PASSED] = "passed",
		[TONE_STOPPED] = "stopped",
		[TONE_DEFERRED] = "deferred",
	};

	return classes[tone];
}

void chart_frame_begin(struct html *html, struct slice title)
{
	html_open(html, "figure");
	html_open(html, "figcaption");
	html_element_class(html, "span", "title", title);
	html_close(html);
	html_line(html);
}

void chart_frame_legend(struct html *html, const struct chart *chart, bool band)
{
	if (chart->series_count < 2)
		return;
	html_open(html, "p");
	html_attr_cstr(html, "class", "legend");
	for (unsigned i = 0; i < chart->series_count; i++) {
		html_open(html, "span");
		html_attr_cstr(html, "class",
			band ? i == 0 ? "passed" : "passed band"
			     : chart_tone_class(chart->series[i].tone));
		html_text(html, chart->series[i].name);
		html_close(html);
		html_text_cstr(html, " ");
	}
	html_close(html);
}

void chart_frame_empty(struct html *html, struct slice text)
{
	html_element_class(html, "p", "empty", text);
}

void chart_frame_end(struct html *html)
{
	html_close(html);
	html_line(html);
}

void chart_svg_begin(struct html *html, struct slice name, double above, bool linked)
{
	html_open(html, "div");
	html_attr_cstr(html, "class", "plot");
	html_open(html, "svg");
	html_attr_cstr(html, "role", linked ? "group" : "img");
	html_attr(html, "aria-label", name);
	html_attr_cstr(html, "width", "100%");
	html_attr_number(html, "height", above + CHART_HEIGHT + 24);
	html_line(html);
}

void chart_svg_end(struct html *html)
{
	html_close(html);
	html_close(html);
	html_line(html);
}

/* `tick` in units of `size`, called `name`: 1.5 M. */
static void add_tick_in(struct buf *out, double tick, double size, const char *name)
{
	unsigned tenths = (unsigned)(tick / size * 10 + 0.5);

	buf_addf(out, "%u", tenths / 10);
	if (tenths % 10)
		buf_addf(out, ".%u", tenths % 10);
	buf_addf(out, "\xc2\xa0%s", name);
}

/*
 * Short, because there is little room beside an axis: a time goes on in seconds, not minutes
 * (200 s, not 3.33 min); counts, where they are many, in thousands, millions and so on.
 */
void chart_add_tick(struct buf *out, enum figure_unit unit, double tick, double high)
{
	if (tick < 1)
		buf_add_byte(out, '0');
	else if (unit == FIGURE_TIME && tick >= 1e6)
		add_tick_in(out, tick, 1e6, "s");
	else if (unit == FIGURE_COUNT && high >= 2e9)
		add_tick_in(out, tick, 1e9, "G");
	else if (unit == FIGURE_COUNT && high >= 2e6)
		add_tick_in(out, tick, 1e6, "M");
	else if (unit == FIGURE_COUNT && high >= 1e5)
		add_tick_in(out, tick, 1e3, "k");
	else
		figure_add(out, unit, (uint64_t)(tick + 0.5));
}

void chart_axis_up(
	struct html *html, const struct scale *scale, enum figure_unit unit, double above)
{
	for (unsigned i = 0; i < scale->tick_count; i++) {
		double y = above + CHART_HEIGHT * (1 - scale_at(scale, scale->ticks[i]));
		cleanup_buf struct buf text = {0};

		chart_add_tick(&text, unit, scale->ticks[i], scale->high);
		html_open(html, "line");
		html_attr_cstr(html, "class", i == 0 ? "base" : "grid");
		html_attr_cstr(html, "x2", "100%");
		html_attr_number(html, "y1", y);
		html_attr_number(html, "y2", y);
		html_close(html);
		html_open(html, "text");
		html_attr_cstr(html, "class", "up");
		html_attr_cstr(html, "x", "-8");
		html_attr_number(html, "y", y + 4);
		html_text(html, buf_slice(&text));
		html_close(html);
		html->out->failed |= text.failed;
	}
	html_line(html);
}

void chart_label(
	struct html *html, struct slice text, double percent, double above, bool narrow, bool wide)
{
	if (!narrow && !wide)
		return;
	html_open(html, "text");
	if (!narrow || !wide)
		html_attr_cstr(html, "class", narrow ? "narrow" : "wide");
	html_attr_percent(html, "x", percent);
	html_attr_number(html, "y", above + CHART_HEIGHT + 18);
	html_text(html, text);
	html_close(html);
}

/* Characters, not bytes. */
static size_t length_of(struct slice text)
{
	size_t length = 0;

	for (size_t i = 0; i < text.len; i++)
		length += (text.data[i] & 0xc0) != 0x80;
	return length;
}

void chart_axis_slots(struct html *html, const struct chart *chart, double above)
{
	unsigned count = (unsigned)chart->slot_count, narrow, wide;
	size_t longest = 1;

	for (size_t i = 0; i < chart->slot_count; i++)
		if (length_of(chart->slots[i].label) > longest)
			longest = length_of(chart->slots[i].label);
	narrow =
		scale_label_step(count, chart->cycle, (double)(longest + 1) * LETTER, CHART_NARROW);
	wide = scale_label_step(count, chart->cycle, (double)(longest + 1) * LETTER, CHART_WIDE);
	for (unsigned i = 0; i < count; i++)
		chart_label(html, chart->slots[i].label, (i + 0.5) * 100 / count, above,
			i % narrow == 0, i % wide == 0);
	html_line(html);
}

void chart_rect(
	struct html *html, const char *class, double left, double top, double width, double height)
{
	html_open(html, "rect");
	html_attr_cstr(html, "class", class);
	if (left > 0)
		html_attr_percent(html, "x", left);
	if (top > 0)
		html_attr_number(html, "y", top);
	html_attr_percent(html, "width", width);
	html_attr_number(html, "height", height);
	html_close(html);
}

void chart_place_begin(struct html *html, struct slice name, struct slice path,
	struct slice fragment, double left, double width, double above)
{
	if (path.len > 0 || fragment.len > 0) {
		html_open(html, "a");
		html_href(html, path, fragment);
	} else {
		html_open(html, "g");
	}
	html_element(html, "title", name);
	chart_rect(html, "hit", left, above, width, CHART_HEIGHT);
	html_open(html, "text");
	html_attr_cstr(html, "class", "told");
	html_attr_cstr(html, "x", "100%");
	html_text(html, name);
	html_close(html);
}

static void add_row(struct html *html, const struct chart *chart, size_t slot)
{
	html_open(html, "tr");
	html_element(html, "th", chart->slots[slot].name);
	for (unsigned i = 0; i < chart->series_count; i++) {
		uint64_t value = chart_value(chart, slot, i);
		cleanup_buf struct buf figure = {0};

		if (value == 0 && chart->unit == FIGURE_TIME)
			buf_add_byte(&figure, '-'); /* not measured */
		else
			figure_add_column(&figure, chart->unit, value);
		html_element(html, "td", buf_slice(&figure));
		html->out->failed |= figure.failed;
	}
	html_close(html);
	html_line(html);
}

void chart_numbers(struct html *html, const struct chart *chart)
{
	if (chart->numbers.len == 0)
		return;
	html_open(html, "details");
	html_element(html, "summary", chart->numbers);
	html_open(html, "table");
	html_element_class(html, "caption", "hidden", chart->title);
	html_open(html, "tr");
	html_open(html, "td");
	html_close(html);
	for (unsigned i = 0; i < chart->series_count; i++) {
		html_open(html, "th");
		html_attr_cstr(html, "scope", "col");
		html_text(html, chart->series[i].name);
		html_close(html);
	}
	html_close(html);
	html_line(html);
	for (size_t i = 0; i < chart->slot_count; i++)
		add_row(html, chart, i);
	html_close(html);
	html_close(html);
}
