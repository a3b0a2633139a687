/* Numbers and times as our logs write them: decimal, milliseconds with three decimals, UTC. */
#ifndef QMVC_RECORD_NUMBER_H
#define QMVC_RECORD_NUMBER_H

#include "base/buf.h"

/* Appends microseconds as milliseconds: 12345 is "12.345". */
void number_add_ms(struct buf *out, uint64_t us);

/* Each reads all of `text` and returns whether it has that form; else the number is not touched. */
bool number_read(struct slice text, uint64_t *number);
bool number_read_unsigned(struct slice text, unsigned *number);
/* Exactly three decimals: a number that was cut short is not read. */
bool number_read_ms(struct slice text, uint64_t *us);
/* "2026-11-22T14:05:42.123Z" as milliseconds since the epoch (ISO 8601, years 1 to 9999). */
bool number_read_time(struct slice text, int64_t *wall_ms);

#endif
