/*
 * Transfer encodings undone (RFC 2045 section 6; uuencode(5) of POSIX; the yEnc draft 1.3; BinHex
 * 4.0, RFC 1741). The encoded bytes are always at hand as one slice of a mapping; what comes out is
 * streamed into a content_writer. Every decoder is lenient, goes once over its input, and says by
 * flags what it had to pass over: nothing in the input is an error.
 */
#ifndef QMVC_MESSAGE_TRANSFER_H
#define QMVC_MESSAGE_TRANSFER_H

#include "message/part.h"

struct transfer_result {
	unsigned flags;		/* PART_BAD_ENCODING, PART_TRUNCATED */
	struct slice name;	/* the file name that a block gives, raw; in `encoded` or `room` */
	unsigned char room[64]; /* BinHex's name, which is encoded too */
};

/*
 * What the value of a Content-Transfer-Encoding field means; TRANSFER_IDENTITY for an empty one.
 * Comments, quotes, case and an "x-" in front are passed over; sets *untidy when it was not the
 * plain word.
 */
enum transfer_encoding transfer_from_field(struct slice value, bool *untidy);

/*
 * Decodes into `out`. For uuencode, yEnc and BinHex the block is looked for in `encoded`: what
 * stands before and behind it is passed over. Returns 0, or -EFBIG and other negative errnos as
 * content_writer_add gives them (what was decoded until then stays in `out`).
 */
int transfer_decode(enum transfer_encoding encoding, struct slice encoded,
	struct content_writer *out, struct transfer_result *result);

/* The base64 alphabet's values (0 to 63), else one of these. */
#define BASE64_PAD   64
#define BASE64_BLANK 65
#define BASE64_JUNK  66
extern const unsigned char base64_table[256];

/*
 * Is `line` (without its line end) a data line of uuencode? Its length character must agree with
 * its length, but for blanks at the end, which some mailers cut off.
 */
bool uuencode_is_data(struct slice line);
/*
 * Is `line` the head of a block ("begin 644 name", "begin-base64 644 name")? Sets *name to the rest
 * of the line and *base64.
 */
bool uuencode_is_begin(struct slice line, struct slice *name, bool *base64);

#endif
