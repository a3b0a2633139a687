/*
 * Makes a mail of nothing but text out of a MIME mail: the texts in their order, HTML turned into
 * text, the names of what else it brought below them.
 */
#ifndef QMVC_PLAIN_PLAIN_MAIL_H
#define QMVC_PLAIN_PLAIN_MAIL_H

#include "message/reading.h"
#include "plain/header_fields.h"

/*
 * Turns HTML (UTF-8) into text at the end of `out`: html_text(), or another. Returns 0, -EFBIG
 * when it does not take that much, or -ENOMEM.
 */
typedef int (*plain_converter)(struct slice html, struct buf *out);

/* Does it have a text for which a converter is asked? */
bool plain_mail_has_html(const struct reading *reading);

/*
 * Appends the text of the mail, lines ending in LF; what `convert` does not take, or NULL, is read
 * without its layout, and a note says so. Returns 0 or -ENOMEM.
 */
int plain_mail_text(const struct reading *reading, plain_converter convert, struct buf *out);

/* Appends the mail: what is kept of the header, and `text`. Returns 0 or -ENOMEM. */
int plain_mail_compose(const struct reading *reading, const struct header_defaults *defaults,
	struct slice text, struct buf *out);

#endif
