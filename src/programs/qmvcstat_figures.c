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
	snprintf(text, sizeof(text), "%s%s %s", *begun ? ", " : "", name, COUNT(number));
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

static bool comes_before(const struct stat_item *one, const struct stat_item *other)
{
	if (one->count == 0 || other->count == 0)
		return one->count > other->count;
	return one->urgent != other->urgent ? one->urgent : one->count > other->count;
}

/* Of equal ones the first stays in front. */
static void sort(struct stat_item *items, unsigned count)
{
	for (unsigned i = 1; i < count; i++) {
		struct stat_item item = items[i];
		unsigned at = i;

		for (; at > 0 && comes_before(&item, &items[at - 1]); at--)
			items[at] = items[at - 1];
		items[at] = item;
	}
}

void stat_most(struct screen *screen, struct stat_item *items, unsigned count)
{
	static const char more[] = ", ...";

	sort(items, count);
	if (count == 0 || items[0].count == 0) {
		stat_say(screen, "none");
		return;
	}
	for (unsigned i = 0; i < count && items[i].count > 0; i++) {
		bool last = i + 1 == count || items[i + 1].count == 0;
		unsigned room = TERMINAL_WIDTH_MIN - (last ? 0 : sizeof(more) - 1);
		char text[64];

		snprintf(text, sizeof(text), "%s%s %s", i > 0 ? ", " : "", items[i].name,
			COUNT(items[i].count));
		if (screen->column + strlen(text) > room) {
			stat_say(screen, more);
			return;
		}
		stat_say(screen, "%s", text);
	}
}
