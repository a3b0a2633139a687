/*
 * How hostile text is made fit for a line of our files: valid UTF-8 stands as it is, everything
 * that could end a line, steer a terminal or turn the reading direction stands as \xNN.
 */
#ifndef QMVC_RECORD_ESCAPE_H
#define QMVC_RECORD_ESCAPE_H

#include "base/arena.h"
#include "base/buf.h"

/*
 * Looks at the character at byte `at` (< s.len). Returns its length in bytes, 1 for a byte that is
 * no valid UTF-8, and in *printable whether it may stand in a line: not so are control characters
 * (C0, DEL, C1), U+2028 and U+2029, those that turn the direction (UAX #9), U+FEFF, and bytes
 * that are no UTF-8.
 */
size_t escape_look(struct slice s, size_t at, bool *printable);

/*
 * Appends `s`; bytes that may not stand become \xNN (capital digits), a backslash \x5C, so that no
 * line ever ends in one. Failures are remembered in `out`.
 */
void escape_add(struct buf *out, struct slice s);

/*
 * Appends `s` as one value of a logfmt line: as it is when it is plain ASCII without blank, quote,
 * backslash and '=', else between quotes, with \" and \\ besides \xNN. At most `limit` bytes of `s`
 * are shown, cut between characters; what was cut ends in U+2026 (and stands between quotes).
 */
void escape_add_value(struct buf *out, struct slice s, size_t limit);

/*
 * The text that escape_add() or the inside of escape_add_value() stands for; borrowed when nothing
 * is escaped, else in the arena. Returns 0, 1 (not of our writing) or -ENOMEM.
 */
int escape_undo(struct slice text, struct arena *arena, struct slice *plain);

#endif
