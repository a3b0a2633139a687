/*
 * HTML as a tree of what a text can show: who can be seen in it, in which paragraph, list or
 * table. libxml2 reads the markup as browsers did before HTML 5, mends it, and is asked for
 * nothing else: no entity or file from anywhere, no tree of its own.
 */
#ifndef QMVC_PLAIN_HTML_TREE_H
#define QMVC_PLAIN_HTML_TREE_H

#include "base/arena.h"

/* Elements nested deeper are left out, their text is not. */
#define HTML_DEPTH_MAX 200
/* Of a tree. A mail of that size is no letter any more. */
#define HTML_NODES_MAX ((size_t)1000000)
/* Longer addresses of links are dropped. */
#define HTML_URL_MAX 4096

enum html_kind {
	HTML_TEXT,
	HTML_INLINE,	/* says nothing about where lines end */
	HTML_BLOCK,	/* on lines of its own */
	HTML_PARAGRAPH, /* and with empty lines around */
	HTML_HEADING,
	HTML_LIST,
	HTML_NUMBERED,
	HTML_ITEM,
	HTML_DEFINITION, /* dd */
	HTML_QUOTE,
	HTML_PRE,
	HTML_BREAK,
	HTML_RULE,
	HTML_LINK,
	HTML_IMAGE,
	HTML_TABLE,
	HTML_ROWS, /* tbody and the like */
	HTML_ROW,
	HTML_CELL,
	HTML_HIDDEN, /* and all that is in it; no node of a tree */
};

struct html_node {
	enum html_kind kind;
	struct slice text;	/* of a text; where a link goes; what an image is called */
	unsigned level;		/* of a heading; where the numbers of a list begin */
	unsigned columns, rows; /* how many a cell spans */
	bool is_heading;	/* a cell: th */
	bool is_complex;	/* a cell: holds a list or the like; a table: for looks */
	size_t length;		/* a cell: bytes of text in it */
	struct html_node *parent, *first, *last, *next;
};

struct html_tree {
	struct arena arena;
	struct html_node *root;
	size_t nodes;
};

/*
 * Reads `html`, UTF-8. Returns 0, -EFBIG when it has more than HTML_NODES_MAX nodes or more bytes
 * than libxml2 takes, or -ENOMEM. The tree is to be released in any case, and is to be zeroed
 * before.
 */
int html_tree_read(struct slice html, struct html_tree *tree);
void html_tree_release(struct html_tree *tree);

#endif
