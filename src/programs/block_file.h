/*
 * badmailfrom as a file: one writer at a time, and whole at any time.
 */
#ifndef QMVC_PROGRAMS_BLOCK_FILE_H
#define QMVC_PROGRAMS_BLOCK_FILE_H

#include "base/arena.h"
#include "base/error.h"
#include <sys/stat.h>

/* As it was read. */
struct block_file {
	bool present;
	struct slice text;
	struct stat status;
};

/*
 * Waits for the lock that every blockvirussender takes. Returns the descriptor that holds it, or a
 * negative errno with *error set; -EBUSY when another one has held it for a minute.
 */
int block_file_lock(int dir, const char *control, struct error *error);

/*
 * Reads badmailfrom; a missing one is empty. Returns 0, 1 when somebody takes it away just now, or
 * a negative errno with *error set.
 */
int block_file_read(int dir, const char *control, struct arena *arena, struct block_file *file,
	struct error *error);

/*
 * Writes `text` in its place: whole, with its owner and mode, on disk before this returns. Returns
 * 0, 1 when somebody else changed it since it was read (nothing is written then), or a negative
 * errno with *error set.
 */
int block_file_replace(int dir, const char *control, const struct block_file *file,
	struct slice text, struct error *error);

#endif
