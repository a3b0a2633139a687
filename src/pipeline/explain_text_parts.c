/*
 * The tree of an explanation, for people: a line for each part with its name, type and size, and
 * below it what else there is to say.
 */
#include "pipeline/explain_text.h"

#include "pipeline/explain_words.h"

#include <stdio.h>

/* Beyond this an archive is a listing nobody reads; --json has all of it. */
#define NODES_SHOWN	400
#define NUMBER_COLUMNS	6
#define SIZE_COLUMNS	9
#define LABEL_COLUMNS	60 /* one long name should not tear all lines apart */
#define DESCRIPTION_MAX 60
#define NAMES_SHOWN	4
#define DEPTH_MAX	((TERMINAL_WIDTH_MAX - NOT_BARS) / 3)
#define NOT_BARS	62 /* columns that a line needs besides its bars */

struct columns {
	unsigned label, type;
};

/* The next node in the order of reading, -1 behind the last. */
static int next_node(const struct explanation *explanation, int at)
{
	const struct node *nodes = explanation->nodes;

	if (nodes[at].first_child >= 0)
		return nodes[at].first_child;
	while (at >= 0 && nodes[at].next < 0)
		at = nodes[at].parent;
	return at < 0 ? -1 : nodes[at].next;
}

/* Levels that there are bars for; deeper nodes stand on the last, with "+N" before their label. */
static unsigned depth_shown(const struct screen *screen)
{
	return (screen->look.width - NOT_BARS) / 3;
}

/* The bars before a node. `own`: up to its branch; else those of the lines below its own. */
static void add_bars(const struct screen *screen, const struct explanation *explanation, int at,
	bool own, struct buf *out)
{
	const struct signs *signs = screen->signs;
	const char *bars[DEPTH_MAX + 1];
	unsigned count = 0;

	/* From the root's children down; the root has no branch. */
	for (; explanation->nodes[at].parent >= 0; at = explanation->nodes[at].parent) {
		bool last = explanation->nodes[at].next < 0;
		const char *bar = own ? (last ? signs->last : signs->branch)
				      : (last ? signs->gap : signs->bar);

		own = false;
		if (explanation->nodes[at].depth < depth_shown(screen) || count == 0)
			bars[count++] = bar;
	}
	while (count > 0)
		buf_add_cstr(out, bars[--count]);
}

static void add_declared(const struct part *part, const struct screen *screen, struct buf *out)
{
	screen_shown(screen, part->type, out);
	buf_add_byte(out, '/');
	screen_shown(screen, part->subtype, out);
}

static size_t name_count(const struct node *node)
{
	if (node->object)
		return node->object->name_count;
	return node->part ? node->part->name_count : 0;
}

static struct slice name_of(const struct node *node, size_t at)
{
	return node->object ? node->object->names[at] : node->part->names[at];
}

static void add_label(const struct screen *screen, const struct node *node, struct buf *out)
{
	if (node->depth > depth_shown(screen))
		buf_addf(out, "+%u ", node->depth - depth_shown(screen));
	if (name_count(node) > 0)
		screen_shown(screen, name_of(node, 0), out);
	else if (node->part)
		add_declared(node->part, screen, out);
	else
		buf_add_cstr(out, node->parent < 0 ? "the whole mail" : "(no name)");
}

static void add_type(const struct screen *screen, const struct node *node, struct buf *out)
{
	const struct object *object = node->object;

	/* A part without a name is labelled with what it says it is; what it looks like adds. */
	if (object && object->mime)
		screen_shown(screen,
			slice_cstr(name_count(node) == 0 && object->description
					   ? object->description
					   : object->mime),
			out);
	else if (name_count(node) > 0 && node->part)
		add_declared(node->part, screen, out);
}

/* How wide the columns have to be for the longest, and may be on this screen. */
static struct columns measure(const struct screen *screen, const struct explanation *explanation)
{
	unsigned room = screen->look.width - NUMBER_COLUMNS - SIZE_COLUMNS - 3;
	struct columns columns = {0};
	int shown = 0;

	for (int at = 0; at >= 0 && shown < NODES_SHOWN; at = next_node(explanation, at), shown++) {
		const struct node *node = &explanation->nodes[at];
		cleanup_buf struct buf label = {0}, type = {0};

		add_bars(screen, explanation, at, true, &label);
		add_label(screen, node, &label);
		add_type(screen, node, &type);
		if (screen_columns(buf_slice(&label)) > columns.label)
			columns.label = screen_columns(buf_slice(&label));
		if (screen_columns(buf_slice(&type)) > columns.type)
			columns.type = screen_columns(buf_slice(&type));
	}
	if (columns.label > LABEL_COLUMNS)
		columns.label = LABEL_COLUMNS;
	/* Where both do not fit the type gives way to a third, then the label to the rest. */
	if (columns.label + columns.type > room && columns.type > screen->look.width / 3)
		columns.type = room - columns.label > screen->look.width / 3 && columns.label < room
				       ? room - columns.label
				       : screen->look.width / 3;
	if (columns.label + columns.type > room)
		columns.label = room - columns.type;
	return columns;
}

static void put_line(struct screen *screen, const struct explanation *explanation, int at,
	const struct columns *columns)
{
	const struct node *node = &explanation->nodes[at];
	cleanup_buf struct buf bars = {0}, label = {0}, type = {0};
	char size[SCREEN_SIZE_MAX], number[16] = "";
	unsigned type_at = NUMBER_COLUMNS + columns->label + 2;
	unsigned end = type_at + columns->type + 1 + SIZE_COLUMNS, used;

	add_bars(screen, explanation, at, true, &bars);
	add_label(screen, node, &label);
	add_type(screen, node, &type);
	screen_size(node->object ? node->object->content->bytes.len : node->part->raw.len, size);
	if (node->object)
		snprintf(number, sizeof(number), "#%u", node->object->index);
	screen_to(screen, strlen(number) < 4 ? 4 - (unsigned)strlen(number) : 0);
	screen_say(screen, STYLE_DIM, number);
	screen_to(screen, NUMBER_COLUMNS);
	screen_put(screen, STYLE_DIM, buf_slice(&bars));
	used = screen->column - NUMBER_COLUMNS;
	screen_fit(screen, node->object ? STYLE_NAME : STYLE_PLAIN, buf_slice(&label),
		columns->label > used + 8 ? columns->label - used : 8);
	screen_to(screen, type_at);
	screen_fit(screen, name_count(node) > 0 ? STYLE_TYPE : STYLE_DIM, buf_slice(&type),
		columns->type);
	screen_to(screen, end - (unsigned)strlen(size));
	screen_say(screen, STYLE_PLAIN, size);
	screen_end(screen);
}

/* One more remark below a line: the first begins that line. */
static void put_remark(struct screen *screen, enum style style, struct slice shown)
{
	if (screen->column == 0) {
		screen_put(screen, STYLE_DIM, screen->bars);
		screen_to(screen, screen->margin);
	} else {
		screen_wrap_cstr(screen, STYLE_DIM, screen->signs->dot);
	}
	screen_wrap(screen, style, shown);
}

static void remark_names(struct screen *screen, const struct node *node)
{
	for (size_t i = 1; i < name_count(node); i++) {
		cleanup_buf struct buf text = {0};

		if (i == NAMES_SHOWN) {
			buf_addf(&text, "and %zu more names", name_count(node) - i);
			put_remark(screen, STYLE_DIM, buf_slice(&text));
			return;
		}
		buf_add_cstr(&text, "also ");
		screen_shown(screen, name_of(node, i), &text);
		put_remark(screen, STYLE_WARN, buf_slice(&text));
	}
}

/* libmagic can go on for lines: its beginning says what it is, of an archive all up to the comma. */
static void remark_description(struct screen *screen, const struct object *object)
{
	const struct slice description = slice_cstr(object->description);
	cleanup_buf struct buf shown = {0};
	struct slice begin;

	screen_shown(screen,
		object->flags & (OBJECT_CONTAINER | OBJECT_OVERLIMIT)
			? slice_first(description, slice_find_byte(description, ',', 0))
			: description,
		&shown);
	begin = screen_first_columns(buf_slice(&shown), DESCRIPTION_MAX);
	put_remark(screen, STYLE_DIM, begin);
	if (begin.len < shown.len)
		screen_say(screen, STYLE_DIM, screen->signs->more);
}

static void remark_part(struct screen *screen, const struct node *node)
{
	const struct part *part = node->part;
	cleanup_buf struct buf declared = {0};

	if (part->origin != PART_ROOT && part->origin != PART_BODY)
		put_remark(screen, STYLE_DIM, slice_cstr(words_origin(node)));
	else if (words_encoding(part) && name_count(node) > 0)
		put_remark(screen, STYLE_DIM, slice_cstr(words_encoding(part)));
	if (name_count(node) == 0 || !node->object || !node->object->mime)
		return;
	add_declared(part, screen, &declared);
	if (part->type.len == 0 || slice_eq_cstr(buf_slice(&declared), node->object->mime) ||
		part_is(part, "application", "octet-stream"))
		return;
	put_remark(screen, STYLE_DIM, slice_cstr("declared"));
	screen_wrap_cstr(screen, STYLE_DIM, " ");
	screen_wrap(screen, STYLE_DIM, buf_slice(&declared));
}

static void put_remarks(struct screen *screen, const struct explanation *explanation, int at)
{
	const struct node *node = &explanation->nodes[at];
	cleanup_buf struct buf bars = {0};
	const char *flag;
	bool grave;

	for (unsigned i = 0; i < NUMBER_COLUMNS; i++)
		buf_add_byte(&bars, ' ');
	add_bars(screen, explanation, at, false, &bars);
	if (node->first_child >= 0)
		buf_add_cstr(&bars, screen->signs->bar);
	screen->bars = buf_slice(&bars);
	screen->margin = screen_columns(screen->bars) + (node->first_child >= 0 ? 0 : 3);
	for (unsigned n = 0; (flag = words_flag(node, n, &grave)); n++)
		put_remark(screen, grave ? STYLE_BAD : STYLE_WARN, slice_cstr(flag));
	remark_names(screen, node);
	if (node->object && node->object->description && name_count(node) > 0)
		remark_description(screen, node->object);
	if (node->part)
		remark_part(screen, node);
	if (screen->column > 0)
		screen_end(screen);
	screen->bars = SLICE_EMPTY;
	screen->margin = 0;
}

void explain_text_parts(struct screen *screen, const struct explanation *explanation)
{
	struct columns columns = measure(screen, explanation);
	char rest[64];
	int shown = 0;

	explain_text_title(screen, "Parts");
	for (int at = 0; at >= 0 && shown < NODES_SHOWN; at = next_node(explanation, at), shown++) {
		put_line(screen, explanation, at, &columns);
		put_remarks(screen, explanation, at);
	}
	if (explanation->node_count <= NODES_SHOWN)
		return;
	snprintf(rest, sizeof(rest), "and %zu more: --json lists all",
		explanation->node_count - NODES_SHOWN);
	screen_to(screen, NUMBER_COLUMNS);
	screen_say(screen, STYLE_DIM, rest);
	screen_end(screen);
}
