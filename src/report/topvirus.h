/*
 * The file topvirus_Sender1: the senders of the most virus mails, for blockvirussender(8). A line each,
 * the worst first: how many mails, a TAB, the address. Format: virulator(8).
 */
#ifndef QMVC_REPORT_TOPVIRUS_H
#define QMVC_REPORT_TOPVIRUS_H

#include "base/buf.h"
#include "base/error.h"
#include "report/top.h"

#define TOPVIRUS_FILE  "topvirus_Sender1"
#define TOPVIRUS_LINES 1000
#define TOPVIRUS_BYTES 320 /* of an address: RFC 5321, 4.5.3.1 */

/*
 * Appends the lines. A sender that is no address in printable ASCII is left out: null senders, what
 * holds blanks, control characters or no domain. Where counts are not exact what is certain is told.
 * Returns how many lines; failures are remembered in `out`.
 */
unsigned topvirus_format(const struct top *senders, struct buf *out);

/*
 * Opens BASE/log, made (mode 0700) when it is missing and `make`. A link in its place is followed when
 * root or the caller made it: logs may lie on another disk. Returns the descriptor or a negative errno.
 */
int topvirus_folder(const char *base, bool make);

/*
 * Writes BASE/log/topvirus_Sender1 whole or not at all, mode 0600, for the owner of BASE/log. Returns 0
 * or a negative errno with *error set.
 */
int topvirus_write(const char *base, struct slice text, struct error *error);

#endif
