/*
 * A gzip as its packers write it (RFC 1952): one member, a name or none in its header, and the
 * checksum and the size of the content behind it, at the very end. Whether stream and content are
 * as these say shows when it is unpacked; qmvc-open does that itself for one that is not large, and
 * leaves it to libarchive when they are not.
 */
#ifndef QMVC_OPEN_GZIP_LAYOUT_H
#define QMVC_OPEN_GZIP_LAYOUT_H

#include "base/slice.h"

/* Bytes of content: unpacked into memory before anything is said of it. */
#define GZIP_CONTENT_MAX 4194304u

struct gzip {
	struct slice name;  /* as it stands there, without NUL; empty: none */
	struct slice data;  /* deflated */
	uint32_t crc, size; /* of the content: 1 to GZIP_CONTENT_MAX bytes */
};

/* Borrows the bytes. Returns false when they are something else, or not written like that. */
bool gzip_read(struct slice bytes, struct gzip *gzip);

#endif
