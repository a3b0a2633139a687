/*
 * The text of a part for the text rules: decoded from its charset into UTF-8, and for HTML also
 * with tags dropped and entities resolved.
 */
#ifndef QMVC_MESSAGE_TEXT_H
#define QMVC_MESSAGE_TEXT_H

#include "base/buf.h"
#include "message/object.h"

/* Is it searched by bodytext: text by declared type, or settled as text whatever it is called? */
bool text_is_searchable(const struct part *part);

/* Is it HTML by declared type or by its first bytes? */
bool text_is_html(const struct part *part);

/*
 * The part to read an object's text by: its own; for a member of an archive, which has no label
 * that says what it is, one in `room` without any: its bytes tell. NULL for the message itself.
 */
const struct part *text_part(const struct object *object, struct part *room);

/*
 * Gives the part's text as UTF-8, by its byte order mark (which is left out), else by its declared
 * charset, else by the one that HTML names in a <meta>. When the bytes are valid UTF-8 already,
 * *text borrows them and `room` is not touched; else they are converted into `room` (its old
 * content is dropped). Without a charset, or with one that nobody knows, what is valid UTF-8 is
 * taken as that; other bytes, and those that a charset does not allow, as Latin-1: none is dropped
 * (charset.h). Returns 0 or -ENOMEM.
 */
int text_utf8(const struct part *part, struct buf *room, struct slice *text);

/*
 * Appends to `out` what a person would read of the HTML in `html` (UTF-8): tags, comments, scripts
 * and styles dropped, entities resolved, block elements as line ends, blanks folded, invisible
 * characters dropped. Words join across inline tags and comments. Tolerates anything.
 * Returns 0 or -ENOMEM.
 */
int text_from_html(struct slice html, struct buf *out);

#endif
