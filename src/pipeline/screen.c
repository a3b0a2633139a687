/*
 * Text for a terminal; see screen.h. Widths are wcwidth(3)'s, which knows the locale's idea of
 * them; glibc's wchar_t is the code point (ISO 10646), so no conversion stands between.
 */
#include "pipeline/screen.h"

#include "message/unicode.h"
#include "message/utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <wchar.h>

#define MARKS_MAX 2

static const struct signs utf8_signs = {
	.branch = "├─ ",
	.last = "└─ ",
	.bar = "│  ",
	.gap = "   ",
	.met = "●",
	.beyond = "○",
	.unmet = "·",
	.off = "–",
	.more = "…",
	.rule = "─",
	.dot = " · ",
};

static const struct signs ascii_signs = {
	.branch = "|- ",
	.last = "`- ",
	.bar = "|  ",
	.gap = "   ",
	.met = "*",
	.beyond = "o",
	.unmet = ".",
	.off = "-",
	.more = "...",
	.rule = "-",
	.dot = ", ",
};

/* ECMA-48, "Select graphic rendition". */
static const char *const renditions[] = {
	[STYLE_PLAIN] = NULL,
	[STYLE_TITLE] = "1",
	[STYLE_NAME] = "1",
	[STYLE_TYPE] = "36",
	[STYLE_DIM] = "2",
	[STYLE_GOOD] = "1;32",
	[STYLE_WARN] = "33",
	[STYLE_BAD] = "1;31",
};

void screen_init(struct screen *screen, const struct terminal *terminal, struct buf *out)
{
	*screen = (struct screen){
		.look = *terminal,
		.signs = terminal->utf8 ? &utf8_signs : &ascii_signs,
		.out = out,
	};
}

/* May the character stand, after `marks` ones without a width? Sets *marks anew. */
static bool may_stand(const struct screen *screen, uint32_t character, unsigned *marks)
{
	int width;

	if (character < 0x80) {
		*marks = 0;
		return character >= ' ' && character != 0x7f;
	}
	if (!screen->look.utf8 || unicode_is_invisible(character))
		return false;
	width = wcwidth((wchar_t)character);
	*marks = width == 0 ? *marks + 1 : 0;
	return width >= 0 && *marks <= MARKS_MAX;
}

void screen_shown(const struct screen *screen, struct slice text, struct buf *out)
{
	unsigned marks = MARKS_MAX; /* a mark on nothing would sit on what stands before */

	for (size_t at = 0, start; at < text.len;) {
		uint32_t character;

		start = at;
		character = utf8_next(text, &at);
		if (character == '\\')
			buf_add_cstr(out, "\\\\");
		else if (character == UTF8_WRONG)
			buf_addf(out, "\\x%02X", text.data[start]);
		else if (may_stand(screen, character, &marks))
			buf_add(out, slice_make(text.data + start, at - start));
		else if (character < 0x80)
			buf_addf(out, "\\x%02X", character);
		else
			buf_addf(out, "\\u{%X}", character);
	}
}

static unsigned columns_of(uint32_t character)
{
	int width = character < 0x80 || character == UTF8_WRONG ? 1 : wcwidth((wchar_t)character);

	return width > 0 ? (unsigned)width : 0;
}

unsigned screen_columns(struct slice shown)
{
	unsigned columns = 0;

	for (size_t at = 0; at < shown.len;)
		columns += columns_of(utf8_next(shown, &at));
	return columns;
}

struct slice screen_first_columns(struct slice shown, unsigned columns)
{
	size_t at = 0, end = 0;
	unsigned used = 0;

	while (at < shown.len) {
		used += columns_of(utf8_next(shown, &at));
		if (used > columns)
			break;
		end = at;
	}
	return slice_first(shown, end);
}

/* Nothing is inherited: a style begins where the last one has been taken back. */
static void set_style(struct screen *screen, enum style style)
{
	if (!screen->look.colour || style == screen->style)
		return;
	if (renditions[screen->style])
		buf_add_cstr(screen->out, "\x1b[0m");
	if (renditions[style])
		buf_addf(screen->out, "\x1b[%sm", renditions[style]);
	screen->style = style;
}

void screen_put(struct screen *screen, enum style style, struct slice shown)
{
	if (shown.len == 0)
		return;
	set_style(screen, style);
	buf_add(screen->out, shown);
	screen->column += screen_columns(shown);
}

void screen_say(struct screen *screen, enum style style, const char *shown)
{
	screen_put(screen, style, slice_cstr(shown));
}

void screen_fit(struct screen *screen, enum style style, struct slice shown, unsigned columns)
{
	unsigned more = screen_columns(slice_cstr(screen->signs->more));
	unsigned all = screen_columns(shown), before, after;
	struct slice end = shown;

	if (all <= columns || columns <= more) {
		screen_put(screen, style, screen_first_columns(shown, columns));
		return;
	}
	before = (columns - more) / 2;
	after = columns - more - before;
	/* Taken off the front until what is left fits. */
	for (size_t at = 0; all > after && at < shown.len;) {
		all -= columns_of(utf8_next(shown, &at));
		end = slice_from(shown, at);
	}
	screen_put(screen, style, screen_first_columns(shown, before));
	screen_say(screen, STYLE_DIM, screen->signs->more);
	screen_put(screen, style, end);
}

void screen_to(struct screen *screen, unsigned column)
{
	if (screen->column >= column && screen->column > 0)
		column = screen->column + 1;
	set_style(screen, STYLE_PLAIN);
	while (screen->column < column) {
		buf_add_byte(screen->out, ' ');
		screen->column++;
	}
}

void screen_end(struct screen *screen)
{
	while (screen->out->len > 0 && screen->out->data[screen->out->len - 1] == ' ')
		screen->out->len--;
	set_style(screen, STYLE_PLAIN);
	buf_add_byte(screen->out, '\n');
	screen->column = 0;
}

static void begin_line(struct screen *screen)
{
	screen_end(screen);
	screen_put(screen, STYLE_DIM, screen->bars);
	if (screen->column < screen->margin)
		screen_to(screen, screen->margin);
}

void screen_wrap(struct screen *screen, enum style style, struct slice shown)
{
	unsigned edge = screen->look.width;

	while (shown.len > 0) {
		size_t blank = slice_find_byte(shown, ' ', 1);
		struct slice word = slice_first(shown, blank), fits;
		unsigned columns = screen_columns(word);

		if (screen->column + columns > edge && screen->column > screen->margin)
			begin_line(screen);
		if (screen->column <= screen->margin)
			while (word.len > 0 && word.data[0] == ' ')
				word = slice_from(word, 1);
		shown = slice_from(shown, blank);
		while (screen->column + screen_columns(word) > edge) {
			fits = screen_first_columns(word, edge - screen->column);
			if (fits.len == 0)
				break;
			screen_put(screen, style, fits);
			word = slice_from(word, fits.len);
			begin_line(screen);
		}
		screen_put(screen, style, word);
	}
}

void screen_wrap_cstr(struct screen *screen, enum style style, const char *shown)
{
	screen_wrap(screen, style, slice_cstr(shown));
}

void screen_wrap_shown(struct screen *screen, enum style style, const char *hostile)
{
	cleanup_buf struct buf shown = {0};

	screen_shown(screen, slice_cstr(hostile), &shown);
	if (shown.failed)
		screen->out->failed = true;
	screen_wrap(screen, style, buf_slice(&shown));
}

void screen_size(uint64_t bytes, char text[SCREEN_SIZE_MAX])
{
	static const char *const units[] = {"KB", "MB", "GB", "TB"};
	double size = (double)bytes / 1024;
	unsigned unit = 0;

	if (bytes < 1024) {
		snprintf(text, SCREEN_SIZE_MAX, "%" PRIu64 " B", bytes);
		return;
	}
	while (size >= 1023.95 && unit + 1 < sizeof(units) / sizeof(units[0])) {
		size /= 1024;
		unit++;
	}
	snprintf(text, SCREEN_SIZE_MAX, "%.1f %s", size, units[unit]);
}
