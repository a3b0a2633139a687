/*
 * A regular zip (open/zip_layout.h) by zlib; see unpack.h. Of what mails bring, most archives and all
 * documents are such, and zlib is there already, for libmagic, while libarchive brings libxml2 and
 * ICU along, which cost more to load than the mail costs otherwise. Where data are not what headers
 * and directory promised, what came out is sent and the archive called damaged, as with libarchive.
 */
#include "helpers/unpack.h"

#include "open/zip_layout.h"

#include <zlib.h>

#define PIECE_SIZE ((size_t)65536)

/* What a member came to, to be compared with what was promised. */
struct outcome {
	uint32_t crc;
	uint64_t size;
	bool whole; /* the stream ended where its data end */
};

static bool send_piece(struct unpack_sink *sink, struct slice piece, struct outcome *outcome)
{
	outcome->crc = (uint32_t)crc32(outcome->crc, piece.data, (unsigned)piece.len);
	outcome->size += piece.len;
	return sink_data(sink, piece);
}

static bool send_stored(struct unpack_sink *sink, struct slice data, struct outcome *outcome)
{
	while (data.len > 0) {
		struct slice piece = slice_first(data, PIECE_SIZE);

		if (!send_piece(sink, piece, outcome))
			return false;
		data = slice_from(data, piece.len);
	}
	outcome->whole = true;
	return true;
}

static bool send_deflated(
	struct unpack_sink *sink, z_stream *stream, struct slice data, struct outcome *outcome)
{
	unsigned char room[PIECE_SIZE];
	int result = inflateReset(stream);

	stream->next_in = (unsigned char *)(uintptr_t)data.data; /* zlib only reads */
	stream->avail_in = (unsigned)data.len;
	while (result == Z_OK) {
		stream->next_out = room;
		stream->avail_out = sizeof(room);
		result = inflate(stream, Z_NO_FLUSH);
		/* Z_BUF_ERROR: nothing is left to go on with. */
		if (!send_piece(sink, slice_make(room, sizeof(room) - stream->avail_out), outcome))
			return false;
	}
	if (result == Z_MEM_ERROR)
		sink->flags |= OPEN_FLAG_OVERLIMIT;
	outcome->whole = result == Z_STREAM_END && stream->avail_in == 0;
	return true;
}

static bool send_member(struct unpack_sink *sink, z_stream *stream, const struct zip_member *member)
{
	struct outcome outcome = {.crc = (uint32_t)crc32(0, NULL, 0)};
	bool going;

	if (!sink_member(sink, OPEN_MEMBER_NAMED) || !sink_name(sink, member->name))
		return false;
	going = member->deflated ? send_deflated(sink, stream, member->data, &outcome)
				 : send_stored(sink, member->data, &outcome);
	if (going && (!outcome.whole || outcome.size != member->size || outcome.crc != member->crc))
		sink->flags |= OPEN_FLAG_DAMAGED;
	return going;
}

void zip_unpack(struct slice bytes, struct unpack_sink *sink)
{
	z_stream stream = {0};
	struct zip_member member;
	struct zip zip;

	/* Negative: a bare stream, without zlib's header (zlib.h). */
	if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) {
		sink->flags |= OPEN_FLAG_OVERLIMIT;
		return;
	}
	if (zip_begin(&zip, bytes))
		while (zip_next(&zip, &member) == ZIP_MEMBER)
			if (!send_member(sink, &stream, &member))
				break;
	inflateEnd(&stream);
}
