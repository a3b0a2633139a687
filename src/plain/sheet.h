/*
 * Writes text in lines: words that come one after the other are filled into paragraphs, with what
 * stands in front of each line ("> ", the indentation of a list), and one empty line between them
 * at most.
 */
#ifndef QMVC_PLAIN_SHEET_H
#define QMVC_PLAIN_SHEET_H

#include "base/buf.h"

/* Columns of a line, but for words that are longer. */
#define SHEET_WIDTH 72
/* At least so many are left to the text, whatever stands in front of it. */
#define SHEET_ROOM_MIN 24

struct sheet {
	struct buf *out;
	size_t limit; /* of out, in bytes */
	bool full;    /* and was reached: the rest is missing */
	unsigned width;
	struct buf prefix; /* in front of each line */
	char marker[16];   /* once, over the last bytes of the prefix as it was then */
	size_t marker_at;
	struct buf text;   /* the paragraph at hand; line ends are breaks */
	bool as_is;	   /* blanks and line ends of the text count */
	bool blank_wanted; /* in front of the next line */
	bool is_begun;	   /* a line was written */
	size_t low;	   /* the shortest prefix since that line */
	uint32_t last;	   /* visible character of the text */
	uint32_t joiner;   /* may follow, if a character does that it can join */
	bool space;	   /* follows, if a character does */
};

/* `out` must outlive it. */
void sheet_begin(struct sheet *sheet, struct buf *out, unsigned width, size_t limit);
/* Returns 0, -EFBIG when `limit` was reached, or -ENOMEM. Ends the paragraph. */
int sheet_finish(struct sheet *sheet);

/*
 * Text that goes on, UTF-8: blanks folded (unless as_is), invisible characters dropped but for
 * those that join letters or symbols of other scripts than Latin.
 */
void sheet_text(struct sheet *sheet, struct slice text);
/* A line ends. Two are an empty line. */
void sheet_break(struct sheet *sheet);
/* The paragraph ends. */
void sheet_end(struct sheet *sheet);
/* And an empty line comes in front of what follows. */
void sheet_gap(struct sheet *sheet);
/* A line of its own, as it stands. Ends no paragraph. */
void sheet_line(struct sheet *sheet, struct slice line);
/* So many of them, as a line. */
void sheet_rule(struct sheet *sheet, char character, unsigned count);

/* More in front of each line; what sheet_push() returns sheet_pop() takes off again. */
size_t sheet_push(struct sheet *sheet, const char *prefix);
/*
 * Stands in front of the next line, blanks below it. ASCII, shorter than 16. One that waits for its
 * line still, of a list around, gives way.
 */
size_t sheet_push_marker(struct sheet *sheet, const char *marker);
void sheet_pop(struct sheet *sheet, size_t length);

/* The columns that are left to the text. */
unsigned sheet_room(const struct sheet *sheet);
/*
 * How many bytes at the front of `text` (no line ends) fit into `room` columns: up to a blank, or
 * between characters that are written without blanks. More than fit when there is no such place.
 */
size_t sheet_fit(struct slice text, unsigned room);

#endif
