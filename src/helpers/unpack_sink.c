/* Members on their way to qmvc; see unpack.h. What does not fit into the bounds is not sent. */
#include "helpers/unpack.h"

/* Gathered before they are sent: small members cost no system call each. */
#define GATHERED ((size_t)65536)

static bool flush(struct unpack_sink *sink, size_t most)
{
	if (!sink->failed && sink->lines.len > most) {
		sink->failed = channel_send(sink->channel, &sink->lines);
		buf_clear(&sink->lines);
	}
	return !sink->failed;
}

bool sink_member(struct unpack_sink *sink, enum open_member kind)
{
	if (sink->full || sink->members == 0) {
		sink->flags |= OPEN_FLAG_OVERLIMIT;
		sink->full = true;
		return false;
	}
	sink->members--;
	open_record_write(&sink->lines, OPEN_MEMBER, kind, SLICE_EMPTY);
	return flush(sink, GATHERED);
}

bool sink_name(struct unpack_sink *sink, struct slice name)
{
	/* Its end, where the extension stands. */
	if (name.len > OPEN_NAME_MAX)
		name = slice_from(name, name.len - OPEN_NAME_MAX);
	if (name.len > 0) {
		open_record_write(&sink->lines, OPEN_NAME, name.len, SLICE_EMPTY);
		buf_add(&sink->lines, name);
	}
	return flush(sink, GATHERED);
}

bool sink_data(struct unpack_sink *sink, struct slice data)
{
	const bool over = data.len > sink->bytes;

	if (over)
		data = slice_first(data, (size_t)sink->bytes);
	sink->bytes -= data.len;
	while (data.len > 0) {
		struct slice piece = slice_first(data, OPEN_DATA_MAX);

		open_record_write(&sink->lines, OPEN_DATA, piece.len, SLICE_EMPTY);
		buf_add(&sink->lines, piece);
		if (!flush(sink, GATHERED))
			return false;
		data = slice_from(data, piece.len);
	}
	if (over) {
		sink->flags |= OPEN_FLAG_OVERLIMIT;
		sink->full = true;
	}
	return !over;
}
