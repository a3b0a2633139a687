/*
 * What people attach most: pictures and PDF, known by their layout, so that no helper is started to look
 * them up in libmagic's database. Where in doubt the answer is no, as with plain text (plain_text.h): that
 * costs milliseconds, a wrong yes would hide a type from the conditions.
 */
#ifndef QMVC_OPEN_ORDINARY_H
#define QMVC_OPEN_ORDINARY_H

#include "base/slice.h"

/*
 * The MIME type that libmagic gives to these bytes, or NULL: they have to be asked about. Who calls makes
 * sure that no archive lies in them (archive_possible()).
 *
 * image/jpeg (ITU-T T.81, annex B) and image/png (RFC 2083): every byte is accounted for, from the first
 * to the end marker, which is the last. application/pdf (ISO 32000-1, 7.5): its header is the first, and
 * its end marker among the last 1024 bytes, where readers look for it.
 */
const char *ordinary_type(struct slice bytes);

#endif
