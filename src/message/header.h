/*
 * Header fields as they stand (RFC 5322 section 2.2), and their values decoded (RFC 2047, 2231).
 * Nothing is lost: every field is kept in order, with flags for what is untidy about it.
 */
#ifndef QMVC_MESSAGE_HEADER_H
#define QMVC_MESSAGE_HEADER_H

#include "base/arena.h"
#include "base/buf.h"

enum header_flag {
	HEADER_NO_COLON = 1,	 /* a line that is neither field nor continuation */
	HEADER_BAD_NAME = 2,	 /* characters in a name that RFC 5322 forbids; blanks before ':' */
	HEADER_CONTROL = 4,	 /* NUL or another control character */
	HEADER_BARE_CR = 8,	 /* a CR that does not stand before LF */
	HEADER_LONG_LINE = 16,	 /* more than 998 bytes in a line */
	HEADER_EIGHT_BIT = 32,	 /* bytes above 127 that are not valid UTF-8 */
	HEADER_FROM_LINE = 64,	 /* an mbox "From " or ">From " line on top */
	HEADER_LIMIT = 128,	 /* the header went on beyond limits.header: cut there */
	HEADER_DUPLICATE = 256,	 /* a field that may stand once stands twice (RFC 5322 3.6) */
	HEADER_NO_END = 512,	 /* the input ended inside the header */
	HEADER_FOLD_BLANK = 1024 /* a folded line of blanks only */
};

struct header_field {
	struct slice name;  /* without colon and blanks around */
	struct slice value; /* raw: folds, comments and all, without the final line end */
	unsigned flags;
};

struct header {
	struct header_field *fields; /* in an arena */
	size_t count;
	unsigned flags; /* all the fields' together */
};

/*
 * Parses the header that `raw` begins with, up to and with the blank line that ends it, a line that
 * cannot belong to a header, or the end of `raw`. At most `max_bytes` and `max_fields` are kept
 * (HEADER_LIMIT); the header's end is found all the same. *length is where the body begins. A UTF-8
 * byte order mark and an mbox "From " line on top are passed over. The fields borrow from `raw`.
 * Returns 0 or -ENOMEM.
 */
int header_parse(struct arena *arena, struct slice raw, uint64_t max_bytes, size_t max_fields,
	struct header *header, size_t *length);

/* The first (n = 0), second, ... field of that name (case ignored), or NULL. */
const struct header_field *header_find(const struct header *header, const char *name, unsigned n);
/*
 * The next one after `field` (NULL: the first), or NULL. To go through all of them: counting up n
 * would look at a header of 100,000 fields 100,000 times.
 */
const struct header_field *header_next(
	const struct header *header, const char *name, const struct header_field *field);

/* Appends the value unfolded: line ends taken out, blanks kept, ends trimmed. 0 or -ENOMEM. */
int header_unfold(struct slice value, struct buf *out);

/*
 * Appends the value as UTF-8: unfolded, encoded-words decoded (RFC 2047, leniently: also inside
 * quotes, also touching other text), raw 8-bit bytes taken as UTF-8 when valid, else Latin-1.
 * Returns 0 or -ENOMEM.
 */
int header_decode(struct slice value, struct buf *out);

/* Is the value empty once unfolded and trimmed? */
bool header_value_is_empty(struct slice value);

#endif
