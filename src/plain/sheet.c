/* Lines and paragraphs; see sheet.h. */
#include "plain/sheet.h"

#include "message/unicode.h"
#include "message/utf8.h"
#include "plain/width.h"

#include <errno.h>

#define ZERO_WIDTH_NON_JOINER 0x200c
#define ZERO_WIDTH_JOINER     0x200d
#define EMOJI_SELECTOR	      0xfe0f
/* Letters below are Latin, and join nothing. */
#define FIRST_JOINED 0x0300

void sheet_begin(struct sheet *sheet, struct buf *out, unsigned width, size_t limit)
{
	*sheet = (struct sheet){.out = out, .width = width, .limit = limit};
}

int sheet_finish(struct sheet *sheet)
{
	bool failed;

	sheet_end(sheet);
	failed = sheet->text.failed || sheet->prefix.failed || sheet->out->failed;
	buf_release(&sheet->text);
	buf_release(&sheet->prefix);
	if (failed)
		return -ENOMEM;
	return sheet->full ? -EFBIG : 0;
}

unsigned sheet_room(const struct sheet *sheet)
{
	size_t used = sheet->prefix.len;

	return used + SHEET_ROOM_MIN < sheet->width ? sheet->width - (unsigned)used
						    : SHEET_ROOM_MIN;
}

static struct slice without_blanks_behind(struct slice text)
{
	while (text.len > 0 && text.data[text.len - 1] == ' ')
		text.len--;
	return text;
}

/* The first `len` bytes of the prefix, with the marker in them when it is due. */
static void write_prefix(struct sheet *sheet, size_t len, bool is_alone)
{
	struct slice prefix = slice_first(buf_slice(&sheet->prefix), len);
	size_t marker = strlen(sheet->marker);

	if (marker > 0 && sheet->marker_at + marker <= len) {
		buf_add(sheet->out, slice_first(prefix, sheet->marker_at));
		buf_add_cstr(sheet->out, sheet->marker);
		prefix = slice_from(prefix, sheet->marker_at + marker);
		*sheet->marker = '\0';
	}
	buf_add(sheet->out, is_alone ? without_blanks_behind(prefix) : prefix);
}

void sheet_line(struct sheet *sheet, struct slice line)
{
	if (sheet->out->len > sheet->limit)
		sheet->full = true;
	if (sheet->full)
		return;
	if (sheet->blank_wanted && sheet->is_begun) {
		struct slice prefix = slice_first(buf_slice(&sheet->prefix), sheet->low);

		buf_add(sheet->out, without_blanks_behind(prefix));
		buf_add_byte(sheet->out, '\n');
	}
	write_prefix(sheet, sheet->prefix.len, line.len == 0);
	buf_add(sheet->out, line);
	buf_add_byte(sheet->out, '\n');
	sheet->blank_wanted = false;
	sheet->is_begun = true;
	sheet->low = sheet->prefix.len;
}

void sheet_rule(struct sheet *sheet, char character, unsigned count)
{
	cleanup_buf struct buf line = {0};

	while (count-- > 0)
		buf_add_byte(&line, (unsigned char)character);
	sheet_line(sheet, buf_slice(&line));
}

/* Written without blanks between words, so that lines may end anywhere but in front of these. */
static bool may_not_begin(uint32_t c)
{
	return (c >= 0x3001 && c <= 0x3002) || c == 0x3005 || c == 0x30fc || c == 0x300d ||
	       c == 0x300f || c == 0x3011 || c == 0xff01 || c == 0xff09 || c == 0xff0c ||
	       c == 0xff0e || c == 0xff1a || c == 0xff1b || c == 0xff1f || c == ')' || c == ',' ||
	       c == '.' || c == '!' || c == '?' || c == ':' || c == ';' || c == ']' || c == '"';
}

static bool may_not_end(uint32_t c)
{
	return c == 0x300c || c == 0x300e || c == 0x3010 || c == 0xff08 || c == '(' || c == '[' ||
	       c == '"' || c == ZERO_WIDTH_JOINER;
}

static bool may_break(uint32_t before, uint32_t next)
{
	if (next == ' ')
		return true;
	if (before == ' ' || width_of_character(next) == 0)
		return false;
	return (width_of_character(before) == 2 || width_of_character(next) == 2) &&
	       !may_not_begin(next) && !may_not_end(before);
}

size_t sheet_fit(struct slice text, unsigned room)
{
	size_t end = 0;
	unsigned used = 0;
	uint32_t before = 0;

	for (size_t at = 0; at < text.len;) {
		size_t from = at;
		uint32_t next = utf8_next(text, &at);

		if (from > 0 && may_break(before, next))
			end = from;
		used += width_of_character(next);
		if (used > room && end > 0)
			return end;
		before = next;
	}
	return text.len;
}

static void fill(struct sheet *sheet, struct slice text)
{
	while (text.len > 0) {
		struct slice line = slice_first(text, sheet_fit(text, sheet_room(sheet)));

		sheet_line(sheet, without_blanks_behind(line));
		text = slice_from(text, line.len);
		while (text.len > 0 && text.data[0] == ' ')
			text = slice_from(text, 1);
	}
}

static void end_as_is(struct sheet *sheet, struct slice text)
{
	struct slice line;

	if (text.data[0] == '\n') /* behind <pre> it counts for nothing */
		text = slice_from(text, 1);
	while (slice_next_line(&text, &line))
		sheet_line(sheet, without_blanks_behind(line));
}

void sheet_end(struct sheet *sheet)
{
	struct slice text = buf_slice(&sheet->text);

	if (text.len > 0 && sheet->as_is) {
		end_as_is(sheet, text);
		text = SLICE_EMPTY;
	}
	while (text.len > 0) {
		size_t end = slice_find_byte(text, '\n', 0);

		if (end == 0)
			sheet->blank_wanted = true;
		fill(sheet, slice_first(text, end));
		text = slice_from(text, end + 1);
	}
	text = SLICE_EMPTY;
	if (!sheet->text.failed)
		buf_clear(&sheet->text);
	sheet->last = sheet->joiner = 0;
	sheet->space = false;
}

void sheet_gap(struct sheet *sheet)
{
	sheet_end(sheet);
	sheet->blank_wanted = true;
}

void sheet_break(struct sheet *sheet)
{
	buf_add_byte(&sheet->text, '\n');
	sheet->last = sheet->joiner = 0;
	sheet->space = false;
}

static void add_visible(struct sheet *sheet, uint32_t character)
{
	if (sheet->space && sheet->last != 0)
		buf_add_byte(&sheet->text, ' ');
	if (sheet->joiner && !sheet->space && character >= FIRST_JOINED)
		utf8_add(&sheet->text, sheet->joiner);
	utf8_add(&sheet->text, character);
	sheet->last = character;
	sheet->joiner = 0;
	sheet->space = false;
}

static void add_invisible(struct sheet *sheet, uint32_t character)
{
	if (sheet->last < FIRST_JOINED || sheet->space)
		return;
	if (character == EMOJI_SELECTOR)
		utf8_add(&sheet->text, character);
	if (character == ZERO_WIDTH_JOINER || character == ZERO_WIDTH_NON_JOINER)
		sheet->joiner = character;
}

static bool is_blank(uint32_t character)
{
	return character == ' ' || (character >= '\t' && character <= '\r') ||
	       unicode_fold(character) == ' ';
}

void sheet_text(struct sheet *sheet, struct slice text)
{
	for (size_t at = 0; at < text.len;) {
		uint32_t character = utf8_next(text, &at);

		if (character == UTF8_WRONG)
			character = 0xfffd;
		if (sheet->as_is && character == '\n')
			sheet_break(sheet);
		else if (sheet->as_is && (character == '\t' || is_blank(character)))
			buf_add_byte(&sheet->text, character == '\t' ? '\t' : ' ');
		else if (is_blank(character))
			sheet->space = true;
		else if (unicode_is_invisible(character))
			add_invisible(sheet, character);
		else
			add_visible(sheet, character);
	}
}

size_t sheet_push(struct sheet *sheet, const char *prefix)
{
	size_t length = sheet->prefix.len;

	buf_add_cstr(&sheet->prefix, prefix);
	return length;
}

size_t sheet_push_marker(struct sheet *sheet, const char *marker)
{
	size_t length = sheet->prefix.len;

	for (size_t i = 0; marker[i] && i + 1 < sizeof(sheet->marker); i++) {
		sheet->marker[i] = marker[i];
		sheet->marker[i + 1] = '\0';
		buf_add_byte(&sheet->prefix, ' ');
	}
	sheet->marker_at = length;
	return length;
}

void sheet_pop(struct sheet *sheet, size_t length)
{
	if (*sheet->marker && sheet->marker_at >= length)
		*sheet->marker = '\0';
	if (length < sheet->prefix.len)
		sheet->prefix.len = length;
	if (sheet->low > length)
		sheet->low = length;
}
