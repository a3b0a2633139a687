/*
 * The bytes of one log file, whether it is plain, gzip (RFC 1952) or Zstandard (RFC 8878): known by
 * its first bytes, not by its name. The only user of zlib and libzstd among the reports.
 */
#ifndef QMVC_REPORT_LOG_SOURCE_H
#define QMVC_REPORT_LOG_SOURCE_H

#include "base/slice.h"

#include <errno.h>
#include <sys/types.h>

struct log_source;

/* What a read returns besides the number of bytes and a negative errno. */
#define LOG_SOURCE_DAMAGED (-EBADMSG)

/*
 * Reads from `fd`, whose offset is 0 and which it owns from now on, also when it fails. Returns 0,
 * -ENOMEM or what read(2) says.
 */
int log_source_new(int fd, struct log_source **source);
/* Closes the descriptor; NULL is legal. */
void log_source_free(struct log_source *source);

/*
 * Fills `room` as far as there is something. Returns the number of bytes; 0 at the end, and again
 * more when a plain file has grown since; LOG_SOURCE_DAMAGED when compressed data are cut or wrong
 * (what could be read before has been given); another negative errno.
 */
ssize_t log_source_read(struct log_source *source, void *room, size_t size);

bool log_source_is_plain(const struct log_source *source);

#endif
