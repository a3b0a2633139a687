/*
 * A zip as every packer writes it (APPNOTE.TXT): one member behind the other from the first byte on,
 * the directory behind them in the same order, and every byte of the file accounted for. Headers and
 * directory say the same of each member, so that whoever reads it, by either of them, sees the same.
 * Office documents and what mail programs attach are such, and qmvc-open reads them itself, without
 * libarchive. Everything else, a comment or an unknown extra field included, is called irregular and
 * left to libarchive.
 */
#ifndef QMVC_OPEN_ZIP_LAYOUT_H
#define QMVC_OPEN_ZIP_LAYOUT_H

#include "base/slice.h"

#include <stdint.h>

struct zip {
	struct slice bytes;
	size_t member;	  /* where the next local header has to be */
	size_t directory; /* where the next entry of the directory is */
	size_t end;	  /* of the directory */
	unsigned left;
};

struct zip_member {
	struct slice name; /* as it stands there, not empty, without NUL */
	struct slice data; /* packed */
	bool deflated;	   /* else stored */
	uint32_t crc, size;
};

enum zip_step {
	ZIP_END = 0,
	ZIP_MEMBER = 1,
	ZIP_IRREGULAR = 2,
};

/* Borrows the bytes. Returns false when they are no regular zip for sure. */
bool zip_begin(struct zip *zip, struct slice bytes);

/* The next member; it is known to be regular only when ZIP_END was reached. */
enum zip_step zip_next(struct zip *zip, struct zip_member *member);

/* Goes through all of the directory. */
bool zip_is_regular(struct slice bytes);

#endif
