/*
 * Private to the reader: what its files share while they read one message. reading.c keeps the
 * parts, multipart.c finds where they begin and end, part.c says what each is, blocks.c finds what
 * is hidden in texts.
 */
#ifndef QMVC_MESSAGE_READER_H
#define QMVC_MESSAGE_READER_H

#include "message/reading.h"

/* Whatever limits.depth says: the reader calls itself for each decoded level. */
#define READER_DEPTH_MAX 100u
/* Header fields kept of one message, all parts together. */
#define READER_FIELDS_MAX ((size_t)100000)

struct reader {
	struct reading *reading;
	const struct limits *limits;
	uint64_t size; /* of the message */
	const char *tmp;
	struct error *error;
	unsigned depth_max;
	size_t fields_left;
	bool full; /* limits.parts is reached: no more parts, nothing more to look for */
};

/* What a part's fields say that decides how its body is read on. */
struct part_shape {
	bool multipart;
	bool message; /* its body is a mail */
};

/*
 * Fills in type, charset, boundary, encoding, names and flags of `part` from its header, by the
 * rules. `in_digest`: it stands in a multipart/digest. 0 or -ENOMEM.
 */
int part_describe(struct arena *arena, const struct reading_rules *rules, bool in_digest,
	struct part *part, struct part_shape *shape);

/* Is something to be undone before the body can be read on? */
bool part_is_encoded(const struct part *part);

/*
 * Appends a part and gives its index, or -1 when there is no room for one more (reader->full is
 * set then). The array may have moved. 0 or -ENOMEM.
 */
int reader_add(struct reader *reader, int parent, enum part_origin origin, int *index);

/* May `parent` have children? If not, flags it. */
bool reader_may_descend(struct reader *reader, int parent);

bool reader_has_children(const struct reader *reader, int index);

/*
 * Called once for each part whose end is known (raw and body are set), before any other part is
 * appended, unless its delimiters were seen: decodes its body and reads on in what came out. 0 or a
 * negative errno.
 */
int reader_finish(struct reader *reader, int index);

/* Decodes part `index`'s body into its content; borrows it when there is nothing to decode. */
int reader_decode(struct reader *reader, int index, struct slice *name);

/* Reads `region` as a mail: a part below `parent` (-1: the root) and all that is in it. */
int scan_mail(struct reader *reader, struct slice region, int parent, enum part_origin origin);

/* Reads `region` as the body of the multipart `index`, with delimiters of `boundary`. */
int scan_multipart(struct reader *reader, struct slice region, int index, struct slice boundary);

/* The boundary of the first line that can be a delimiter; data is NULL when there is none. */
struct slice scan_guess_boundary(struct slice region);

/* Appends a part below `parent` for each uuencode, yEnc and BinHex block in `text`. */
int blocks_find(struct reader *reader, int parent, struct slice text);

#endif
