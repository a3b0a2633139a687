/*
 * HTML as a text that reads well: paragraphs of 72 columns, lists, quotes, tables in columns where
 * they are tables, and links as footnotes.
 */
#ifndef QMVC_PLAIN_HTML_TEXT_H
#define QMVC_PLAIN_HTML_TEXT_H

#include "base/buf.h"

/*
 * Appends the text of `html` (UTF-8) to `out`, lines ending in LF; nothing when there is none.
 * Tolerates anything. Returns 0, -EFBIG when there is more of it than a letter can have, in
 * elements or in what they would be written as (then `out` is as it was), or -ENOMEM.
 */
int html_text(struct slice html, struct buf *out);

#endif
