/* The id of a delivery: what the log, the saved mail and the administrator call it by. */
#ifndef QMVC_PIPELINE_ID_H
#define QMVC_PIPELINE_ID_H

#include <stdint.h>

/* Twenty characters and a NUL. */
#define ID_SIZE 21

/*
 * Writes a new id: base 32 (0-9, a-v) of the time in milliseconds (nine digits, so ids sort by
 * time until the year 3084) and of 55 random bits, which keep ids of many processes apart. Safe as
 * a file name. Returns 0 or a negative errno.
 */
int id_make(int64_t wall_ms, char id[ID_SIZE]);

#endif
