/*
 * yEnc, as its draft 1.3 describes it: every byte plus 42, the critical ones escaped by "=" and 64
 * more, line ends without meaning. One part of a multi-part posting is decoded as it is. Size and
 * check sum of the trailer are not compared: a wrong one must not hide the bytes.
 */
#include "message/transfer_sink.h"

static struct slice find_name(struct slice line)
{
	struct slice key = SLICE_LITERAL("name=");
	size_t at = slice_find(line, key, 0);

	return slice_trim(slice_from(line, at + key.len)); /* by definition the line's last value */
}

static void decode_line(struct sink *sink, struct slice line)
{
	for (size_t i = 0; i < line.len; i++) {
		unsigned char c = line.data[i];

		if (c == '\r')
			continue;
		if (c == '=') {
			if (++i == line.len) {
				sink->result->flags |= PART_BAD_ENCODING;
				return;
			}
			c = (unsigned char)(line.data[i] - 64);
		}
		sink_byte(sink, (unsigned char)(c - 42));
	}
}

void yenc_decode(struct sink *sink, struct slice encoded)
{
	struct slice rest = encoded, line;
	bool begun = false;

	while (!begun && slice_next_line(&rest, &line))
		if (slice_starts(line, "=ybegin ")) {
			sink->result->name = find_name(line);
			begun = true;
		}
	if (!begun) {
		rest = encoded;
		sink->result->flags |= PART_BAD_ENCODING;
	}
	while (slice_next_line(&rest, &line) && !sink->error) {
		if (slice_starts(line, "=yend"))
			return;
		if (!slice_starts(line, "=ypart ") && !slice_starts(line, "=ybegin "))
			decode_line(sink, line);
	}
	sink->result->flags |= PART_TRUNCATED;
}
