/*
 * The tree; see html_tree.h. libxml2 calls for each element that begins and ends and for each text,
 * with what was left open closed. Here those become nodes: what is hidden never does, and what is
 * nested too deep gives its text to the last one that was not.
 */
#include "plain/html_tree.h"

#include "base/buf.h"
#include "message/utf8.h"
#include "plain/html_element.h"

#include <errno.h>
#include <libxml/HTMLparser.h>
#include <limits.h>
#include <stdlib.h>

#define NUMBER_MAX 1000

struct builder {
	struct html_tree *tree;
	xmlParserCtxtPtr parser;
	struct html_node *open[HTML_DEPTH_MAX + 1]; /* the element at hand is the last one */
	unsigned style[HTML_DEPTH_MAX + 1];	    /* html_style, inherited */
	unsigned depth;
	unsigned hidden; /* elements that are open inside one that cannot be seen, it counted too */
	unsigned deeper; /* open elements that are none of ours */
	struct buf text; /* that goes on */
	int error;
};

static void fail(struct builder *builder, int error)
{
	if (!builder->error)
		builder->error = error;
	xmlStopParser(builder->parser);
}

static struct html_node *add_node(struct builder *builder, enum html_kind kind)
{
	struct html_node *parent = builder->open[builder->depth], *node;

	if (builder->error)
		return NULL;
	if (++builder->tree->nodes > HTML_NODES_MAX) {
		fail(builder, -EFBIG);
		return NULL;
	}
	node = ARENA_NEW(&builder->tree->arena, struct html_node);
	if (!node) {
		fail(builder, -ENOMEM);
		return NULL;
	}
	node->kind = kind;
	node->parent = parent;
	if (parent->last)
		parent->last->next = node;
	else
		parent->first = node;
	parent->last = node;
	return node;
}

static struct html_node *cell_around(struct html_node *node)
{
	while (node && node->kind != HTML_CELL)
		node = node->parent;
	return node;
}

static void end_text(struct builder *builder)
{
	struct html_node *node, *cell;

	if (builder->text.len == 0)
		return;
	node = add_node(builder, HTML_TEXT);
	if (!node)
		return;
	node->text = arena_copy(&builder->tree->arena, buf_slice(&builder->text));
	if (!node->text.data)
		fail(builder, -ENOMEM);
	cell = cell_around(node);
	if (cell)
		cell->length += builder->text.len;
	buf_clear(&builder->text);
}

static void on_text(void *context, const xmlChar *text, int len)
{
	struct builder *builder = context;

	if (builder->hidden == 0 && builder->style[builder->depth] == 0 && len > 0 &&
		buf_add(&builder->text, slice_make(text, (size_t)len)))
		fail(builder, -ENOMEM);
}

static struct slice attribute(const xmlChar **attributes, const char *name)
{
	for (; attributes && attributes[0]; attributes += 2)
		if (strcmp((const char *)attributes[0], name) == 0)
			return slice_make(attributes[1] ? (const char *)attributes[1] : "",
				attributes[1] ? strlen((const char *)attributes[1]) : 0);
	return SLICE_EMPTY;
}

/* A small number in an attribute; `otherwise` when there is none. */
static unsigned number(const xmlChar **attributes, const char *name, unsigned otherwise)
{
	struct slice text = slice_trim(attribute(attributes, name));
	unsigned value = 0;

	if (text.len == 0 || !ascii_digit(text.data[0]))
		return otherwise;
	for (size_t i = 0; i < text.len && ascii_digit(text.data[i]) && value < NUMBER_MAX; i++)
		value = 10 * value + (text.data[i] - '0');
	return value < NUMBER_MAX ? value : NUMBER_MAX;
}

/* A table with one of these in a cell was not made to be read along its rows. */
static bool is_complex(enum html_kind kind)
{
	return kind == HTML_TABLE || kind == HTML_LIST || kind == HTML_NUMBERED ||
	       kind == HTML_QUOTE || kind == HTML_PRE || kind == HTML_RULE || kind == HTML_HEADING;
}

static void read_attributes(struct builder *builder, struct html_node *node, const char *name,
	const xmlChar **attributes)
{
	struct html_node *cell = is_complex(node->kind) ? cell_around(node->parent) : NULL;

	if (cell)
		cell->is_complex = true;
	switch (node->kind) {
	case HTML_LINK:
		node->text = html_link_target(&builder->tree->arena, attribute(attributes, "href"));
		break;
	case HTML_IMAGE:
		node->text = arena_copy(&builder->tree->arena, attribute(attributes, "alt"));
		break;
	case HTML_CELL:
		node->is_heading = strcmp(name, "th") == 0;
		node->columns = number(attributes, "colspan", 1);
		node->rows = number(attributes, "rowspan", 1);
		return;
	case HTML_TABLE:
		node->is_complex =
			slice_eq_nocase_cstr(attribute(attributes, "role"), "presentation");
		return;
	case HTML_NUMBERED:
		node->level = number(attributes, "start", 1);
		return;
	default:
		return;
	}
	if (!node->text.data)
		fail(builder, -ENOMEM);
}

static void on_start(void *context, const xmlChar *name, const xmlChar **attributes)
{
	struct builder *builder = context;
	unsigned level = 0, style = builder->style[builder->depth];
	enum html_kind kind = html_element_kind((const char *)name, &level);
	struct html_node *node;

	if (builder->error)
		return;
	if (builder->hidden > 0 || kind == HTML_HIDDEN || attribute(attributes, "hidden").data ||
		html_style_hides(attribute(attributes, "style"), &style)) {
		builder->hidden++;
		return;
	}
	/* Nothing of it, but what stands on both sides does not become one word. */
	if (builder->deeper > 0 || builder->depth == HTML_DEPTH_MAX) {
		builder->deeper++;
		if (kind != HTML_INLINE && kind != HTML_LINK)
			on_text(builder, (const xmlChar *)" ", 1);
		return;
	}
	if (kind == HTML_IMAGE && (style & HTML_INVISIBLE))
		kind = HTML_INLINE;
	end_text(builder);
	node = add_node(builder, kind);
	if (!node)
		return;
	node->level = level;
	read_attributes(builder, node, (const char *)name, attributes);
	builder->open[++builder->depth] = node;
	builder->style[builder->depth] = style;
}

static void on_end(void *context, const xmlChar *name)
{
	struct builder *builder = context;

	(void)name;
	if (builder->hidden > 0) {
		builder->hidden--;
	} else if (builder->deeper > 0) {
		builder->deeper--;
	} else if (builder->depth > 0) {
		end_text(builder);
		builder->depth--;
	}
}

/*
 * How many bytes at the front of `html`, which begins with "<!", are no text: a comment, or what
 * Word writes ("<![if !mso]>") and libxml2 takes for text; 0 when its end is missing.
 */
static size_t declaration_length(struct slice html)
{
	size_t end;

	if (slice_starts(html, "<!-->") || slice_starts(html, "<!--->"))
		return slice_find_byte(html, '>', 0) + 1;
	if (slice_starts(html, "<!--")) {
		end = slice_find(html, slice_cstr("-->"), 4);
		return end < html.len ? end + 3 : 0;
	}
	end = slice_find_byte(html, '>', 0);
	return end < html.len ? end + 1 : 0;
}

/*
 * Without comments and declarations, and without what libxml2 would take for the end of the text:
 * control characters become blanks. Which of the other characters show is the layout's to say.
 */
static int clean(struct slice html, struct buf *out)
{
	size_t from = 0;
	bool is_open = false; /* a comment has no end: so has none behind it */

	if (buf_reserve(out, html.len))
		return -ENOMEM;
	for (size_t at = 0; at < html.len; at++) {
		unsigned char c = html.data[at];
		size_t skipped = 0;

		if (c == '<' && !is_open && slice_starts(slice_from(html, at), "<!")) {
			skipped = declaration_length(slice_from(html, at));
			is_open = skipped == 0;
		} else if ((c < ' ' && c != '\t' && c != '\n' && c != '\r') || c == 0x7f) {
			skipped = 1;
		}
		if (skipped == 0)
			continue;
		buf_add(out, slice_make(html.data + from, at - from));
		if (c != '<')
			buf_add_byte(out, ' ');
		from = at + skipped;
		at = from - 1;
	}
	return buf_add(out, slice_from(html, from));
}

static int parse(struct builder *builder, struct slice html)
{
	static const htmlSAXHandler handler = {
		.startElement = on_start,
		.endElement = on_end,
		.characters = on_text,
		.ignorableWhitespace = on_text,
		.cdataBlock = on_text, /* of script and style, which are hidden */
	};
	cleanup_buf struct buf cleaned = {0};
	xmlParserCtxtPtr parser;

	if (html.len > INT_MAX / 2)
		return -EFBIG;
	if (clean(html, &cleaned))
		return -ENOMEM;
	parser = htmlNewParserCtxt();
	if (!parser)
		return -ENOMEM;
	*parser->sax = handler;
	parser->userData = builder;
	builder->parser = parser;
	htmlCtxtReadMemory(parser, (const char *)cleaned.data, (int)cleaned.len, NULL, "UTF-8",
		HTML_PARSE_RECOVER | HTML_PARSE_NONET | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
			HTML_PARSE_IGNORE_ENC | HTML_PARSE_NODEFDTD);
	if (!builder->error && parser->errNo == XML_ERR_NO_MEMORY)
		builder->error = -ENOMEM;
	end_text(builder);
	htmlFreeParserCtxt(parser);
	return builder->error;
}

int html_tree_read(struct slice html, struct html_tree *tree)
{
	struct builder *builder;
	int result;

	tree->root = ARENA_NEW(&tree->arena, struct html_node);
	builder = ARENA_NEW(&tree->arena, struct builder);
	if (!tree->root || !builder)
		return -ENOMEM;
	tree->root->kind = HTML_BLOCK;
	builder->tree = tree;
	builder->open[0] = tree->root;
	result = html.len > 0 ? parse(builder, html) : 0;
	buf_release(&builder->text);
	return result;
}

void html_tree_release(struct html_tree *tree)
{
	arena_release(&tree->arena);
	*tree = (struct html_tree){0};
}
