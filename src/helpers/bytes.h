/*
 * Numbers out of hostile bytes. What lies beyond the end reads as zero, as it does in the memory a
 * loader maps a file into: so a header that points out of the file is data like any other, and no
 * reader needs a branch for it.
 */
#ifndef QMVC_HELPERS_BYTES_H
#define QMVC_HELPERS_BYTES_H

#include "base/slice.h"

/* From `offset` on; beyond the end it is empty. The offset may be any 64-bit number. */
static inline struct slice bytes_at(struct slice bytes, uint64_t offset)
{
	return slice_from(bytes, offset < bytes.len ? (size_t)offset : bytes.len);
}

/* `size` bytes (at most 8) at `offset` as a number, most significant first when `big`. */
static inline uint64_t bytes_number(struct slice bytes, uint64_t offset, unsigned size, bool big)
{
	struct slice at = bytes_at(bytes, offset);
	uint64_t value = 0;

	for (unsigned i = 0; i < size; i++) {
		unsigned from = big ? i : size - 1 - i;

		value = value << 8 | (from < at.len ? at.data[from] : 0);
	}
	return value;
}

static inline uint16_t bytes_le16(struct slice bytes, uint64_t offset)
{
	return (uint16_t)bytes_number(bytes, offset, 2, false);
}

static inline uint32_t bytes_le32(struct slice bytes, uint64_t offset)
{
	return (uint32_t)bytes_number(bytes, offset, 4, false);
}

#endif
