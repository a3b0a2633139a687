/*
 * The most frequent of many names, in bounded memory: Space-Saving (Metwally, Agrawal, El Abbadi:
 * "Efficient computation of frequent and top-k elements in data streams", 2005).
 *
 * As long as there are no more than TOP_NAMES different names every count is exact. Beyond, a new
 * name takes the place of the least frequent and inherits its count, which is told as the possible
 * error: a true count lies between count - error and count, and every name that occurs more often
 * than total / TOP_NAMES is among them. So a flood of made-up senders neither costs memory nor
 * hides who really sends much.
 */
#ifndef QMVC_REPORT_TOP_H
#define QMVC_REPORT_TOP_H

#include "base/slice.h"

#define TOP_NAMES     1024
#define TOP_NAME_SIZE 328 /* longer names are cut; qmvc.log has shorter ones only */

struct top_name {
	uint64_t count, error, hash;
	unsigned place; /* in the heap */
	unsigned next;	/* of the same bucket: index + 1, or 0 */
	unsigned len;
	unsigned char text[TOP_NAME_SIZE];
};

/* A zeroed one is empty. */
struct top {
	uint64_t total;
	unsigned used;
	bool replaced;			 /* a name had to go */
	unsigned heap[TOP_NAMES];	 /* the least frequent first */
	unsigned buckets[TOP_NAMES * 2]; /* index + 1, or 0 */
	struct top_name names[TOP_NAMES];
};

void top_add(struct top *top, struct slice name);

/*
 * The `limit` most frequent into `best`, the most frequent first, equal ones by their bytes. Returns
 * how many there are.
 */
unsigned top_best(const struct top *top, const struct top_name **best, unsigned limit);

/* Are all counts exact? */
bool top_is_exact(const struct top *top);

static inline struct slice top_text(const struct top_name *name)
{
	return slice_make(name->text, name->len);
}

#endif
