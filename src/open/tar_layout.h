/*
 * A tar as its packers write it (POSIX.1-2001 pax, ustar; GNU tar's own; that of the seventh Unix): a
 * header with its checksum, the data and their padding, the next header, and zeros at the end; a long
 * name stands before its header, as pax or GNU tar note it down. Every byte by which a reader goes is
 * what all of them take it for, so that whoever reads it sees the same. qmvc-open reads such a tar
 * itself, without libarchive. Everything else, holes, other numbers, a byte too many, is called
 * irregular and left to libarchive.
 */
#ifndef QMVC_OPEN_TAR_LAYOUT_H
#define QMVC_OPEN_TAR_LAYOUT_H

#include "base/slice.h"

struct tar {
	struct slice bytes;
	size_t at; /* of the next header */
};

struct tar_member {
	/* Its name, as it stands there: the prefix, if any, a slash, and what is in name. */
	struct slice prefix, name;
	struct slice data; /* empty for links, directories and devices */
};

enum tar_step {
	TAR_END = 0,
	TAR_MEMBER = 1,
	TAR_IRREGULAR = 2,
};

/* Borrows the bytes. */
void tar_begin(struct tar *tar, struct slice bytes);

/* The next member; the tar is known to be regular only when TAR_END was reached. */
enum tar_step tar_next(struct tar *tar, struct tar_member *member);

/* Goes through all of its headers; one that has no member is irregular. */
bool tar_is_regular(struct slice bytes);

#endif
