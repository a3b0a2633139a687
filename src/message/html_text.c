/*
 * What a person reads of HTML; see text_from_html() in text.h. A tokenizer after the HTML Living
 * Standard 13.2.5, without the tree behind it: a filter wants the words in their order, and wants
 * them joined where inline tags, comments and invisible characters were put between their letters.
 * Every byte is looked at a bounded number of times, since what does not end (a tag, a comment, a
 * script) reaches to the end of the input, as it does in browsers.
 *
 * Styles are not judged: text that "display:none" hides is given like other text. Where a hidden
 * element ends takes the whole of HTML's tree to know, and a guess that is wrong would hide from
 * the rules what the recipient sees; besides, previews of mail show just these texts.
 */
#include "base/lanes.h"
#include "message/html_entities.h"
#include "message/text.h"
#include "message/unicode.h"
#include "message/utf8.h"

#include <errno.h>
#include <stdlib.h>

#define TAG_NAME_MAX 15

struct html_reader {
	struct slice html;
	size_t at;
	struct buf *out;
	bool started;	     /* something was written */
	bool blank, newline; /* owed before the next character */
};

/* Elements that begin or end a line. Sorted, and like all names here filled up with NUL. */
static const char block_elements[][TAG_NAME_MAX + 1] = {"address", "article", "aside", "blockquote",
	"body", "br", "caption", "center", "dd", "details", "dialog", "dir", "div", "dl", "dt",
	"fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
	"head", "header", "hr", "html", "legend", "li", "listing", "main", "menu", "nav", "ol",
	"optgroup", "option", "p", "pre", "section", "select", "summary", "table", "tbody", "td",
	"textarea", "tfoot", "th", "thead", "tr", "ul", "xmp"};

/* Elements whose content nobody sees. */
static const char unseen_elements[][TAG_NAME_MAX + 1] = {"script", "style", "title"};

static int compare_names(const void *key, const void *element)
{
	return memcmp(key, element, TAG_NAME_MAX + 1);
}

static bool is_block(const char *name)
{
	return bsearch(name, block_elements, sizeof(block_elements) / sizeof(block_elements[0]),
		       sizeof(block_elements[0]), compare_names) != NULL;
}

static bool is_unseen(const char *name)
{
	for (size_t i = 0; i < sizeof(unseen_elements) / sizeof(unseen_elements[0]); i++)
		if (memcmp(name, unseen_elements[i], TAG_NAME_MAX + 1) == 0)
			return true;
	return false;
}

static bool at_end(const struct html_reader *r)
{
	return r->at >= r->html.len;
}

/* The byte `ahead` of the current one; 0 beyond the end. */
static unsigned char peek(const struct html_reader *r, size_t ahead)
{
	return r->html.len - r->at > ahead ? r->html.data[r->at + ahead] : 0;
}

static bool is_letter(unsigned char c)
{
	return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}

static void blank_line_ends(unsigned char *text, size_t len)
{
	unsigned char *end = text + len;

	while ((text = memchr(text, '\n', (size_t)(end - text))))
		*text++ = ' ';
}

/*
 * Writes what is owed, then the text, which begins and ends with something visible and holds no two
 * blanks in a row; a line end is one.
 */
static int put_text(struct html_reader *r, struct slice text)
{
	if (r->started && r->newline)
		buf_add_byte(r->out, '\n');
	else if (r->started && r->blank)
		buf_add_byte(r->out, ' ');
	r->started = true;
	r->blank = r->newline = false;
	if (buf_add(r->out, text))
		return -ENOMEM;
	blank_line_ends(r->out->data + r->out->len - text.len, text.len);
	return 0;
}

static int put_character(struct html_reader *r, uint32_t c)
{
	unsigned char bytes[UTF8_MAX];

	if ((c < 0x80 && ascii_space((unsigned char)c)) || unicode_fold(c) == ' ' || c == 0x2028 ||
		c == 0x2029) {
		r->blank = true;
		return 0;
	}
	if (unicode_is_invisible(c))
		return 0;
	return put_text(r, slice_make(bytes, utf8_encode(c, bytes)));
}

static bool is_plain(unsigned char c)
{
	return c > ' ' && c < 0x7f && c != '<' && c != '&';
}

/*
 * How many bytes at the front are visible ASCII without markup, and single blanks or line ends
 * between: what can be written as it is.
 */
static size_t plain_run(struct slice html)
{
	size_t i = 0;

	if (html.len == 0 || !is_plain(html.data[0]))
		return 0;
	for (; html.len - i > LANES; i += LANES) {
		lanes bytes = lanes_load(html.data + i), next = lanes_load(html.data + i + 1);
		lanes blank = (bytes == ' ') | (bytes == '\n');
		lanes markup = (bytes == '<') | (bytes == '&');

		if (lanes_any(((bytes <= ' ') & ~blank) | (bytes == 0x7f) | markup |
			      (blank & (next <= ' '))))
			break;
	}
	while (i < html.len &&
		(is_plain(html.data[i]) || html.data[i] == ' ' || html.data[i] == '\n')) {
		if (!is_plain(html.data[i]) && !is_plain(html.data[i - 1]))
			break;
		i++;
	}
	return is_plain(html.data[i - 1]) ? i : i - 1;
}

/* A run of plain text at once; else one character. */
static int take_text(struct html_reader *r)
{
	size_t start = r->at, run = plain_run(slice_from(r->html, start));
	uint32_t c;

	if (run > 0) {
		r->at += run;
		return put_text(r, slice_make(r->html.data + start, run));
	}
	c = utf8_next(r->html, &r->at);
	if (c == UTF8_WRONG)
		c = unicode_from_windows_1252(r->html.data[start]);
	return put_character(r, c);
}

static int take_reference(struct html_reader *r)
{
	uint32_t c = '&';
	size_t used = html_entity(slice_from(r->html, r->at), &c);

	r->at += used > 0 ? used : 1;
	return put_character(r, c);
}

/* Moves behind the next `c`, or to the end. */
static void skip_past(struct html_reader *r, unsigned char c)
{
	size_t found = slice_find_byte(r->html, c, r->at);

	r->at = found < r->html.len ? found + 1 : r->html.len;
}

/*
 * At "<!--". "<!-->" and "<!--->" are whole comments, and "--!>" ends one too: all that browsers
 * end a comment at, else text behind it would be lost to us and seen by the recipient.
 */
static void skip_comment(struct html_reader *r)
{
	r->at += 4;
	if (peek(r, 0) == '>' || (peek(r, 0) == '-' && peek(r, 1) == '>')) {
		skip_past(r, '>');
		return;
	}
	for (;;) {
		size_t end = slice_find(r->html, slice_make("--", 2), r->at);

		if (end == r->html.len)
			break;
		r->at = end + 1; /* "--->" ends a comment as well: the next turn meets its "-->" */
		if (peek(r, 1) == '>' || (peek(r, 1) == '!' && peek(r, 2) == '>')) {
			skip_past(r, '>');
			return;
		}
	}
	r->at = r->html.len;
}

/* The tag's name at the current place, in lower case; a longer one than any we know becomes "". */
static void take_name(struct html_reader *r, char name[TAG_NAME_MAX + 1])
{
	size_t len = 0;

	memset(name, 0, TAG_NAME_MAX + 1);
	for (; !at_end(r); r->at++) {
		unsigned char c = peek(r, 0);

		if (ascii_space(c) || c == '/' || c == '>')
			break;
		if (len < TAG_NAME_MAX)
			name[len] = c ? (char)ascii_lower(c) : '?'; /* U+FFFD to browsers */
		len++;
	}
	if (len > TAG_NAME_MAX)
		memset(name, 0, TAG_NAME_MAX + 1);
}

/* Past the attributes and ">". A quote counts only where a value begins, behind "=". */
static void skip_attributes(struct html_reader *r)
{
	const unsigned char *html = r->html.data;

	while (!at_end(r)) {
		unsigned char c;

		while (r->at < r->html.len && html[r->at] != '>' && html[r->at] != '=')
			r->at++;
		c = peek(r, 0);
		r->at += !at_end(r);
		if (c != '=')
			return;
		while (!at_end(r) && ascii_space(peek(r, 0)))
			r->at++;
		c = peek(r, 0);
		if (c == '"' || c == '\'') {
			r->at++;
			skip_past(r, c);
		}
	}
}

/* Past the content of an element that is not shown, up to its closing tag, which is not taken. */
static void skip_content(struct html_reader *r, const char *name)
{
	struct slice tag = slice_cstr(name);

	while (!at_end(r)) {
		r->at = slice_find(r->html, slice_make("</", 2), r->at);
		if (at_end(r))
			return;
		if (slice_starts_nocase(slice_from(r->html, r->at + 2), name)) {
			unsigned char behind = peek(r, 2 + tag.len);

			if (behind == '>' || behind == '/' || ascii_space(behind))
				return;
		}
		r->at += 2;
	}
}

static void take_tag(struct html_reader *r, bool closing)
{
	char name[TAG_NAME_MAX + 1];

	r->at += closing ? 2 : 1;
	take_name(r, name);
	skip_attributes(r);
	if (is_block(name))
		r->newline = true;
	if (!closing && is_unseen(name))
		skip_content(r, name);
}

/* At "<". */
static int take_markup(struct html_reader *r)
{
	unsigned char next = peek(r, 1);

	if (is_letter(next)) {
		take_tag(r, false);
	} else if (next == '/' && is_letter(peek(r, 2))) {
		take_tag(r, true);
	} else if (next == '!' && peek(r, 2) == '-' && peek(r, 3) == '-') {
		skip_comment(r);
	} else if (next == '!' || next == '?' || next == '/') {
		skip_past(r, '>');
	} else {
		r->at++;
		return put_character(r, '<');
	}
	return 0;
}

int text_from_html(struct slice html, struct buf *out)
{
	struct html_reader reader = {.html = html, .out = out};

	while (!at_end(&reader)) {
		unsigned char c = peek(&reader, 0);
		int error;

		if (c == '<')
			error = take_markup(&reader);
		else if (c == '&')
			error = take_reference(&reader);
		else
			error = take_text(&reader);
		if (error || out->failed)
			return -ENOMEM;
	}
	return 0;
}
