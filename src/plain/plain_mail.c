/*
 * The text mail; see plain_mail.h. Texts are those that a mail program shows unasked: text/plain
 * and text/html that are not declared attachments, those of attached mails too, and what should
 * have been a multipart and is none. Everything else that has content is named.
 */
#include "plain/plain_mail.h"

#include "message/text.h"
#include "message/unicode.h"
#include "message/utf8.h"
#include "react/compose.h"

#include <errno.h>
#include <stdio.h>

/* Characters of a name or a type, in the list of attachments. */
#define NAME_MAX_SHOWN 100

static bool has_children(const struct reading *reading, const struct part *part)
{
	return part->index + 1 < reading->count &&
	       reading->parts[part->index + 1].parent == (int)part->index;
}

static bool is_block(const struct part *part)
{
	return part->origin == PART_UUENCODE || part->origin == PART_YENC ||
	       part->origin == PART_BINHEX;
}

static bool is_html(const struct part *part)
{
	return part_is(part, "text", "html") || part_is(part, "application", "xhtml+xml");
}

static bool is_shown(const struct reading *reading, const struct part *part)
{
	if (!part->is_leaf || part->is_attachment || is_block(part))
		return false;
	return is_html(part) || part_is(part, "text", "plain") ||
	       (part_is(part, "multipart", NULL) && !has_children(reading, part));
}

static bool is_named(const struct reading *reading, const struct part *part)
{
	if (!part->is_leaf || is_shown(reading, part))
		return false;
	return !has_children(reading, part) || part->is_attachment;
}

bool plain_mail_has_html(const struct reading *reading)
{
	for (size_t i = 0; i < reading->count; i++)
		if (is_shown(reading, &reading->parts[i]) && is_html(&reading->parts[i]))
			return true;
	return false;
}

/* Lines end in LF, and NUL stands nowhere; all else is as it was written. */
static void add_plain(struct buf *out, struct slice text)
{
	struct slice line;

	while (slice_next_line(&text, &line)) {
		for (size_t at = 0; at < line.len;) {
			size_t end = at;

			while (end < line.len && line.data[end] != '\0' && line.data[end] != '\r')
				end++;
			buf_add(out, slice_make(line.data + at, end - at));
			if (end < line.len && line.data[end] == '\r')
				buf_add_byte(out, '\n');
			at = end + 1;
		}
		buf_add_byte(out, '\n');
	}
}

static int add_html(struct buf *out, plain_converter convert, struct slice html)
{
	cleanup_buf struct buf plain = {0};
	int result = convert ? convert(html, out) : -EFBIG;

	if (result != -EFBIG)
		return result;
	result = text_from_html(html, &plain);
	buf_add_cstr(out, "(This text is shown without its layout: there is too much of it.)\n\n");
	add_plain(out, slice_trim(buf_slice(&plain)));
	return result;
}

static int add_part(struct buf *out, const struct part *part, plain_converter convert)
{
	cleanup_buf struct buf room = {0}, shown = {0};
	struct slice text;
	int result = text_utf8(part, &room, &text);

	if (result)
		return result;
	if (is_html(part))
		result = add_html(&shown, convert, text);
	else
		add_plain(&shown, text);
	if (result || slice_trim(buf_slice(&shown)).len == 0)
		return result;
	if (out->len > 0)
		buf_add_byte(out, '\n');
	buf_add(out, buf_slice(&shown));
	if (part->flags & PART_OVER_BYTES)
		buf_add_cstr(out, "\n(The rest of this text was left out.)\n");
	return shown.failed ? -ENOMEM : 0;
}

/*
 * At most NAME_MAX_SHOWN characters, of longer ones both ends; nothing that hides or moves others.
 */
static void add_name(struct buf *out, struct slice name)
{
	size_t count = 0, shown = 0;

	for (size_t at = 0; at < name.len; count++)
		(void)utf8_next(name, &at);
	for (size_t at = 0; at < name.len; shown++) {
		uint32_t character = utf8_next(name, &at);

		if (count > NAME_MAX_SHOWN && shown == NAME_MAX_SHOWN / 2)
			buf_add_cstr(out, "...");
		if (count > NAME_MAX_SHOWN && shown >= NAME_MAX_SHOWN / 2 &&
			shown < count - NAME_MAX_SHOWN / 2)
			continue;
		if (character == UTF8_WRONG || unicode_is_invisible(character))
			buf_add_byte(out, '?');
		else
			utf8_add(out, character);
	}
}

static void add_size(struct buf *out, size_t bytes)
{
	static const char *const units[] = {"bytes", "kB", "MB", "GB"};
	double size = (double)bytes;
	unsigned unit = 0;

	for (; size >= 1000 && unit < 3; unit++)
		size /= 1000;
	buf_addf(out, unit > 0 && size < 10 ? "%.1f %s" : "%.0f %s", size, units[unit]);
}

static void add_attachments(struct buf *out, const struct reading *reading)
{
	bool is_begun = false;

	for (size_t i = 0; i < reading->count; i++) {
		const struct part *part = &reading->parts[i];

		if (!is_named(reading, part) ||
			(part->name_count == 0 && part->content.bytes.len == 0))
			continue;
		if (!is_begun)
			buf_add_cstr(out, out->len > 0 ? "\nAttachments:\n" : "Attachments:\n");
		is_begun = true;
		if (part->name_count > 0)
			add_name(out, part->names[0]);
		else
			buf_addf(out, "part %u", part->index + 1);
		buf_add_cstr(out, " (");
		add_name(out, part->type);
		buf_add_byte(out, '/');
		add_name(out, part->subtype);
		buf_add_cstr(out, ", ");
		add_size(out, part->content.bytes.len);
		buf_add_cstr(out, ")\n");
	}
}

/* In front of the text of a mail that was attached: who wrote it. */
static int add_attached(struct buf *out, const struct part *part)
{
	static const char *const names[] = {"From", "Date", "Subject"};
	bool is_begun = false;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const struct header_field *field = header_find(&part->header, names[i], 0);
		cleanup_buf struct buf value = {0};

		if (!field)
			continue;
		if (header_decode(field->value, &value))
			return -ENOMEM;
		if (!is_begun)
			buf_add_cstr(out, out->len > 0 ? "\n--- Attached mail ---\n"
						       : "--- Attached mail ---\n");
		is_begun = true;
		buf_addf(out, "%s: ", names[i]);
		add_name(out, buf_slice(&value));
		buf_add_byte(out, '\n');
	}
	return 0;
}

int plain_mail_text(const struct reading *reading, plain_converter convert, struct buf *out)
{
	size_t before = out->len;

	for (size_t i = 0; i < reading->count; i++) {
		const struct part *part = &reading->parts[i];
		int result = part->origin == PART_ATTACHED ? add_attached(out, part) : 0;

		if (result == 0 && is_shown(reading, part))
			result = add_part(out, part, convert);
		if (result)
			return result;
	}
	if (out->len == before)
		buf_add_cstr(out, "(There is no text in this mail.)\n");
	if (reading->flags & (PART_OVER_DEPTH | PART_OVER_PARTS))
		buf_add_cstr(out, "\n(The mail has more parts than are looked at. "
				  "The rest was left out.)\n");
	add_attachments(out, reading);
	return out->failed ? -ENOMEM : 0;
}

int plain_mail_compose(const struct reading *reading, const struct header_defaults *defaults,
	struct slice text, struct buf *out)
{
	int result = header_fields_keep(&reading->parts[0].header, defaults, out);

	if (result)
		return result;
	compose_body(out, text);
	return out->failed ? -ENOMEM : 0;
}
