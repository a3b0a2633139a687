/*
 * quoted-printable (RFC 2045 section 6.7), line by line. A "=" at the end of a line joins it with
 * the next one, also when blanks or stray CRs follow it; "=" and two hexadecimal digits of either
 * case are a byte; any other "=" stands for itself and is flagged.
 */
#include "message/transfer_sink.h"

/* A line without its line end and without the "=" of a soft break. */
static void decode_line(struct sink *sink, struct slice line)
{
	size_t i = 0;

	while (i < line.len) {
		size_t equals = slice_find_byte(line, '=', i);
		int high, low;

		sink_add(sink, slice_first(slice_from(line, i), equals - i));
		if (equals == line.len)
			return;
		high = line.len - equals > 2 ? ascii_hex(line.data[equals + 1]) : -1;
		low = high >= 0 ? ascii_hex(line.data[equals + 2]) : -1;
		if (low >= 0) {
			sink_byte(sink, (unsigned char)(high << 4 | low));
			i = equals + 3;
		} else {
			sink_byte(sink, '=');
			sink->result->flags |= PART_BAD_ENCODING;
			i = equals + 1;
		}
	}
}

void quoted_printable_decode(struct sink *sink, struct slice encoded)
{
	while (encoded.len > 0 && !sink->error) {
		size_t newline = slice_find_byte(encoded, '\n', 0);
		struct slice line = slice_first(encoded, newline), text = line;
		bool ended = newline < encoded.len, crlf;

		encoded = slice_from(encoded, newline + 1);
		crlf = line.len > 0 && line.data[line.len - 1] == '\r';
		while (text.len > 0 && (ascii_blank(text.data[text.len - 1]) ||
					       text.data[text.len - 1] == '\r'))
			text.len--;
		if (text.len > 0 && text.data[text.len - 1] == '=') {
			text.len--;
			decode_line(sink, text);
			if (!ended)
				sink->result->flags |= PART_TRUNCATED;
			continue;
		}
		decode_line(sink, slice_first(line, line.len - (crlf && ended)));
		if (ended)
			sink_add(sink, crlf ? slice_make("\r\n", 2) : slice_make("\n", 1));
	}
}
