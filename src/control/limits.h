/*
 * The bounds of unpacking, one struct. Reaching one never fails a mail: it sets a flag on the part
 * or object and becomes the finding `overlimit`. File format: qmvc-control(5), file `limits`.
 */
#ifndef QMVC_CONTROL_LIMITS_H
#define QMVC_CONTROL_LIMITS_H

#include "base/error.h"
#include "base/slice.h"

struct limits {
	uint64_t depth;	  /* nesting of multiparts, attached mails and archives */
	uint64_t members; /* members of all archives of a mail */
	uint64_t bytes;	  /* decoded and unpacked bytes of a mail */
	uint64_t ratio;	  /* unpacked bytes for one packed byte */
	uint64_t seconds; /* time for unpacking */
	uint64_t parts;	  /* MIME parts of a mail */
	uint64_t header;  /* bytes of one header (of the mail or of a part) */
	uint64_t memory;  /* bytes of address space of the unpacking helper */
};

/* The compiled-in values: depth=16 members=10000 bytes=500M ratio=250 seconds=60 parts=1000
 * header=1M memory=512M. */
struct limits limits_default(void);

/* Reads `text` (file `path`, for messages) over *limits. Returns 0 or -EINVAL with *error set. */
int limits_parse(struct slice text, const char *path, struct limits *limits, struct error *error);

#endif
