/*
 * Private to the transfer decoders: a small buffer before the content_writer, so that a decoder can
 * hand over single bytes at no cost. The first error stays and drops what follows; a decoder looks
 * at it now and then, so that it stops soon after the limit is reached.
 */
#ifndef QMVC_MESSAGE_TRANSFER_SINK_H
#define QMVC_MESSAGE_TRANSFER_SINK_H

#include "message/transfer.h"

#define SINK_SIZE ((size_t)16384)

struct sink {
	struct content_writer *writer;
	struct transfer_result *result;
	int error;
	size_t len;
	unsigned char room[SINK_SIZE + 1]; /* who adds three bytes may write four */
};

static inline void sink_flush(struct sink *sink)
{
	if (!sink->error && sink->len > 0)
		sink->error = content_writer_add(sink->writer, slice_make(sink->room, sink->len));
	sink->len = 0;
}

/* Room for at least `count` bytes at sink->room + sink->len; count <= SINK_SIZE. */
static inline unsigned char *sink_reserve(struct sink *sink, size_t count)
{
	if (SINK_SIZE - sink->len < count)
		sink_flush(sink);
	return sink->room + sink->len;
}

static inline void sink_byte(struct sink *sink, unsigned char byte)
{
	*sink_reserve(sink, 1) = byte;
	sink->len++;
}

static inline void sink_add(struct sink *sink, struct slice bytes)
{
	if (bytes.len > SINK_SIZE - sink->len) {
		sink_flush(sink);
		if (bytes.len >= SINK_SIZE) {
			if (!sink->error)
				sink->error = content_writer_add(sink->writer, bytes);
			return;
		}
	}
	if (bytes.len > 0)
		memcpy(sink->room + sink->len, bytes.data, bytes.len);
	sink->len += bytes.len;
}

void base64_decode(struct sink *sink, struct slice encoded);
void quoted_printable_decode(struct sink *sink, struct slice encoded);
void uuencode_decode(struct sink *sink, struct slice encoded);
void yenc_decode(struct sink *sink, struct slice encoded);
void binhex_decode(struct sink *sink, struct slice encoded);

#endif
