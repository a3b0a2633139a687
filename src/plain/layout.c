/*
 * HTML as text; see html_text.h. The tree is gone through once from front to back (a table twice);
 * it is no deeper than HTML_DEPTH_MAX, so the stack is enough. What is written is bounded by what
 * was read: quotes and lists stop moving to the right after a few.
 */
#include "plain/html_text.h"

#include "base/cleanup.h"

#include "plain/layout.h"
#include "plain/width.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define QUOTES_MAX 12 /* "> " each */
#define LISTS_MAX  6
#define ALT_MAX	   200
#define SAYS_MAX   (HTML_URL_MAX + 64)
/* Bytes of text for one of HTML, and what is free in any case. */
#define GROWTH_MAX  8
#define GROWTH_FREE ((size_t)65536)

void layout_children(struct layout *layout, const struct html_node *node)
{
	for (const struct html_node *child = node->first; child; child = child->next)
		layout_node(layout, child);
}

static void show_block(struct layout *layout, const struct html_node *node)
{
	sheet_end(&layout->sheet);
	layout_children(layout, node);
	sheet_end(&layout->sheet);
}

static void show_paragraph(struct layout *layout, const struct html_node *node)
{
	sheet_gap(&layout->sheet);
	layout_children(layout, node);
	sheet_gap(&layout->sheet);
}

/* The first two are underlined, as far as they go on one line. */
static void show_heading(struct layout *layout, const struct html_node *node)
{
	struct sheet *sheet = &layout->sheet;
	struct slice text;
	unsigned width;

	sheet_gap(sheet);
	layout_children(layout, node);
	text = buf_slice(&sheet->text);
	width = width_of(text);
	if (slice_find_byte(text, '\n', 0) < text.len || width > sheet_room(sheet))
		width = 0;
	sheet_end(sheet);
	if (width > 0 && node->level <= 2)
		sheet_rule(sheet, node->level == 1 ? '=' : '-', width);
	sheet_gap(sheet);
}

static void show_item(struct layout *layout, const struct html_node *node, const char *marker)
{
	struct sheet *sheet = &layout->sheet;
	size_t length = sheet->prefix.len;

	sheet_end(sheet);
	if (layout->lists <= LISTS_MAX)
		sheet_push_marker(sheet, marker);
	for (const struct html_node *child = node->first; child; child = child->next) {
		if (child->kind == HTML_PARAGRAPH && *sheet->marker)
			show_block(layout, child); /* beside its marker */
		else
			layout_node(layout, child);
	}
	sheet_end(sheet);
	sheet->blank_wanted = false;
	sheet_pop(sheet, length);
}

static void show_list(struct layout *layout, const struct html_node *node)
{
	unsigned number = node->level;
	bool is_outer = layout->lists++ == 0;

	if (is_outer)
		sheet_gap(&layout->sheet);
	else
		sheet_end(&layout->sheet);
	for (const struct html_node *child = node->first; child; child = child->next) {
		char marker[16] = "* ";

		if (child->kind != HTML_ITEM) {
			layout_node(layout, child);
			continue;
		}
		if (node->kind == HTML_NUMBERED)
			snprintf(marker, sizeof(marker), "%u. ", number++);
		show_item(layout, child, marker);
	}
	sheet_end(&layout->sheet);
	layout->lists--;
	if (is_outer)
		sheet_gap(&layout->sheet);
}

static void show_indented(struct layout *layout, const struct html_node *node, const char *prefix,
	unsigned *depth, unsigned depth_max)
{
	struct sheet *sheet = &layout->sheet;
	size_t length = sheet->prefix.len;

	if ((*depth)++ < depth_max)
		length = sheet_push(sheet, prefix);
	layout_children(layout, node);
	sheet_end(sheet);
	sheet_pop(sheet, length);
	--*depth;
}

static void show_quote(struct layout *layout, const struct html_node *node)
{
	sheet_gap(&layout->sheet);
	show_indented(layout, node, "> ", &layout->quotes, QUOTES_MAX);
	sheet_gap(&layout->sheet);
}

static void show_pre(struct layout *layout, const struct html_node *node)
{
	sheet_gap(&layout->sheet);
	layout->sheet.as_is = true;
	layout_children(layout, node);
	sheet_end(&layout->sheet);
	layout->sheet.as_is = false;
	sheet_gap(&layout->sheet);
}

static void show_rule(struct layout *layout)
{
	sheet_gap(&layout->sheet);
	sheet_rule(&layout->sheet, '-', sheet_room(&layout->sheet));
	sheet_gap(&layout->sheet);
}

static void show_image(struct layout *layout, const struct html_node *node)
{
	struct slice text = slice_trim(node->text);

	if (text.len == 0)
		return;
	sheet_text(&layout->sheet, slice_cstr("["));
	sheet_text(&layout->sheet, slice_first(text, ALT_MAX));
	sheet_text(&layout->sheet, slice_cstr("]"));
}

/* The text of a link; *has_image when there is something else to click on. */
static void collect_text(const struct html_node *node, struct buf *out, bool *has_image)
{
	for (const struct html_node *child = node->first; child; child = child->next) {
		if (child->kind == HTML_TEXT && out->len < SAYS_MAX)
			buf_add(out, slice_first(child->text, SAYS_MAX));
		*has_image |= child->kind == HTML_IMAGE;
		collect_text(child, out, has_image);
	}
}

static void show_link(struct layout *layout, const struct html_node *node)
{
	cleanup_buf struct buf says = {0};
	bool has_image = false;
	unsigned number;
	char note[16];
	struct slice text;

	layout_children(layout, node);
	if (node->text.len == 0)
		return;
	collect_text(node, &says, &has_image);
	text = slice_trim(buf_slice(&says));
	if (text.len == 0 ? !has_image : footnotes_are_idle(text, node->text))
		return;
	number = footnotes_number(&layout->footnotes, node->text);
	if (number == 0)
		return;
	snprintf(note, sizeof(note), " [%u]", number);
	sheet_text(&layout->sheet, slice_cstr(note));
}

static void show_table(struct layout *layout, const struct html_node *node)
{
	sheet_gap(&layout->sheet);
	if (!layout_table(layout, node))
		layout_children(layout, node);
	sheet_gap(&layout->sheet);
}

void layout_node(struct layout *layout, const struct html_node *node)
{
	switch (node->kind) {
	case HTML_TEXT:
		sheet_text(&layout->sheet, node->text);
		return;
	case HTML_HIDDEN:
	case HTML_INLINE:
		layout_children(layout, node);
		return;
	case HTML_BLOCK:
	case HTML_ROWS:
	case HTML_ROW:
		show_block(layout, node);
		return;
	case HTML_PARAGRAPH:
	case HTML_CELL: /* of what is no table to its reader */
		show_paragraph(layout, node);
		return;
	case HTML_HEADING:
		show_heading(layout, node);
		return;
	case HTML_LIST:
	case HTML_NUMBERED:
		show_list(layout, node);
		return;
	case HTML_ITEM:
		show_item(layout, node, "* ");
		return;
	case HTML_DEFINITION:
		sheet_end(&layout->sheet);
		show_indented(layout, node, "    ", &layout->lists, LISTS_MAX);
		return;
	case HTML_QUOTE:
		show_quote(layout, node);
		return;
	case HTML_PRE:
		show_pre(layout, node);
		return;
	case HTML_BREAK:
		sheet_break(&layout->sheet);
		return;
	case HTML_RULE:
		show_rule(layout);
		return;
	case HTML_LINK:
		show_link(layout, node);
		return;
	case HTML_IMAGE:
		show_image(layout, node);
		return;
	case HTML_TABLE:
		show_table(layout, node);
		return;
	}
}

static int show(struct html_tree *tree, struct buf *out, size_t limit)
{
	cleanup_free struct layout *layout = calloc(1, sizeof(*layout));
	cleanup_width_locale struct width_locale locale;
	int result;

	width_locale_take(&locale);
	if (!layout)
		return -ENOMEM;
	layout->arena = &tree->arena;
	sheet_begin(&layout->sheet, out, SHEET_WIDTH, limit);
	layout_node(layout, tree->root);
	sheet_end(&layout->sheet);
	footnotes_write(&layout->footnotes, &layout->sheet);
	result = sheet_finish(&layout->sheet);
	return layout->error ? layout->error : result;
}

int html_text(struct slice html, struct buf *out)
{
	struct html_tree tree = {0};
	size_t before = out->len;
	int result = html_tree_read(html, &tree);

	if (result == 0)
		result = show(&tree, out, before + GROWTH_MAX * html.len + GROWTH_FREE);
	html_tree_release(&tree);
	if (result)
		out->len = before;
	return result;
}
