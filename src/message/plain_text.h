/*
 * The strict test that settles a part as plain text, so that no helper has to look at it: valid in
 * its charset, no control characters but TAB, LF, CR, FF, and no signature of anything else at its
 * start or (zip's end record, and the like) anywhere in it.
 */
#ifndef QMVC_MESSAGE_PLAIN_TEXT_H
#define QMVC_MESSAGE_PLAIN_TEXT_H

#include "base/slice.h"

/* `charset` as in struct part, empty for US-ASCII. One pass over the bytes. */
bool plain_text(struct slice bytes, struct slice charset);

#endif
