/* A piece of an object, read by libarchive as if it were a file. */
#ifndef QMVC_HELPERS_UNPACK_SOURCE_H
#define QMVC_HELPERS_UNPACK_SOURCE_H

#include "helpers/unpack.h"

#include <archive.h>

#define SOURCE_ROOM ((size_t)65536)

struct source {
	struct unpack_piece piece;
	uint64_t at;
	unsigned char room[SOURCE_ROOM];
};

/* The callbacks of archive_read_open1(3); `context` is the source. */
la_ssize_t source_read(struct archive *archive, void *context, const void **bytes);
la_int64_t source_skip(struct archive *archive, void *context, la_int64_t request);
la_int64_t source_seek(struct archive *archive, void *context, la_int64_t offset, int whence);

#endif
