/*
 * The syntax all control files share, and nothing of their meaning: lines, comments, fields, lists,
 * KEY=VALUE, numbers, and one form of error.
 *
 * A file is text. A line that begins with `#` is a comment, an empty line is nothing; white space
 * at the end of a line (a CR too) is taken away, because nobody sees it. A NUL byte, or a CR inside
 * a line, is an error: such a file was not written as text, or has lines no reader would find (an
 * old Macintosh's file is one single line, and that may be a comment). A byte order mark in front
 * is passed over. Formats: qmvc-control(5).
 */
#ifndef QMVC_CONTROL_SYNTAX_H
#define QMVC_CONTROL_SYNTAX_H

#include "base/error.h"
#include "base/slice.h"

/* A walk through the lines of one file; slices it gives borrow from the file's text. */
struct syntax {
	const char *path; /* for messages */
	unsigned line;	  /* of the line taken last, from 1 */
	struct slice rest;
};

/* Starts at the top. Returns 0, or -EINVAL with *error set when the bytes are not text. */
int syntax_begin(struct syntax *syntax, struct slice text, const char *path, struct error *error);

/*
 * Takes the next line that is neither empty nor a comment, without white space at its end; blanks
 * in front stay. Returns false at the end of the file.
 */
bool syntax_next(struct syntax *syntax, struct slice *line);

/* How many lines syntax_next() will still give. */
size_t syntax_count(const struct syntax *syntax);

/*
 * Takes the next item off *rest: what stands before the first byte of `separators`, or all. Blanks
 * around it are taken off; it may be empty. A separator ends an item, so "a;b;" has two, not three.
 * Returns false when nothing is left.
 */
bool syntax_item(struct slice *rest, const char *separators, struct slice *item);

/* Separators of fields, and of lists inside a field. */
#define SYNTAX_FIELD ";|"
#define SYNTAX_LIST  ","

/* KEY=VALUE, parted at the first `=`, both trimmed. Returns false when there is no `=`. */
bool syntax_pair(struct slice item, struct slice *key, struct slice *value);

/*
 * Reads `value` as a whole number (K, M, G: 1024 each) from `min` to `max`. Returns 0, or -EINVAL
 * with *error about `word`, the item that `value` is part of.
 */
int syntax_number(const struct syntax *syntax, struct slice word, struct slice value, uint64_t min,
	uint64_t max, uint64_t *number, struct error *error);

/*
 * Sets *error to "PATH:LINE: 'WORD': what", a long word cut. Returns -EINVAL.
 */
int syntax_error(const struct syntax *syntax, struct error *error, struct slice word,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
