/* Percent escapes: %41 is A (RFC 2231 section 4, RFC 3986 section 2.1). */
#ifndef QMVC_MESSAGE_PERCENT_H
#define QMVC_MESSAGE_PERCENT_H

#include "base/buf.h"

/* Appends `text` with its escapes resolved; what is no escape stays as it is. 0 or -ENOMEM. */
int percent_decode(struct slice text, struct buf *out);

#endif
