/* The two clocks: monotonic microseconds for latencies, wall time for the log. */
#ifndef QMVC_BASE_CLOCK_H
#define QMVC_BASE_CLOCK_H

#include <stdint.h>

/* Microseconds of CLOCK_MONOTONIC. */
uint64_t clock_us(void);
/* Milliseconds since the epoch, CLOCK_REALTIME. */
int64_t clock_wall_ms(void);

/* Room for clock_format_utc(), NUL included. */
#define CLOCK_UTC_SIZE 25
/* Writes "2026-11-22T14:05:42.123Z" (UTC, ISO 8601) for `wall_ms` into `text`. */
void clock_format_utc(int64_t wall_ms, char text[CLOCK_UTC_SIZE]);

#endif
