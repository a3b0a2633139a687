/*
 * Text for people at a terminal: colours, columns, wrapped lines, and hostile text made fit to be
 * shown. Everything counts in columns of the screen, which are neither bytes nor characters.
 */
#ifndef QMVC_PIPELINE_SCREEN_H
#define QMVC_PIPELINE_SCREEN_H

#include "base/buf.h"
#include "control/terminal.h"

enum style {
	STYLE_PLAIN,
	STYLE_TITLE,
	STYLE_NAME,
	STYLE_TYPE,
	STYLE_DIM,
	STYLE_GOOD,
	STYLE_WARN,
	STYLE_BAD,
};

/* What stands for itself in UTF-8, and for lack of it in ASCII. */
struct signs {
	const char *branch, *last, *bar, *gap; /* of the tree, three columns each */
	const char *met, *beyond, *unmet, *off;
	const char *more, *rule, *dot;
};

struct screen {
	struct terminal look;
	const struct signs *signs;
	struct buf *out;  /* failures are remembered there */
	enum style style; /* the one that the terminal is in */
	unsigned column;
	unsigned margin;   /* where wrapped lines begin */
	struct slice bars; /* what stands at the beginning of a line that screen_wrap() begins */
};

void screen_init(struct screen *screen, const struct terminal *terminal, struct buf *out);

/*
 * Appends `text` to `out` as it may be shown: control characters, those that are invisible or turn
 * the direction, more than two marks piled on a letter, and bytes that are no UTF-8 stand as \xNN
 * or \u{NNNN}, a backslash as two; without a UTF-8 locale all that is not ASCII does.
 */
void screen_shown(const struct screen *screen, struct slice text, struct buf *out);

/* Columns of text that is fit to be shown. */
unsigned screen_columns(struct slice shown);
/* The longest beginning of it that takes at most `columns`. */
struct slice screen_first_columns(struct slice shown, unsigned columns);

/* The functions below take text that is fit to be shown: our own, or of screen_shown(). */

void screen_put(struct screen *screen, enum style style, struct slice shown);
void screen_say(struct screen *screen, enum style style, const char *shown);
/* At most `columns` of it; what is too long loses its middle, for its end says what it is. */
void screen_fit(struct screen *screen, enum style style, struct slice shown, unsigned columns);
/* Goes on at `column`, after one blank at least when something stands there already. */
void screen_to(struct screen *screen, unsigned column);
/* Wraps between words at the right edge; new lines begin with `bars` and at `margin`. */
void screen_wrap(struct screen *screen, enum style style, struct slice shown);
void screen_wrap_cstr(struct screen *screen, enum style style, const char *shown);
/* The same for hostile text. */
void screen_wrap_shown(struct screen *screen, enum style style, const char *hostile);
void screen_end(struct screen *screen);

/* "212 B", "9.1 KB", "25.0 MB" (1024 each). */
#define SCREEN_SIZE_MAX 16
void screen_size(uint64_t bytes, char text[SCREEN_SIZE_MAX]);

#endif
