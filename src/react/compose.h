/*
 * Writes the fields and the body of a mail (RFC 5322, 2045, 2047), so that whatever stands in a value
 * the mail is well formed: seven-bit, lines of at most 76 bytes, no field but the one meant.
 * Failures are remembered in the buffer.
 */
#ifndef QMVC_REACT_COMPOSE_H
#define QMVC_REACT_COMPOSE_H

#include "base/buf.h"

/*
 * "NAME: text", `text` being UTF-8 without line ends: as it stands when it is printable ASCII and
 * short, else in encoded-words (RFC 2047, Q), folded between them and never inside a character.
 */
void compose_text(struct buf *out, const char *name, struct slice text);

/*
 * `text` in encoded-words, whatever stands in it, on a line where `used` bytes stand already. May be
 * a display name (RFC 2047 5 (3)).
 */
void compose_words(struct buf *out, size_t used, struct slice text);

/* "<address>", or false when no field can hold it: see compose_mailbox(). */
bool compose_address(struct buf *out, struct slice address);

/*
 * "NAME: <address>". The local part is quoted where it has to be (RFC 5322 3.4.1). An address that
 * no field can hold (8-bit, control characters, an encoded-word, no domain that could be one) is
 * named by an empty group, "undisclosed-recipients:;".
 */
void compose_mailbox(struct buf *out, const char *name, struct slice address);

/* "Date: Sun, 22 Nov 2026 17:07:27 +0000" for milliseconds since the epoch. */
void compose_date(struct buf *out, int64_t wall_ms);

/*
 * "Message-ID: <unique@host>"; what no host name can hold is left out of `host`, and an empty one is
 * "localhost". `unique` is of our own making.
 */
void compose_message_id(struct buf *out, const char *unique, struct slice host);

/*
 * The fields that describe a text/plain body in UTF-8, the empty line, and the body as
 * quoted-printable. Lines of `text` end in LF; the body ends in one.
 */
void compose_body(struct buf *out, struct slice text);

#endif
