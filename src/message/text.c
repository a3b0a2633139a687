/*
 * The text of a part; see text.h. What a recipient's mail program would show decides: a byte order
 * mark wins over the declared charset, and HTML may name its charset itself (WHATWG's Encoding
 * Standard 6, HTML Living Standard 13.2.3).
 */
#include "message/text.h"
#include "message/charset.h"
#include "message/plain_text.h"
#include "message/utf8.h"

/* How far into HTML its charset may be named (HTML Living Standard 13.2.3.2). */
#define META_SEARCH ((size_t)1024)

bool text_is_searchable(const struct part *part)
{
	if (!part->is_leaf)
		return false;
	return slice_eq_cstr(part->type, "text") || plain_text(part->content.bytes, part->charset);
}

const struct part *text_part(const struct object *object, struct part *room)
{
	if (object->kind != OBJECT_MEMBER)
		return object->part;
	*room = (struct part){
		.parent = -1,
		.is_leaf = true,
		.is_attachment = true,
		.content = content_borrow(object->content->bytes),
	};
	return room;
}

/* The first bytes without NUL, so that HTML in UTF-16 or UTF-32 shows its tags. */
static size_t squeeze(struct slice bytes, unsigned char *out, size_t room)
{
	struct charset marked;
	size_t used = 0;

	bytes = slice_from(bytes, charset_from_bom(bytes, &marked));
	for (size_t i = 0; i < bytes.len && used < room && i < 8 * room; i++)
		if (bytes.data[i] != 0 && (used > 0 || !ascii_space(bytes.data[i])))
			out[used++] = bytes.data[i];
	return used;
}

bool text_is_html(const struct part *part)
{
	static const char *const beginnings[] = {"<!doctype html", "<html", "<head", "<body",
		"<meta ", "<script", "<style", "<title", "<table", "<div"};
	unsigned char head[32];
	struct slice start;

	if (part_is(part, "text", "html") || part_is(part, "application", "xhtml+xml"))
		return true;
	start = slice_make(head, squeeze(part->content.bytes, head, sizeof(head)));
	for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++)
		if (slice_starts_nocase(start, beginnings[i]))
			return true;
	return false;
}

/* The charset that HTML names in a <meta>; empty when none. */
static struct slice meta_charset(struct slice html)
{
	static const struct slice key = SLICE_LITERAL("charset=");
	struct slice head = slice_first(html, META_SEARCH);
	size_t start = slice_find_nocase(head, key, 0) + key.len, end;

	while (start < head.len && (head.data[start] == '"' || head.data[start] == '\''))
		start++;
	for (end = start; end < head.len && !strchr(" \t\r\n\"'/;>", head.data[end]);)
		end++;
	return start < end ? slice_make(head.data + start, end - start) : SLICE_EMPTY;
}

/* The charset to read the part in; *text loses its byte order mark. */
static struct charset charset_of(const struct part *part, struct slice *text)
{
	struct charset charset, named;
	size_t mark = charset_from_bom(*text, &charset);

	*text = slice_from(*text, mark);
	if (mark > 0)
		return charset;
	charset = charset_find(part->charset);
	if (part->charset.len == 0 && text_is_html(part)) {
		named = charset_find(meta_charset(*text));
		/* One that does not hold ASCII cannot have been read to find its own name. */
		if (named.holds_ascii)
			return named;
	}
	return charset;
}

int text_utf8(const struct part *part, struct buf *room, struct slice *text)
{
	struct slice bytes = part->content.bytes;
	struct charset charset = charset_of(part, &bytes);
	size_t same = 0;
	int error;

	if (charset.kind == CHARSET_UTF8)
		same = utf8_valid_prefix(bytes);
	else if (charset.holds_ascii)
		same = utf8_ascii_prefix(bytes);
	if (same == bytes.len) {
		*text = bytes;
		return 0;
	}
	buf_clear(room);
	error = charset_to_utf8(&charset, bytes, room);
	if (error)
		return error;
	*text = buf_slice(room);
	return 0;
}
