/*
 * The one writer of HTML. What a mail brought reaches a page through here only, and comes out as
 * text: names of elements and attributes must be literals (anything else does not compile), every
 * value is escaped, a link leads to a file beside the page. There is no function that writes
 * markup as it comes. Inline SVG is written the same way.
 *
 * Text is valid UTF-8 whatever came in: what may not stand in a line of our logs (control
 * characters, those that turn the reading direction, bytes that are no UTF-8; record/escape.h),
 * and the noncharacters that HTML forbids, are shown as \xNN.
 */
#ifndef QMVC_REPORT_HTML_H
#define QMVC_REPORT_HTML_H

#include "base/buf.h"

#define HTML_DEPTH 32

struct html {
	struct buf *out; /* failures are remembered there */
	const char *open[HTML_DEPTH];
	unsigned depth;
	bool in_tag;	    /* the start tag can still take attributes */
	size_t value_limit; /* for a page that would get too large: of every html_value(); or 0 */
};

/*
 * The doctype, <html lang>, and <head> with character set, title, the style of pages (only the part that
 * text and tables need for `tables_only`), and a policy by which a browser runs no script and asks
 * nobody for anything.
 */
void html_begin(struct html *html, struct slice language, struct slice title, bool tables_only);
/*
 * Closes whatever is open. Returns 0, or -ENOMEM: out of memory, or elements nested deeper than
 * HTML_DEPTH or closed more often than opened (a bug of the caller).
 */
int html_end(struct html *html);

/* Opens an element; attributes may follow until something is written into it. */
#define html_open(html, name) html_open_literal(html, "" name "")
/* Closes the element opened last; html_void() is for those that have no end (br, meta). */
void html_close(struct html *html);
#define html_void(html, name) html_void_literal(html, "" name "")
/* An element that holds nothing but `text`. */
#define html_element(html, name, text) html_element_literal(html, "" name "", text)
/* As that, with a class. */
#define html_element_class(html, name, class, text) \
	html_element_class_literal(html, "" name "", "" class "", text)

/* Attributes. A number is written with at most two decimals. */
#define html_attr(html, name, value)	     html_attr_literal(html, "" name "", value)
#define html_attr_cstr(html, name, value)    html_attr_literal(html, "" name "", slice_cstr(value))
#define html_attr_number(html, name, value)  html_attr_number_literal(html, "" name "", value, "")
#define html_attr_percent(html, name, value) html_attr_number_literal(html, "" name "", value, "%")
/*
 * href to `path`, below or above the page, and in it to `fragment` (empty: none). Everything but
 * letters, digits and -._~/ is percent-encoded, a '/' in front too: no scheme, no other host.
 */
void html_href(struct html *html, struct slice path, struct slice fragment);

/* Text. */
void html_text(struct html *html, struct slice text);
void html_text_cstr(struct html *html, const char *text);
/*
 * A value from a mail: isolated, so that letters written from right to left leave the words around
 * it in their places (<bdi>), and cut between characters where it would take more than `limit` bytes of the page (ending in
 * U+2026).
 * Nothing is written of an empty one.
 */
void html_value(struct html *html, struct slice value, size_t limit);
/* As that, where there is little room: a line may end behind each '@' in it. */
void html_value_parted(struct html *html, struct slice value, size_t limit);
/* The front of a value that these show of it, without U+2026. */
struct slice html_cut(const struct html *html, struct slice value, size_t limit);
/* A line break in the source, which diff and people like. */
void html_line(struct html *html);

/* What the macros above call: never with a name that is no literal. */
void html_open_literal(struct html *html, const char *name);
void html_void_literal(struct html *html, const char *name);
void html_element_literal(struct html *html, const char *name, struct slice text);
void html_element_class_literal(
	struct html *html, const char *name, const char *class, struct slice text);
void html_attr_literal(struct html *html, const char *name, struct slice value);
void html_attr_number_literal(struct html *html, const char *name, double value, const char *unit);

#endif
