/*
 * Reads one ICAP response (RFC 3507) as its bytes come in: the status line, the header, the header of
 * the HTTP response inside, and the chunked body, which is compared and not kept. Strict, and bounded
 * in every dimension: whoever talks nonsense once cannot be believed about what follows, so there is
 * no resynchronising. It knows the form only; what an answer means is icap_verdict.h's business.
 */
#ifndef QMVC_SCAN_ICAP_MESSAGE_H
#define QMVC_SCAN_ICAP_MESSAGE_H

#include "base/buf.h"

/* The most bytes of each header, of a line that begins a chunk, and of what follows the last one. */
#define ICAP_HEAD_MAX	 65536
#define ICAP_LINE_MAX	 256
#define ICAP_TRAILER_MAX 8192
/* A body may be so much longer than the object it is compared with: pages that say "forbidden". */
#define ICAP_BODY_MAX ((uint64_t)1 << 20)

/* What icap_reader_feed() came to. */
enum icap_progress {
	ICAP_MORE = 0, /* it goes on */
	ICAP_DONE = 1, /* the response is complete */
};

enum icap_place {
	ICAP_IN_HEAD,
	ICAP_IN_HTTP,
	ICAP_IN_CHUNK_LINE,
	ICAP_IN_CHUNK,
	ICAP_AFTER_CHUNK,
	ICAP_IN_TRAILER,
	ICAP_AT_END,
	ICAP_BROKEN,
};

/* A zeroed struct is no reader: icap_reader_init(). */
struct icap_reader {
	struct slice expected; /* the body that is "unchanged"; borrowed */
	bool may_lack_status;
	enum icap_place place;
	const char *fault; /* ICAP_BROKEN: what is wrong, in words */

	unsigned status; /* 100 to 599; 0: it has no status line */
	struct buf head; /* as it came, with the empty line */
	size_t fields;	 /* where the fields begin in head, behind the status line */
	bool head_whole;

	/* Behind head come `inside` bytes of HTTP headers; those of the response are kept. */
	size_t inside, inside_seen, http_at, http_end;
	struct buf http;
	bool http_whole;

	bool has_body, body_differs; /* from `expected`, as far as it has come */
	uint64_t body, chunk;	     /* bytes that have come; of this chunk, still to come */
	struct buf line;
	size_t trailer;
};

/*
 * Makes a reader for the response to what was asked about `expected` (empty: no body was sent), which
 * stays valid for as long as the reader. `may_lack_status`: a header without a status line is let
 * pass (Kaspersky's answer to OPTIONS).
 */
void icap_reader_init(struct icap_reader *reader, struct slice expected, bool may_lack_status);
void icap_reader_release(struct icap_reader *reader);

/*
 * Takes what belongs to this response off the front of *data. Returns an icap_progress, -EPROTO with
 * reader->fault set, or -ENOMEM. Behind ICAP_DONE and errors nothing is taken.
 */
int icap_reader_feed(struct icap_reader *reader, struct slice *data);

/* Is the ICAP header there as a whole? Then it can be looked at. */
bool icap_has_head(const struct icap_reader *reader);
/* The body came to its end, and it was `expected`, byte for byte. */
bool icap_body_unchanged(const struct icap_reader *reader);

/* The fields of the ICAP header, and of the HTTP header; empty when it is not there. */
struct slice icap_head_fields(const struct icap_reader *reader);
struct slice icap_http_fields(const struct icap_reader *reader);
/* The status of the HTTP response, or 0. */
unsigned icap_http_status(const struct icap_reader *reader);

/*
 * Takes the next field off the front of *fields. The value is trimmed; where it was folded it holds
 * the line breaks. Returns false at the end, or where a line is none.
 */
bool icap_next_field(struct slice *fields, struct slice *name, struct slice *value);

/* The first field called `name` (case ignored). Returns false when there is none. */
bool icap_field(struct slice fields, const char *name, struct slice *value);

/* Takes the next word of a list separated by commas off the front of *list, trimmed. */
bool icap_next_word(struct slice *list, struct slice *word);

#endif
