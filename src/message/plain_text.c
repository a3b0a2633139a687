/*
 * The strict test for plain text; see plain_text.h. It runs over every byte of every ordinary mail,
 * so lines of printable ASCII are passed over sixteen bytes at a time.
 *
 * No pass of its own looks for what may stand later in a file and still make it something else
 * (zip's end record, a cabinet or an executable behind a text): all of those contain control
 * characters, which are refused anyway. Only PDF and HTML can be plain text and begin late; file(1)
 * looks for them in the first bytes, and so do we.
 */
#include "message/plain_text.h"
#include "base/lanes.h"
#include "message/charset.h"
#include "message/utf8.h"

/* As far as file(1) searches for HTML, and readers of PDF for its signature. */
#define HTML_SEARCH ((size_t)4096)
#define PDF_SEARCH  ((size_t)1024)

/* The lanes that are not printable ASCII (0x20 to 0x7e), TAB, CR or LF. */
static inline lanes not_printable(lanes block)
{
	lanes allowed = (block == '\n') | (block == '\r') | (block == '\t');

	return ((block < ' ') & ~allowed) | (block == 0x7f);
}

/* How many bytes at the front are in blocks of printable ASCII, TAB, CR and LF. */
static size_t printable_prefix(struct slice bytes)
{
	size_t i = 0;

	while (bytes.len - i >= LANES && !lanes_any(not_printable(lanes_load(bytes.data + i))))
		i += LANES;
	return i;
}

static bool is_plain(unsigned char c)
{
	return (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\r' || c == '\t' || c == '\f';
}

/* What stands above 0x7f, gathered on the way. */
struct high_bytes {
	bool any, latin1, c1, nel;
	bool wrong_utf8; /* not all of it is UTF-8 */
	bool control;	 /* as UTF-8 it is a C1 control */
};

static void note_byte(struct high_bytes *high, unsigned char c)
{
	if (c >= 0xa0)
		high->latin1 = true;
	else if (c == 0x85)
		high->nel = true;
	else
		high->c1 = true;
}

/* Takes one byte above 0x7f, or one character while all is UTF-8. */
static void take_high(struct slice bytes, size_t *at, struct high_bytes *high)
{
	size_t start = *at;
	uint32_t c = high->wrong_utf8 ? UTF8_WRONG : utf8_next(bytes, at);

	high->any = true;
	if (c == UTF8_WRONG) {
		high->wrong_utf8 = true;
		*at = start + 1;
	} else if (c < 0xa0) {
		high->control = true;
	}
	for (size_t i = start; i < *at; i++)
		note_byte(high, bytes.data[i]);
}

/* Which bytes above 0x7f a charset allows. */
enum high_rule {
	HIGH_REFUSED,
	HIGH_UTF8,
	HIGH_ANY,
};

/* False when text in that charset cannot be settled at all. */
static bool rule_for(struct slice name, enum high_rule *rule)
{
	struct charset charset = charset_find(name);

	if (charset.kind == CHARSET_UTF8) {
		*rule = HIGH_UTF8;
		return true;
	}
	/* ISO-2022-JP and its kin are ASCII as long as they shift to nothing else, by ESC or SO. */
	*rule = charset.holds_ascii ? HIGH_ANY : HIGH_REFUSED;
	return charset.holds_ascii || slice_starts_nocase(name, "iso-2022-");
}

/*
 * How many bytes at the front are in blocks of what printable_prefix() takes and of characters of
 * two bytes, but no controls.
 */
static size_t short_prefix(struct slice bytes, struct high_bytes *high)
{
	lanes c1 = {0}, above = {0};
	size_t i = 0;

	if (bytes.len == 0 || (bytes.data[0] & 0xc0) == 0x80)
		return 0;
	while (bytes.len - i > LANES) {
		lanes block = lanes_load(bytes.data + i), next = lanes_load(bytes.data + i + 1);
		lanes control = (block == UTF8_LANE(0xc2)) & (next < UTF8_LANE(0xa0));

		if (lanes_any((not_printable(block) & (block >= 0)) | control |
			      utf8_beyond_two(block, next)))
			break;
		above |= block < 0;
		c1 |= (block < UTF8_LANE(0xa0)) & (block != UTF8_LANE(0x85));
		i += LANES - (bytes.data[i + LANES - 1] >= 0xc0);
	}
	if (lanes_any(above))
		high->any = high->latin1 = true; /* each first half is 0xc2 or above */
	if (lanes_any(c1))
		high->c1 = true;
	return i;
}

static enum text_encoding encoding_of(const struct high_bytes *high, enum high_rule rule)
{
	if (!high->any)
		return ENCODING_ASCII;
	if (high->control || rule == HIGH_REFUSED)
		return ENCODING_NONE;
	if (!high->wrong_utf8)
		return ENCODING_UTF8;
	if (rule != HIGH_ANY)
		return ENCODING_NONE;
	if (high->c1)
		return ENCODING_EXTENDED;
	/* Only 0x85 (NEL): file(1) says "ASCII text, with NEL line terminators". Unusual enough. */
	return high->latin1 ? ENCODING_ISO_8859 : ENCODING_NONE;
}

enum text_encoding text_encoding(struct slice bytes, struct slice charset)
{
	struct high_bytes high = {0};
	struct charset marked;
	enum high_rule rule;
	size_t at = 0;

	/* "+/v8" and the like are UTF-7's byte order mark, which some readers honour. */
	if (!rule_for(charset, &rule) || charset_from_bom(bytes, &marked) > 0 ||
		slice_starts(bytes, "+/v"))
		return ENCODING_NONE;
	while (at < bytes.len) {
		size_t block;

		at += printable_prefix(slice_from(bytes, at));
		if (!high.wrong_utf8)
			at += short_prefix(slice_from(bytes, at), &high);
		/* What stopped the blocks is near; behind it they most likely can go on. */
		block = at + LANES < bytes.len ? at + LANES : bytes.len;
		while (at < block) {
			if (bytes.data[at] >= 0x80)
				take_high(bytes, &at, &high);
			else if (!is_plain(bytes.data[at++]))
				return ENCODING_NONE;
		}
		if (high.control || (high.wrong_utf8 && rule != HIGH_ANY))
			return ENCODING_NONE;
	}
	return encoding_of(&high, rule);
}

/*
 * Beginnings (blanks passed over, case ignored) of what is text to look at and something else to
 * file(1), to a program that opens it, or to both.
 */
static const char *const signatures[] = {
	/* programs and scripts */
	"MZ", "ZM", "#!", "@echo", "@rem", "@if", "@set", "@cls", "@call", "@start", "@goto",
	"rem ", "#include", "import ", "<?", "<%",
	/* archives and encodings */
	"PK", "Rar!", "7z", "!<arch>", "BZh", "begin ", "begin-base64 ", "(This file must be",
	"=ybegin ", "-----BEGIN ",
	/* documents, data, pictures */
	"%PDF", "%!", "{", "\\", ".\\\"", "'\\\"", "BEGIN:", "GIF8", "FWS", "CWS", "/*", "diff ",
	"X5O!P%",
	/* mail and news */
	"From ", "From:", "Return-Path:", "Received:", "Delivered-To:", "MIME-Version:",
	"Content-Type:", "Relay-Version:", "N#!", "Forward to", "Pipe to",
	"Path:", "Xref:", "Article"};

/* What file(1) looks for in the first 4096 bytes to call them HTML, "<" left out. */
static const char *const html_tags[] = {"!doctype html", "html", "head", "title", "script", "style",
	"table", "a href=", "!--", "h1", "svg"};

/* What an HTML part begins with: those, and what web mailers write without any of them. */
static const char *const html_beginnings[] = {"!doctype html", "html", "head", "title", "style",
	"table", "a", "!--", "h1", "h2", "h3", "h4", "body", "div", "p", "br", "span", "font",
	"center", "meta", "b", "i", "u", "img", "pre", "tt", "blockquote", "ul", "ol", "hr",
	"strong", "em", "base", "small", "big", "section", "article"};

static struct slice skip_blanks(struct slice bytes)
{
	size_t i = 0;

	while (i < bytes.len && ascii_space(bytes.data[i]))
		i++;
	return slice_from(bytes, i);
}

static bool starts_with_any(struct slice s, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (slice_starts_nocase(s, list[i]))
			return true;
	return false;
}
#define STARTS_WITH_ANY(s, list) starts_with_any((s), (list), sizeof(list) / sizeof((list)[0]))

bool text_holds_html(struct slice bytes)
{
	bytes = slice_first(bytes, HTML_SEARCH);
	for (size_t at = 0; (at = slice_find_byte(bytes, '<', at)) < bytes.len;) {
		at++;
		if (STARTS_WITH_ANY(skip_blanks(slice_from(bytes, at)), html_tags))
			return true;
	}
	return false;
}

/* "[" opens a list in JSON and a placeholder ("[image: logo]") in mail. */
static bool is_json_list(struct slice s)
{
	if (s.len == 0 || s.data[0] != '[')
		return false;
	s = skip_blanks(slice_from(s, 1));
	return s.len > 0 && (ascii_digit(s.data[0]) || strchr("[]{\"-", s.data[0]));
}

bool text_has_signature(struct slice bytes)
{
	static const struct slice pdf = SLICE_LITERAL("%PDF-");
	struct slice start = skip_blanks(bytes), head = slice_first(bytes, PDF_SEARCH);

	return STARTS_WITH_ANY(start, signatures) || is_json_list(start) ||
	       slice_find(head, pdf, 0) < head.len;
}

bool text_begins_as_html(struct slice bytes)
{
	struct slice start = skip_blanks(bytes);

	if (start.len == 0 || start.data[0] != '<')
		return false;
	start = slice_from(start, 1);
	for (size_t i = 0; i < sizeof(html_beginnings) / sizeof(html_beginnings[0]); i++) {
		size_t len = strlen(html_beginnings[i]);

		if (!slice_starts_nocase(start, html_beginnings[i]))
			continue;
		if (start.data[0] == '!' || len == start.len || ascii_space(start.data[len]) ||
			start.data[len] == '>' || start.data[len] == '/')
			return true;
	}
	return false;
}

/* Elements that OOXML (ECMA-376) and ODF files begin with; a blank or what tells the namespace follows. */
static const char *const document_roots[] = {
	"Types xmlns=\"http://schemas.openxmlformats.org/",
	"Relationships xmlns=\"http://schemas.openxmlformats.org/",
	"Properties xmlns=\"http://schemas.openxmlformats.org/",
	"workbook xmlns=\"http://schemas.openxmlformats.org/",
	"worksheet xmlns=\"http://schemas.openxmlformats.org/",
	"styleSheet xmlns=\"http://schemas.openxmlformats.org/",
	"sst xmlns=\"http://schemas.openxmlformats.org/", "cp:coreProperties ", "w:document ",
	"w:styles ", "w:settings ", "w:webSettings ", "w:fonts ", "w:numbering ", "w:footnotes ",
	"w:endnotes ", "w:comments ", "w:hdr ", "w:ftr ", "a:theme ", "a:tblStyleLst ",
	"p:presentation ", "p:presProps ", "p:viewProps ", "p:sld ", "p:sldLayout ",
	"p:sldMaster ", "p:notes ", "office:document-content ", "office:document-styles ",
	"office:document-meta ", "office:document-settings ", "manifest:manifest "};

enum text_encoding text_document_xml(struct slice bytes)
{
	static const struct slice declared = SLICE_LITERAL("?>");
	size_t end;

	if (!slice_starts(bytes, "<?xml version=\"1.0\""))
		return ENCODING_NONE;
	end = slice_find(slice_first(bytes, 128), declared, 0);
	if (end + declared.len >= bytes.len)
		return ENCODING_NONE;
	bytes = skip_blanks(slice_from(bytes, end + declared.len));
	if (bytes.len == 0 || bytes.data[0] != '<')
		return ENCODING_NONE;
	for (size_t i = 0; i < sizeof(document_roots) / sizeof(document_roots[0]); i++)
		if (slice_starts(slice_from(bytes, 1), document_roots[i]))
			return text_holds_html(bytes) ? ENCODING_NONE
						      : text_encoding(bytes, slice_cstr("utf-8"));
	return ENCODING_NONE;
}

bool plain_text(struct slice bytes, struct slice charset)
{
	return !text_has_signature(bytes) && !text_holds_html(bytes) &&
	       text_encoding(bytes, charset) != ENCODING_NONE;
}
