/* The one writer of HTML; see html.h. */
#include "report/html.h"

#include "record/escape.h"
#include "report/style.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define POLICY \
	"default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; " \
	"form-action 'none'"

/* U+FDD0 to U+FDEF and the last two of each plane (HTML, 13.2.3.5); `c` is valid UTF-8. */
static bool is_noncharacter(const unsigned char *c, size_t len)
{
	if (len == 3 && c[0] == 0xef && c[1] == 0xb7)
		return c[2] >= 0x90 && c[2] <= 0xaf;
	if (len == 3)
		return c[0] == 0xef && c[1] == 0xbf && c[2] >= 0xbe;
	return len == 4 && (c[1] & 0x0f) == 0x0f && c[2] == 0xbf && c[3] >= 0xbe;
}

/* What stands for an ASCII character that means something in markup; else NULL. */
static const char *entity(unsigned char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

/* Does a character of that kind stand for itself? */
static bool is_as_is(struct slice text, size_t at, size_t len, bool printable)
{
	return printable && !(len == 1 && entity(text.data[at])) &&
	       !is_noncharacter(text.data + at, len);
}

/* Appends `text`, fit for text and for an attribute between double quotes. */
static void add_escaped(struct buf *out, struct slice text)
{
	size_t plain = 0, at = 0; /* what stands between the two needs nothing */

	while (at < text.len) {
		bool printable;
		size_t len = escape_look(text, at, &printable);
		const char *instead = len == 1 ? entity(text.data[at]) : NULL;

		if (is_as_is(text, at, len, printable)) {
			at += len;
			continue;
		}
		buf_add(out, slice_make(text.data + plain, at - plain));
		if (instead)
			buf_add_cstr(out, instead);
		else
			for (size_t i = 0; i < len; i++)
				buf_addf(out, "\\x%02X", text.data[at + i]);
		at += len;
		plain = at;
	}
	buf_add(out, slice_from(text, plain));
}

static void end_tag(struct html *html)
{
	if (html->in_tag)
		buf_add_byte(html->out, '>');
	html->in_tag = false;
}

void html_open_literal(struct html *html, const char *name)
{
	end_tag(html);
	if (html->depth == HTML_DEPTH) {
		html->out->failed = true;
		return;
	}
	html->open[html->depth++] = name;
	buf_addf(html->out, "<%s", name);
	html->in_tag = true;
}

/* Elements of SVG that never hold anything here; they alone may end in "/>". */
static bool is_shape(const char *name)
{
	return strcmp(name, "rect") == 0 || strcmp(name, "line") == 0 || strcmp(name, "path") == 0;
}

void html_close(struct html *html)
{
	if (html->depth > 0 && html->in_tag && is_shape(html->open[html->depth - 1])) {
		buf_add_cstr(html->out, "/>");
		html->in_tag = false;
		html->depth--;
		return;
	}
	end_tag(html);
	if (html->depth == 0) {
		html->out->failed = true;
		return;
	}
	buf_addf(html->out, "</%s>", html->open[--html->depth]);
}

/* Attributes may follow, so its '>' comes with what is written next. */
void html_void_literal(struct html *html, const char *name)
{
	end_tag(html);
	buf_addf(html->out, "<%s", name);
	html->in_tag = true;
}

void html_element_literal(struct html *html, const char *name, struct slice text)
{
	html_open_literal(html, name);
	html_text(html, text);
	html_close(html);
}

void html_element_class_literal(
	struct html *html, const char *name, const char *class, struct slice text)
{
	html_open_literal(html, name);
	html_attr_literal(html, "class", slice_cstr(class));
	html_text(html, text);
	html_close(html);
}

void html_attr_literal(struct html *html, const char *name, struct slice value)
{
	if (!html->in_tag) {
		html->out->failed = true;
		return;
	}
	buf_addf(html->out, " %s=\"", name);
	add_escaped(html->out, value);
	buf_add_byte(html->out, '"');
}

/* By integers: printf's decimal point is the locale's. */
void html_attr_number_literal(struct html *html, const char *name, double value, const char *unit)
{
	cleanup_buf struct buf text = {0};
	long hundredths = lround(value * 100);
	long whole = labs(hundredths) / 100, rest = labs(hundredths) % 100;

	buf_addf(&text, "%s%ld", hundredths < 0 ? "-" : "", whole);
	if (rest % 10)
		buf_addf(&text, ".%02ld", rest);
	else if (rest)
		buf_addf(&text, ".%ld", rest / 10);
	buf_add_cstr(&text, unit);
	html->out->failed |= text.failed;
	html_attr_literal(html, name, buf_slice(&text));
}

static void add_percent_encoded(struct buf *out, struct slice path)
{
	for (size_t i = 0; i < path.len; i++) {
		unsigned char c = path.data[i], lower = ascii_lower(c);

		if ((lower >= 'a' && lower <= 'z') || ascii_digit(c) || c == '-' || c == '.' ||
			c == '_' || c == '~' || (c == '/' && i > 0))
			buf_add_byte(out, c);
		else
			buf_addf(out, "%%%02X", c);
	}
}

void html_href(struct html *html, struct slice path, struct slice fragment)
{
	cleanup_buf struct buf link = {0};

	add_percent_encoded(&link, path);
	if (fragment.len > 0) {
		buf_add_byte(&link, '#');
		add_percent_encoded(&link, fragment);
	}
	html->out->failed |= link.failed;
	html_attr(html, "href", buf_slice(&link));
}

void html_text(struct html *html, struct slice text)
{
	end_tag(html);
	add_escaped(html->out, text);
}

void html_text_cstr(struct html *html, const char *text)
{
	html_text(html, slice_cstr(text));
}

struct slice html_cut(const struct html *html, struct slice value, size_t limit)
{
	size_t at = 0;

	if (html->value_limit > 0 && html->value_limit < limit)
		limit = html->value_limit;
	while (at < value.len) {
		bool printable;
		size_t len = escape_look(value, at, &printable), written = len;
		const char *instead = len == 1 ? entity(value.data[at]) : NULL;

		if (instead)
			written = strlen(instead);
		else if (!is_as_is(value, at, len, printable))
			written = len * strlen("\\xHH");
		if (written > limit)
			break;
		limit -= written;
		at += len;
	}
	return slice_first(value, at);
}

static void add_value(struct html *html, struct slice value, size_t limit, bool parted)
{
	struct slice shown = html_cut(html, value, limit);
	bool whole = shown.len == value.len;

	if (value.len == 0)
		return;
	html_open(html, "bdi");
	for (size_t at; parted && (at = slice_find_byte(shown, '@', 0)) < shown.len;) {
		html_text(html, slice_first(shown, at + 1));
		html_void(html, "wbr");
		shown = slice_from(shown, at + 1);
	}
	html_text(html, shown);
	if (!whole)
		html_text_cstr(html, "\xe2\x80\xa6");
	html_close(html);
}

void html_value(struct html *html, struct slice value, size_t limit)
{
	add_value(html, value, limit, false);
}

void html_value_parted(struct html *html, struct slice value, size_t limit)
{
	add_value(html, value, limit, true);
}

void html_line(struct html *html)
{
	end_tag(html);
	buf_add_byte(html->out, '\n');
}

void html_begin(struct html *html, struct slice language, struct slice title, bool tables_only)
{
	buf_add_cstr(html->out, "<!DOCTYPE html>\n");
	html_open(html, "html");
	html_attr(html, "lang", language);
	html_line(html);
	html_open(html, "head");
	html_line(html);
	html_void(html, "meta");
	html_attr_cstr(html, "charset", "utf-8");
	html_line(html);
	html_void(html, "meta");
	html_attr_cstr(html, "http-equiv", "Content-Security-Policy");
	html_attr_cstr(html, "content", POLICY);
	html_line(html);
	html_void(html, "meta");
	html_attr_cstr(html, "name", "viewport");
	html_attr_cstr(html, "content", "width=device-width, initial-scale=1");
	html_line(html);
	html_void(html, "meta");
	html_attr_cstr(html, "name", "color-scheme");
	html_attr_cstr(html, "content", "light dark");
	html_line(html);
	html_element(html, "title", title);
	html_line(html);
	/* A style sheet is no text: '>' stands in it as it is. */
	html_open(html, "style");
	end_tag(html);
	buf_add_cstr(html->out, style_frame);
	if (!tables_only)
		buf_add_cstr(html->out, style_figures);
	html_close(html);
	html_line(html);
	html_close(html);
	html_line(html);
}

int html_end(struct html *html)
{
	while (html->depth > 0)
		html_close(html);
	html_line(html);
	return html->out->failed ? -ENOMEM : 0;
}
