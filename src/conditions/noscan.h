/* -n: parts whose type is listed in noscantypes are not given to the scanners. */
#ifndef QMVC_CONDITIONS_NOSCAN_H
#define QMVC_CONDITIONS_NOSCAN_H

#include "control/control.h"
#include "message/object.h"

/*
 * Sets OBJECT_NEGATIVE on the objects whose type is listed, and on object 0, the raw message, when
 * every other object is negative: then there is nothing to scan. To be called after the objects
 * have been typed, and only under -n.
 *
 * Harmless by type is not enough where the type is not all there is to know: an executable, an
 * encrypted, damaged or over-limit object and one in which an archive may lie stay positive, and the raw message does when its
 * structure is broken, untidy or was not read to the end, or a header field that encodes stands
 * outside the headers read: a mail program may see parts that we do not.
 */
void noscan_mark(
	const struct control *control, const struct message *message, struct objects *objects);

#endif
