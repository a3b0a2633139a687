/*
 * Every file name that some mail program would show for a part: Content-Disposition's filename,
 * Content-Type's name, Content-Description is none; each duplicate, RFC 2231 continuations (with
 * gaps, in any order) and charsets, RFC 2047 words in quotes or not, raw and decoded.
 */
#ifndef QMVC_MESSAGE_NAMES_H
#define QMVC_MESSAGE_NAMES_H

#include "message/header.h"

/*
 * Collects the candidates of a part's header as UTF-8, each once, the likeliest first, at most 64
 * (of more, the first and the last, which are those that mail programs show), each at most 4096
 * bytes (longer ones keep their end, where the extension stands), into the arena. 0 or -ENOMEM.
 */
int names_collect(struct arena *arena, const struct header *header, struct slice **names,
	size_t *count);

/* As names_collect, for one name that a uuencode, yEnc or BinHex block or an archive gives. */
int names_add(struct arena *arena, struct slice raw, struct slice **names, size_t *count);

/*
 * Adds the forms of `name` (UTF-8) that a recipient's system may take it for, besides itself, to
 * the list: control, direction and zero-width characters taken away, fullwidth forms folded,
 * trailing dots and blanks dropped, percent escapes resolved, the last path component alone (both
 * slashes), what stands before a NUL, CLSID tails, "::$DATA" and comments "(...)" at the end cut
 * off, and these one after the other. At most 64. Condition filename matches all of them. 0 or
 * -ENOMEM.
 */
int names_variants(struct arena *arena, struct slice name, struct slice **list, size_t *count);

#endif
