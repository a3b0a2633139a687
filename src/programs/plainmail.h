/* The text of a mail, made where nothing that is in it can do harm. */
#ifndef QMVC_PROGRAMS_PLAINMAIL_H
#define QMVC_PROGRAMS_PLAINMAIL_H

#include "base/error.h"
#include "message/reading.h"

/*
 * As plain_mail_text() does, HTML by a child of limited time and memory: where it dies, HTML is
 * read without its layout. Returns 0, or a negative errno with *error set.
 */
int plainmail_text(const struct reading *reading, struct buf *out, struct error *error);

#endif
