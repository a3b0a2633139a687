/*
 * A node of the MIME tree (RFC 2045, 2046) of one reading. Parts stand in an array in document
 * order; a multipart comes before its children. The array lives as long as its reading.
 */
#ifndef QMVC_MESSAGE_PART_H
#define QMVC_MESSAGE_PART_H

#include "message/content.h"
#include "message/header.h"

enum transfer_encoding {
	TRANSFER_IDENTITY, /* 7bit, 8bit, binary, or none given */
	TRANSFER_BASE64,
	TRANSFER_QUOTED_PRINTABLE,
	TRANSFER_UUENCODE,
	TRANSFER_YENC,
	TRANSFER_BINHEX,
	TRANSFER_UNKNOWN, /* a word nobody knows: the bytes as they are */
};

/* How a part came to be, besides as a body of a multipart. */
enum part_origin {
	PART_ROOT,	 /* the message itself */
	PART_BODY,	 /* between two delimiters of a multipart */
	PART_ATTACHED,	 /* the mail inside a message/rfc822 or the like */
	PART_UUENCODE,	 /* a block found in a text: begin ... end */
	PART_YENC,	 /* a block found in a text: =ybegin ... =yend */
	PART_BINHEX,	 /* a block found in a text: (This file must be converted with BinHex */
};

enum part_flag {
	PART_OVER_DEPTH = 1,	    /* nesting stopped here: limits.depth */
	PART_OVER_PARTS = 2,	    /* parts were left out behind this one: limits.parts */
	PART_OVER_BYTES = 4,	    /* decoding stopped: limits.bytes */
	PART_OVER_HEADER = 8,	    /* its header was cut: limits.header */
	PART_NO_BOUNDARY = 16,	    /* multipart without usable boundary parameter */
	PART_NO_DELIMITER = 32,	    /* the boundary never stands in the body */
	PART_NO_CLOSE = 64,	    /* the closing delimiter is missing */
	PART_BAD_ENCODING = 128,    /* characters that the transfer encoding does not know */
	PART_TRUNCATED = 256,	    /* the encoded data ends in the middle */
	PART_ENCODED_MULTIPART = 512, /* multipart or message with base64 or quoted-printable */
	PART_BAD_TYPE = 1024,	    /* a Content-Type that is none: no subtype, junk, empty */
	PART_DUPLICATE = 2048,	    /* a Content-* field or parameter given twice */
	PART_UNKNOWN_ENCODING = 4096,
	PART_PARTIAL = 8192,	    /* message/partial (RFC 2046 5.2.2): a fragment */
	PART_NUL = 16384,	    /* NUL bytes in a body that is not declared binary */
	PART_UNTIDY = 32768,	    /* a Content-* field that had to be guessed at */
};
#define PART_OVER_ANY (PART_OVER_DEPTH | PART_OVER_PARTS | PART_OVER_BYTES | PART_OVER_HEADER)

struct part {
	unsigned index;	 /* in reading->parts */
	int parent;	 /* index, -1 for the root */
	unsigned depth;	 /* 0 for the root */
	enum part_origin origin;
	unsigned flags;	 /* part_flag */
	struct header header;
	struct slice raw;  /* header and body as they stand (in the message or a decoded parent) */
	struct slice body; /* the body, still encoded */
	struct slice type, subtype; /* lower case; defaults: text/plain, in a digest rfc822 */
	struct slice charset;	    /* as given, lower case; empty when none */
	struct slice boundary;
	enum transfer_encoding encoding;
	bool is_attachment;	 /* Content-Disposition says so */
	struct slice *names;	 /* every name that some reader shows, UTF-8, each once */
	size_t name_count;
	bool is_mail;		 /* its body is a mail: message/rfc822 and the like */
	bool is_leaf;		 /* has content of its own: all but multiparts that their own
				    delimiters divide; leaves can have children */
	struct content content;	 /* the body decoded; owned by the reading */
};

/* Is it "TYPE/SUBTYPE"? subtype NULL: any. Both lower case. */
bool part_is(const struct part *part, const char *type, const char *subtype);

#endif
