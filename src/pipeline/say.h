/*
 * What qmvc says on stdout. qmail-local puts it into qmail's log, and on a bounce the sender reads
 * it: so one short line of printable ASCII, and nothing of scanners or rules in a bounce.
 */
#ifndef QMVC_PIPELINE_SAY_H
#define QMVC_PIPELINE_SAY_H

#include "pipeline/delivery.h"

/* Prints the line for how the delivery ended; *error is set when it was deferred. */
void say_outcome(struct delivery *delivery, const struct error *error);

/* Appends that line to `out`, newline included (for tests). Returns 0 or -ENOMEM. */
int say_format(struct delivery *delivery, const struct error *error, struct buf *out);

#endif
