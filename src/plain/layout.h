/*
 * What the files that lay out a tree of HTML share: the sheet, the footnotes, and who calls whom.
 */
#ifndef QMVC_PLAIN_LAYOUT_H
#define QMVC_PLAIN_LAYOUT_H

#include "plain/footnotes.h"
#include "plain/html_tree.h"
#include "plain/sheet.h"

struct layout {
	struct sheet sheet;
	struct footnotes footnotes;
	struct arena *arena; /* the tree's */
	unsigned quotes, lists;
	int error;
};

void layout_node(struct layout *layout, const struct html_node *node);
void layout_children(struct layout *layout, const struct html_node *node);

/*
 * A table whose cells stand in columns, when it is one: two columns at least, nothing in the cells
 * but a few words each, and not too wide. Returns false, with nothing written, when it is none.
 */
bool layout_table(struct layout *layout, const struct html_node *table);

#endif
