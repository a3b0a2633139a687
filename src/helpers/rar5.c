/*
 * The headers of a RAR of version 5 (its "technote"), for the one thing that libarchive 3.6 does not
 * tell: whether a member is closed with a password. It takes the cipher for data, and calls that
 * damaged.
 */
#include "helpers/bytes.h"
#include "helpers/unpack.h"

#define SIGNATURE_SIZE 8u
#define CRC_SIZE       4u

enum block_type {
	BLOCK_FILE = 2,
	BLOCK_SERVICE = 3,
	BLOCK_ENCRYPTION = 4, /* all headers behind it are closed */
	BLOCK_END = 5,
};

#define FLAG_EXTRA	1u
#define FLAG_DATA	2u
#define EXTRA_ENCRYPTED 1u

/* Seven bits a byte, the lowest first, and a bit that says that more follow. */
static uint64_t take_number(struct slice *at)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 63 && at->data && at->len > 0; shift += 7) {
		const unsigned char byte = at->data[0];

		*at = slice_from(*at, 1);
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			break;
	}
	return value;
}

/* The records at the end of a member's header: size, type, data. */
static bool extra_says_so(struct slice extra)
{
	while (extra.len > 0) {
		const uint64_t size = take_number(&extra);
		struct slice record = slice_first(extra, size < extra.len ? (size_t)size : extra.len);

		if (record.len > 0 && take_number(&record) == EXTRA_ENCRYPTED)
			return true;
		extra = bytes_at(extra, size > 0 ? size : 1);
	}
	return false;
}

bool rar5_is_encrypted(struct slice bytes)
{
	struct slice rest = bytes_at(bytes, SIGNATURE_SIZE);

	while (rest.len > CRC_SIZE) {
		struct slice header = slice_from(rest, CRC_SIZE), start = header;
		const uint64_t size = take_number(&header);
		const uint64_t before = CRC_SIZE + (uint64_t)(header.data - start.data);
		uint64_t type, flags, extra, data;

		header = slice_first(header, size < header.len ? (size_t)size : header.len);
		type = take_number(&header);
		flags = take_number(&header);
		extra = flags & FLAG_EXTRA ? take_number(&header) : 0;
		data = flags & FLAG_DATA ? take_number(&header) : 0;
		if (type == BLOCK_ENCRYPTION)
			return true;
		if ((type == BLOCK_FILE || type == BLOCK_SERVICE) && extra <= header.len &&
			extra_says_so(slice_from(header, header.len - (size_t)extra)))
			return true;
		if (type == BLOCK_END || size == 0 || size > rest.len || data > rest.len)
			return false;
		rest = bytes_at(rest, before + size + data);
	}
	return false;
}
