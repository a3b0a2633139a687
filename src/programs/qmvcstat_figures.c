/* Figures as they stand in the text of qmvcstat(8); see qmvcstat_figures.h. */
#include "programs/qmvcstat_figures.h"

#include "base/cleanup.h"

#include <stdarg.h>
#include <stdio.h>

void stat_say(struct screen *screen, const char *format, ...)
{
	char text[256];
	va_list values;

	va_start(values, format);
	vsnprintf(text, sizeof(text), format, values);
	va_end(values);
	screen_say(screen, STYLE_PLAIN, text);
}

void stat_title(struct screen *screen, const char *text)
{
	screen_say(screen, STYLE_TITLE, text);
	screen_to(screen, STAT_LEFT);
}

const char *stat_figure(enum figure_unit unit, uint64_t value, char text[STAT_NUMBER])
{
	cleanup_buf struct buf out = {0};

	figure_add_text(&out, unit, value);
	snprintf(text, STAT_NUMBER, "%s", out.failed ? "?" : buf_cstr(&out));
	return text;
}

const char *stat_plural(uint64_t number)
{
	return number == 1 ? "" : "s";
}

/* One of nine heights; none at all has a sign of its own, so that few can be told from none. */
const char *stat_height(const struct screen *screen, uint64_t value, uint64_t greatest)
{
	static const char *const blocks[] = {"\u00b7", "\u2581", "\u2582", "\u2583", "\u2584",
		"\u2585", "\u2586", "\u2587", "\u2588"};
	static const char *const ascii[] = {".", ":", "-", "=", "+", "*", "#", "%", "@"};
	unsigned level = 0;

	if (value > 0)
		level = 1 + (unsigned)((double)(value - 1) / (double)greatest * 8);
	if (level > 8)
		level = 8;
	return screen->look.utf8 ? blocks[level] : ascii[level];
}

void stat_sparkline(struct screen *screen, const uint64_t *values, unsigned length)
{
	uint64_t greatest = 1;

	for (unsigned i = 0; i < length; i++)
		if (values[i] > greatest)
			greatest = values[i];
	for (unsigned i = 0; i < length; i++)
		screen_say(screen, STYLE_PLAIN, stat_height(screen, values[i], greatest));
}

void stat_list(struct screen *screen, bool *begun, const char *name, uint64_t number)
{
	char text[64];

	if (number == 0)
		return;
	snprintf(text, sizeof(text), "%s%s %s", *begun ? ", " : "", name,
		COUNT(number));
	if (screen->column + strlen(text) > TERMINAL_WIDTH_MIN) {
		stat_say(screen, ",");
		screen_end(screen);
		screen_to(screen, STAT_LEFT);
		stat_say(screen, "%s", text + (*begun ? 2 : 0));
	} else {
		stat_say(screen, "%s", text);
	}
	*begun = true;
}
