/*
 * The form in which texts and the strings of badsubjects and badbodytexts are compared. Who writes
 * mail to be filtered puts between two letters what nobody sees: soft hyphens, zero-width and
 * direction characters, control characters; these are dropped. Each run of white space (line ends
 * and Unicode's blanks too) becomes one blank, since mail programs break lines as they like. With
 * `ignorecase` letters are lowered: ASCII, Latin, Greek, Cyrillic, Armenian and fullwidth ones, one
 * for one (Unicode's simple folding), by rule and not by locale, for qmvc sets none.
 *
 * A text that contains a string still contains it when both are folded.
 */
#ifndef QMVC_CONDITIONS_TEXT_FOLD_H
#define QMVC_CONDITIONS_TEXT_FOLD_H

#include "base/buf.h"

/* A fold that goes through a text piece by piece; start with {.ignorecase = ...}. */
struct text_fold {
	bool ignorecase;
	bool after_blank; /* the last byte written was a blank: no second one */
};

/*
 * Folds `utf8` into `out`, which has room for utf8.len bytes; returns the bytes written.
 * Bytes that are not UTF-8 are copied. A piece should not end inside a character: text_fold_cut().
 */
size_t text_fold(struct text_fold *fold, struct slice utf8, unsigned char *out);

/* The largest length up to `len` at which `utf8` can be cut between two characters. */
size_t text_fold_cut(struct slice utf8, size_t len);

/*
 * Drops only what nobody sees, for regular expressions: case and white space stay. Returns 1 when
 * something was dropped (`out` holds the rest), 0 when nothing was (`out` is empty), or -ENOMEM.
 */
int text_fold_unhide(struct slice utf8, struct buf *out);

#endif
