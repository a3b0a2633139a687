/* Elements, styles and links; see html_element.h. */
#include "plain/html_element.h"

#include "base/buf.h"
#include "message/unicode.h"
#include "message/utf8.h"

#include <stdlib.h>

struct element {
	const char *name;
	enum html_kind kind;
};

/*
 * Sorted by name. What stands as HTML_HIDDEN is no text, or one that only a program without shows.
 */
static const struct element elements[] = {
	{"a", HTML_LINK},
	{"address", HTML_BLOCK},
	{"area", HTML_HIDDEN},
	{"article", HTML_BLOCK},
	{"aside", HTML_BLOCK},
	{"blockquote", HTML_QUOTE},
	{"body", HTML_BLOCK},
	{"br", HTML_BREAK},
	{"caption", HTML_BLOCK},
	{"center", HTML_BLOCK},
	{"dd", HTML_DEFINITION},
	{"dir", HTML_LIST},
	{"div", HTML_BLOCK},
	{"dl", HTML_PARAGRAPH},
	{"dt", HTML_BLOCK},
	{"fieldset", HTML_BLOCK},
	{"figcaption", HTML_BLOCK},
	{"figure", HTML_BLOCK},
	{"footer", HTML_BLOCK},
	{"form", HTML_BLOCK},
	{"h1", HTML_HEADING},
	{"h2", HTML_HEADING},
	{"h3", HTML_HEADING},
	{"h4", HTML_HEADING},
	{"h5", HTML_HEADING},
	{"h6", HTML_HEADING},
	{"head", HTML_BLOCK}, /* text in it belongs to a body that nobody began */
	{"header", HTML_BLOCK},
	{"hr", HTML_RULE},
	{"html", HTML_BLOCK},
	{"iframe", HTML_HIDDEN},
	{"img", HTML_IMAGE},
	{"legend", HTML_BLOCK},
	{"li", HTML_ITEM},
	{"listing", HTML_PRE},
	{"main", HTML_BLOCK},
	{"menu", HTML_LIST},
	{"nav", HTML_BLOCK},
	{"noframes", HTML_HIDDEN},
	{"noscript", HTML_HIDDEN},
	{"ol", HTML_NUMBERED},
	{"option", HTML_BLOCK},
	{"p", HTML_PARAGRAPH},
	{"plaintext", HTML_PRE},
	{"pre", HTML_PRE},
	{"script", HTML_HIDDEN},
	{"section", HTML_BLOCK},
	{"style", HTML_HIDDEN},
	{"svg", HTML_HIDDEN},
	{"table", HTML_TABLE},
	{"tbody", HTML_ROWS},
	{"td", HTML_CELL},
	{"template", HTML_HIDDEN},
	{"tfoot", HTML_ROWS},
	{"th", HTML_CELL},
	{"thead", HTML_ROWS},
	{"title", HTML_HIDDEN},
	{"tr", HTML_ROW},
	{"ul", HTML_LIST},
	{"xmp", HTML_PRE},
};

static int compare(const void *key, const void *element)
{
	return strcmp(key, ((const struct element *)element)->name);
}

enum html_kind html_element_kind(const char *name, unsigned *level)
{
	const struct element *found = bsearch(
		name, elements, sizeof(elements) / sizeof(*elements), sizeof(*elements), compare);

	if (!found)
		return HTML_INLINE;
	if (found->kind == HTML_HEADING)
		*level = (unsigned)(name[1] - '0');
	return found->kind;
}

/* Is it "0", with decimals or a unit or not? Priorities ("!important") do not matter. */
static bool is_zero(struct slice value)
{
	size_t at = 0;

	while (at < value.len && (value.data[at] == '0' || value.data[at] == '.'))
		at++;
	return at > 0 && (at == value.len || !ascii_digit(value.data[at]));
}

static bool one_hides(struct slice property, struct slice value, unsigned *style)
{
	if (slice_eq_nocase_cstr(property, "display"))
		return slice_starts_nocase(value, "none");
	if (slice_eq_nocase_cstr(property, "mso-hide"))
		return slice_starts_nocase(value, "all");
	if (slice_eq_nocase_cstr(property, "opacity"))
		return is_zero(value);
	if (slice_eq_nocase_cstr(property, "visibility"))
		*style = slice_starts_nocase(value, "hidden") ? *style | HTML_INVISIBLE
							      : *style & ~HTML_INVISIBLE;
	if (slice_eq_nocase_cstr(property, "font-size"))
		*style = is_zero(value) ? *style | HTML_NO_SIZE : *style & ~HTML_NO_SIZE;
	return false;
}

bool html_style_hides(struct slice text, unsigned *style)
{
	while (text.len > 0) {
		size_t end = slice_find_byte(text, ';', 0);
		struct slice one = slice_first(text, end);
		size_t colon = slice_find_byte(one, ':', 0);

		if (one_hides(slice_trim(slice_first(one, colon)),
			    slice_trim(slice_from(one, colon + 1)), style))
			return true;
		text = slice_from(text, end + 1);
	}
	return false;
}

static bool leads_out(struct slice url)
{
	static const char *const nowhere[] = {"#", "javascript:", "vbscript:", "data:", "cid:"};

	for (size_t i = 0; i < sizeof(nowhere) / sizeof(*nowhere); i++)
		if (slice_starts_nocase(url, nowhere[i]))
			return false;
	return true;
}

struct slice html_link_target(struct arena *arena, struct slice href)
{
	cleanup_buf struct buf url = {0};

	href = slice_trim(href);
	for (size_t at = 0; at < href.len && url.len <= HTML_URL_MAX;) {
		uint32_t character = utf8_next(href, &at);

		if (character == ' ' || character == 0xa0)
			buf_add_cstr(&url, "%20");
		else if (character != UTF8_WRONG && !unicode_is_invisible(character))
			utf8_add(&url, character);
	}
	if (url.failed)
		return SLICE_EMPTY;
	if (url.len > HTML_URL_MAX || !leads_out(buf_slice(&url)))
		return slice_make("", 0);
	return arena_copy(arena, buf_slice(&url));
}
