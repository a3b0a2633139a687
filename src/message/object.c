/*
 * The objects of a mail; see object.h. Ordinary mail is plain text and HTML without a file name,
 * and the strict test of plain_text.h settles that here. What has a name or is called an attachment is
 * always asked of qmvc-open, text or not: it is what recipients save and start, and file(1) tells
 * a batch file from a letter by more than its first bytes.
 */
#include "message/object.h"

#include "base/cleanup.h"
#include "message/charset.h"
#include "message/names.h"
#include "message/plain_text.h"
#include "message/utf8.h"

#include <errno.h>
#include <stdio.h>

static const struct {
	const char *plain, *html;
} descriptions[] = {
	[ENCODING_ASCII] = {"ASCII text", "HTML document, ASCII text"},
	[ENCODING_UTF8] = {"Unicode text, UTF-8 text", "HTML document, Unicode text, UTF-8 text"},
	[ENCODING_ISO_8859] = {"ISO-8859 text", "HTML document, ISO-8859 text"},
	[ENCODING_EXTENDED] = {"Non-ISO extended-ASCII text",
		"HTML document, Non-ISO extended-ASCII text"},
};

/* Of a part that is to be read, not saved: is it HTML by its label, or text? */
static bool is_body(const struct part *part, bool *html)
{
	if (part->is_attachment || part->name_count > 0)
		return false;
	*html = part_is(part, "text", "html");
	return *html || part_is(part, "text", "plain");
}

/* The label "text/html" makes mail programs render it, whatever it begins with. */
static bool is_sound(struct slice bytes, bool html)
{
	struct slice start = slice_trim(slice_first(bytes, 256));

	if (!html)
		return !text_has_signature(bytes) && !text_holds_html(bytes);
	if (start.len > 0 && start.data[0] == '<')
		return text_begins_as_html(bytes);
	return !text_has_signature(bytes);
}

static void settle(struct object *object, const struct part *part)
{
	struct slice bytes = part->content.bytes;
	enum text_encoding encoding;
	bool html = false;

	if (bytes.len == 0) {
		object->flags |= OBJECT_TYPED;
		object->mime = "inode/x-empty";
		object->description = "empty";
		return;
	}
	if (!is_body(part, &html) || !is_sound(bytes, html))
		return;
	encoding = text_encoding(bytes, part->charset);
	if (encoding == ENCODING_NONE)
		return;
	object->flags |= OBJECT_TEXT | OBJECT_TYPED;
	object->mime = html ? "text/html" : "text/plain";
	object->description = html ? descriptions[encoding].html : descriptions[encoding].plain;
}

/* The object of the nearest part above that is one: an attached mail, a text with a block in it. */
static int parent_object(
	const struct reading *reading, const struct part *part, const int *object_of)
{
	int above = part->parent;

	/* Parents stand before their children, so this climbs and ends. */
	while (above >= 0) {
		if (object_of[above] > 0)
			return object_of[above];
		above = reading->parts[above].parent;
	}
	return 0;
}

static void add_part(struct objects *objects, const struct part *part, int parent)
{
	struct object *object = &objects->list[objects->count];

	*object = (struct object){
		.index = (unsigned)objects->count,
		.kind = OBJECT_PART,
		.parent = parent,
		.part = part,
		.content = &part->content,
		.names = part->names,
		.name_count = part->name_count,
	};
	objects->count++;
	settle(object, part);
}

int objects_make(struct objects *objects, const struct message *message)
{
	const struct reading *reading = &message->reading;
	int *object_of;

	*objects = (struct objects){.message = content_borrow(message->bytes)};
	objects->room = reading->count + 1;
	objects->list = arena_array(&objects->arena, objects->room, sizeof(*objects->list));
	object_of = arena_array(&objects->arena, reading->count + 1, sizeof(*object_of));
	if (!objects->list || !object_of) {
		objects_release(objects);
		return -ENOMEM;
	}
	objects->list[objects->count++] = (struct object){
		.kind = OBJECT_MESSAGE,
		.parent = -1,
		.content = &objects->message,
	};
	for (size_t i = 0; i < reading->count; i++) {
		const struct part *part = &reading->parts[i];

		if (!part->is_leaf)
			continue;
		object_of[i] = (int)objects->count;
		add_part(objects, part, parent_object(reading, part, object_of));
	}
	return 0;
}

bool objects_need_opening(const struct objects *objects)
{
	for (size_t i = 1; i < objects->count; i++)
		if (!(objects->list[i].flags & OBJECT_TEXT) &&
			objects->list[i].content->bytes.len > 0)
			return true;
	return false;
}

/* Doubles the list; the old one stays in the arena, so all of them together are twice the last. */
static int grow(struct objects *objects)
{
	const size_t room = objects->count < 8 ? 16 : objects->count * 2;
	struct object *list = arena_array(&objects->arena, room, sizeof(*list));

	if (!list)
		return -ENOMEM;
	if (objects->count > 0)
		memcpy(list, objects->list, objects->count * sizeof(*list));
	objects->list = list;
	objects->room = room;
	return 0;
}

int objects_add_member(struct objects *objects, unsigned parent)
{
	struct content *content = ARENA_NEW(&objects->arena, struct content);
	struct object *member;

	if (!content || (objects->count >= objects->room && grow(objects)))
		return -ENOMEM;
	*content = CONTENT_NONE;
	member = &objects->list[objects->count];
	*member = (struct object){
		.index = (unsigned)objects->count,
		.kind = OBJECT_MEMBER,
		.parent = (int)parent,
		.depth = objects->list[parent].depth + 1,
		.content = content,
		.unpacked = content,
	};
	objects->count++;
	return 0;
}

int object_add_name(struct objects *objects, struct object *object, struct slice raw)
{
	cleanup_buf struct buf converted = {0};
	struct slice *names = NULL;
	size_t count = object->name_count;
	int failed = 0;

	if (count > 0) {
		names = arena_array(&objects->arena, count, sizeof(*names));
		if (!names)
			return -ENOMEM;
		memcpy(names, object->names, count * sizeof(*names));
	}
	/* Old packers write the code page of DOS without saying so. */
	if (utf8_valid_prefix(raw) < raw.len) {
		failed = charset_name_to_utf8(slice_cstr("cp437"), raw, &converted);
		if (!failed)
			failed = names_add(
				&objects->arena, buf_slice(&converted), &names, &count);
	}
	if (!failed)
		failed = names_add(&objects->arena, raw, &names, &count);
	if (failed)
		return failed;
	object->names = names;
	object->name_count = count;
	return 0;
}

void objects_release(struct objects *objects)
{
	for (size_t i = 0; i < objects->count; i++)
		if (objects->list[i].unpacked)
			content_release(objects->list[i].unpacked);
	content_pool_release(&objects->pool);
	arena_release(&objects->arena);
	*objects = (struct objects){.message = CONTENT_NONE};
}

static int add_label(const struct object *object, struct buf *out)
{
	if (object->kind == OBJECT_MESSAGE)
		return buf_add_cstr(out, "message");
	if (object->name_count > 0)
		return buf_add(out, object->names[0]);
	if (object->kind == OBJECT_MEMBER)
		return buf_addf(out, "member %u", object->index);
	return buf_addf(out, "part %u", object->part ? object->part->index : object->index);
}

int object_label(const struct objects *objects, const struct object *object, struct buf *out)
{
	/* From the outside in: each turn looks up one archive more. At most limits.depth squared. */
	for (unsigned level = object->kind == OBJECT_MEMBER ? object->depth : 0; level > 0;
		level--) {
		const struct object *above = object;

		for (unsigned up = 0; up < level && above->parent >= 0; up++)
			above = &objects->list[above->parent];
		if (add_label(above, out) || buf_add_byte(out, '/'))
			return -ENOMEM;
	}
	return add_label(object, out);
}

void object_file_name(unsigned index, char name[OBJECT_FILE_NAME])
{
	snprintf(name, OBJECT_FILE_NAME, "%04u", index);
}

int object_of_file(struct slice name, size_t count)
{
	char spelling[OBJECT_FILE_NAME];
	unsigned index = 0;
	size_t digits = 0;

	while (digits < name.len && ascii_digit(name.data[digits]))
		if (digits++ < 9)
			index = index * 10 + (name.data[digits - 1] - (unsigned)'0');
	object_file_name(index, spelling);
	return slice_eq_cstr(slice_first(name, digits), spelling) && index < count ? (int)index : -1;
}
