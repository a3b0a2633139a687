/* Private to tar_layout.c: the records of a pax header (POSIX.1-2001, pax, "pax Extended Header"). */
#ifndef QMVC_OPEN_TAR_PAX_H
#define QMVC_OPEN_TAR_PAX_H

#include "base/slice.h"

struct pax {
	struct slice path; /* ASCII that can be seen; empty when nothing is said of it */
	bool has_size;
	uint64_t size;
};

/*
 * What the records of one member say. Returns false when one is malformed, is there twice, or may
 * change what a reader sees in another way than by path and size.
 */
bool pax_read(struct slice records, struct pax *pax);

/* Are they comments alone, as git-archive(1) puts one before everything? */
bool pax_is_comment(struct slice records);

#endif
