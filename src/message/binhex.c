/*
 * BinHex 4.0 (RFC 1741 and its appendix A): a line that announces it, then between two colons six
 * bits a character; within those bytes runs are shortened ("x 0x90 n" is x n times); within those a
 * header (name, type, creator, lengths), the data fork and the resource fork, each with a check
 * sum. The data fork is the file as everybody but an old Macintosh knows it. Where it is empty the
 * resource fork is given instead.
 */
#include "message/transfer_sink.h"

#define RUN_MARK     0x90
#define LONGEST_NAME 63
/* Length and name, version, type, creator, flags, two lengths, check sum. */
#define HEADER_SIZE(name) ((size_t)1 + (name) + 1 + 4 + 4 + 2 + 4 + 4 + 2)

struct binhex {
	struct sink *sink;
	unsigned char header[HEADER_SIZE(LONGEST_NAME)];
	size_t header_len;
	uint64_t skip;	   /* bytes to pass over: an empty data fork's check sum */
	uint64_t left;	   /* bytes of the fork still to come */
	bool have_header;
	bool run;	   /* the mark was read, its count comes next */
	unsigned char last; /* the byte that a run repeats */
};

static const char alphabet[] = "!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr";

static void fill_table(unsigned char table[256])
{
	memset(table, 255, 256);
	for (unsigned char i = 0; i < 64; i++)
		table[(unsigned char)alphabet[i]] = i;
}

static uint32_t big_endian(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
	       bytes[3];
}

/* CRC-CCITT of the header, which is followed by it: over both it comes out as 0. */
static unsigned crc16(struct slice bytes)
{
	unsigned crc = 0;

	for (size_t i = 0; i < bytes.len; i++)
		for (unsigned bit = 0x80; bit; bit >>= 1) {
			bool high = crc & 0x8000;

			crc = (crc << 1 & 0xffff) | ((bytes.data[i] & bit) != 0);
			if (high)
				crc ^= 0x1021;
		}
	return crc;
}

static void header_done(struct binhex *state)
{
	struct transfer_result *result = state->sink->result;
	const unsigned char *lengths = state->header + 1 + state->header[0] + 1 + 10;
	uint32_t data = big_endian(lengths), resource = big_endian(lengths + 4);

	memcpy(result->room, state->header + 1, state->header[0]);
	result->name = slice_make(result->room, state->header[0]);
	if (crc16(slice_make(state->header, state->header_len)) != 0)
		result->flags |= PART_BAD_ENCODING;
	state->have_header = true;
	state->left = data ? data : resource;
	state->skip = data ? 0 : 2;
}

static void put(struct binhex *state, unsigned char byte)
{
	if (!state->have_header) {
		size_t name = state->header_len > 0 ? state->header[0] : byte;

		if (name > LONGEST_NAME) {
			state->sink->result->flags |= PART_BAD_ENCODING;
			state->header[0] = LONGEST_NAME;
			name = byte = LONGEST_NAME;
		}
		state->header[state->header_len++] = byte;
		if (state->header_len == HEADER_SIZE(name))
			header_done(state);
	} else if (state->skip > 0) {
		state->skip--;
	} else if (state->left > 0) {
		state->left--;
		sink_byte(state->sink, byte);
	}
}

static void put_packed(struct binhex *state, unsigned char byte)
{
	if (!state->run) {
		if (byte == RUN_MARK) {
			state->run = true;
			return;
		}
		state->last = byte;
		put(state, byte);
		return;
	}
	state->run = false;
	if (byte == 0) { /* the mark itself */
		state->last = RUN_MARK;
		put(state, RUN_MARK);
		return;
	}
	for (unsigned i = 1; i < byte; i++)
		put(state, state->last);
}

/* Index behind the colon that opens the data, or encoded.len. */
static size_t find_start(struct slice encoded)
{
	struct slice mark = SLICE_LITERAL("(This file must be converted with BinHex");
	size_t from = slice_find_nocase(encoded, mark, 0);

	if (from == encoded.len)
		from = 0;
	for (; from < encoded.len; from++)
		if (encoded.data[from] == ':' &&
			(from == 0 || encoded.data[from - 1] == '\n' ||
				encoded.data[from - 1] == '\r'))
			return from + 1;
	return encoded.len;
}

void binhex_decode(struct sink *sink, struct slice encoded)
{
	struct binhex state = {.sink = sink};
	unsigned char table[256];
	uint32_t bits = 0;
	unsigned count = 0;

	fill_table(table);
	for (size_t i = find_start(encoded); i < encoded.len && !sink->error; i++) {
		unsigned char c = encoded.data[i], value = table[c];

		if (c == ':')
			break;
		if (value > 63) {
			if (!ascii_space(c))
				sink->result->flags |= PART_BAD_ENCODING;
			continue;
		}
		bits = bits << 6 | value;
		count += 6;
		if (count >= 8) {
			count -= 8;
			put_packed(&state, (unsigned char)(bits >> count));
		}
		if (state.have_header && state.left == 0)
			break;
	}
	if (!state.have_header || state.left > 0)
		sink->result->flags |= PART_TRUNCATED;
}
