/* What an HTML element is to a text, by its name and its attributes; and what its style hides. */
#ifndef QMVC_PLAIN_HTML_ELEMENT_H
#define QMVC_PLAIN_HTML_ELEMENT_H

#include "plain/html_tree.h"

/* What of it is inherited, and may be taken back by an element inside. */
enum html_style {
	HTML_NO_SIZE = 1,   /* font-size:0 */
	HTML_INVISIBLE = 2, /* visibility:hidden */
};

/* By a lower-case name; HTML_INLINE for those that nobody knows. *level: of h1 to h6. */
enum html_kind html_element_kind(const char *name, unsigned *level);

/*
 * Reads a style attribute into *style, an html_style, which holds the parent's. Returns true when
 * the element and all in it cannot be seen whatever is written inside.
 */
bool html_style_hides(struct slice text, unsigned *style);

/*
 * Where a link leads, as a person would write it down: without line ends, blanks and invisible
 * characters. The empty slice for what leads nowhere out of the mail (javascript:, data:, cid:,
 * #...). In the arena; data is NULL when there is no memory.
 */
struct slice html_link_target(struct arena *arena, struct slice href);

#endif
