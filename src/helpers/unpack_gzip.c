/*
 * A regular gzip (open/gzip_layout.h) by zlib; see unpack.h. It is unpacked as a whole before a byte
 * of it goes out: only then is it known that it is one stream, that nothing stands behind it, and
 * that content, checksum and size agree. Readers do different things with all others, libarchive
 * among them, which has its findings; so those are left to it.
 */
#include "base/cleanup.h"
#include "helpers/unpack.h"
#include "open/gzip_layout.h"

#include <stdlib.h>
#include <zlib.h>

static bool inflate_all(const struct gzip *gzip, unsigned char *content)
{
	z_stream stream = {
		.next_in = (unsigned char *)(uintptr_t)gzip->data.data, /* zlib only reads */
		.avail_in = (unsigned)gzip->data.len,
		.next_out = content,
		.avail_out = gzip->size,
	};
	int result;

	/* Negative: a bare stream, without zlib's header (zlib.h). */
	if (gzip->data.len > UINT32_MAX || inflateInit2(&stream, -MAX_WBITS) != Z_OK)
		return false;
	result = inflate(&stream, Z_FINISH);
	inflateEnd(&stream);
	return result == Z_STREAM_END && stream.avail_in == 0 && stream.avail_out == 0 &&
	       crc32(crc32(0, NULL, 0), content, gzip->size) == gzip->crc;
}

bool gzip_unpack(struct slice bytes, struct unpack_sink *sink)
{
	cleanup_free unsigned char *content = NULL;
	struct gzip gzip;

	if (!gzip_read(bytes, &gzip))
		return false;
	content = malloc(gzip.size);
	if (!content || !inflate_all(&gzip, content))
		return false;
	/* libarchive calls one without a name "data", and so that name means none. */
	if (slice_eq_cstr(gzip.name, "data"))
		gzip.name = SLICE_EMPTY;
	if (sink_member(sink, OPEN_MEMBER_CONTENT) && sink_name(sink, gzip.name))
		sink_data(sink, slice_make(content, gzip.size));
	return true;
}
