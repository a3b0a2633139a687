/* What output is written to: how wide it is, and what it can show. */
#ifndef QMVC_CONTROL_TERMINAL_H
#define QMVC_CONTROL_TERMINAL_H

#include <stdbool.h>

#define TERMINAL_WIDTH_MIN 80u
#define TERMINAL_WIDTH_MAX 200u

struct terminal {
	unsigned width; /* columns, TERMINAL_WIDTH_MIN to TERMINAL_WIDTH_MAX */
	bool colour;	/* understands ECMA-48's SGR, and nobody asked to be spared */
	bool utf8;	/* the locale's characters are UTF-8 */
};

/*
 * Looks at descriptor `fd`: COLUMNS, else the terminal's own word, else 80 columns; colour on a
 * terminal, unless NO_COLOR is set and not empty (no-color.org) or TERM is "dumb". Takes over the
 * locale's character set for wcwidth(3): nothing in qmvc asks the locale otherwise.
 */
struct terminal terminal_look(int fd);

#endif
