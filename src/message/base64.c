/*
 * base64 (RFC 2045 section 6.8). Bytes outside the alphabet are passed over, as the RFC asks; the
 * first padding that completes a group ends the data, as it does for most mail programs: what
 * mailing lists write behind it is no part of the file. Both are flagged, blanks excepted.
 */
#include "message/transfer_sink.h"

#include <endian.h>

#define J BASE64_JUNK
#define B BASE64_BLANK
#define P BASE64_PAD
const unsigned char base64_table[256] = {
	J, J, J, J, J, J, J, J, J, B, B, B, B, B, J, J,			/* 00 */
	J, J, J, J, J, J, J, J, J, J, J, J, J, J, J, J,			/* 10 */
	B, J, J, J, J, J, J, J, J, J, J, 62, J, J, J, 63,		/* 20 */
	52, 53, 54, 55, 56, 57, 58, 59, 60, 61, J, J, J, P, J, J,	/* 30 */
	J, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,		/* 40 */
	15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, J, J, J, J, J,	/* 50 */
	J, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,	/* 60 */
	41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, J, J, J, J, J,	/* 70 */
	J, J, J, J, J, J, J, J, J, J, J, J, J, J, J, J,			/* 80 */
	J, J, J, J, J, J, J, J, J, J, J, J, J, J, J, J,			/* 90 */
	J, J, J, J, J, J, J, J, J, J, J, J, J, J, J, J,			/* a0 */
	J, J, J, J, J, J, J, J, J, J, J, J, J, J, J, J,			/* b0 */
	J, J, J, J, J, J, J, J, J, J, J, J, J, J, J, J,			/* c0 */
	J, J, J, J, J, J, J, J, J, J, J, J, J, J, J, J,			/* d0 */
	J, J, J, J, J, J, J, J, J, J, J, J, J, J, J, J,			/* e0 */
	J, J, J, J, J, J, J, J, J, J, J, J, J, J, J, J,			/* f0 */
};
#undef J
#undef B
#undef P

/*
 * What a character means at each of the four places of a group: its six bits where they stand in the
 * group's 24, which are the upper ones here; for any other byte, something in the lowest eight. Made
 * for each part, which costs about as much as decoding a kilobyte.
 */
struct places {
	uint32_t at[4][256];
};
#define NO_VALUE 0xffu

static void places_make(struct places *places)
{
	memset(places, 0xff, sizeof(*places));
	for (unsigned c = '+'; c <= 'z'; c++) {
		uint32_t value = base64_table[c];

		if (value >= BASE64_PAD)
			continue;
		for (unsigned i = 0; i < 4; i++)
			places->at[i][c] = value << (26 - 6 * i);
	}
}

/* Decodes whole groups of four from *from on; stops at the first group that is not clean. */
static void decode_groups(
	struct sink *sink, const struct places *places, struct slice encoded, size_t *from)
{
	const unsigned char *in = encoded.data + *from;
	unsigned char *start = sink_reserve(sink, 3), *out = start;
	size_t left = (encoded.len - *from) / 4, room = (SINK_SIZE - sink->len) / 3;

	for (const unsigned char *end = in + 4 * (left < room ? left : room); in < end; in += 4) {
		uint32_t bits = places->at[0][in[0]] | places->at[1][in[1]] | places->at[2][in[2]] |
				places->at[3][in[3]];

		if (bits & NO_VALUE)
			break;
		bits = htobe32(bits);
		memcpy(out, &bits, sizeof(bits));
		out += 3;
	}
	sink->len += (size_t)(out - start);
	*from = (size_t)(in - encoded.data);
}

static void put_group(struct sink *sink, uint32_t bits, unsigned count)
{
	bits <<= 6 * (4 - count);
	for (unsigned i = 0; i + 1 < count; i++)
		sink_byte(sink, (unsigned char)(bits >> (16 - 8 * i)));
}

/* Is there anything but blanks and padding? */
static bool anything_left(struct slice rest)
{
	for (size_t i = 0; i < rest.len; i++)
		if (base64_table[rest.data[i]] != BASE64_BLANK && rest.data[i] != '=')
			return true;
	return false;
}

void base64_decode(struct sink *sink, struct slice encoded)
{
	struct places places;
	uint32_t bits = 0;
	unsigned count = 0; /* characters of the group begun */
	size_t i = 0;

	places_make(&places);
	while (i < encoded.len && !sink->error) {
		unsigned char value;

		if (count == 0) {
			decode_groups(sink, &places, encoded, &i);
			if (i == encoded.len)
				break;
		}
		value = base64_table[encoded.data[i++]];
		if (value < BASE64_PAD) {
			bits = bits << 6 | value;
			if (++count == 4) {
				put_group(sink, bits, 4);
				bits = count = 0;
			}
		} else if (value == BASE64_PAD && count >= 2) {
			put_group(sink, bits, count);
			if (anything_left(slice_from(encoded, i)))
				sink->result->flags |= PART_BAD_ENCODING;
			return;
		} else if (value != BASE64_BLANK) {
			sink->result->flags |= PART_BAD_ENCODING;
		}
	}
	if (count > 0)
		sink->result->flags |= PART_TRUNCATED;
	put_group(sink, bits, count);
}
