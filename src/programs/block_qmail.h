/*
 * qmail's control files, read as qmail reads them, and the domains of one's own in them.
 */
#ifndef QMVC_PROGRAMS_BLOCK_QMAIL_H
#define QMVC_PROGRAMS_BLOCK_QMAIL_H

#include "base/arena.h"
#include "base/error.h"

/* Sorted, in lower case, each once. */
struct block_names {
	struct slice *list;
	size_t count;
};

/*
 * Reads a file of qmail's control directory `dir`, called `control`, into the arena. Returns 0, 1
 * when there is none, or a negative errno with *error set: also when it holds a NUL byte, where
 * qmail would see two lines.
 */
int block_control_read(int dir, const char *control, const char *name, struct arena *arena,
	struct slice *text, struct error *error);

/* The next line, up to its LF or the end: a CR is a byte like others to qmail. False at the end. */
bool block_raw_line(struct slice *rest, struct slice *line);
/*
 * The next line that counts, as control_readfile() of qmail takes it: without blanks and TABs at
 * its end, not empty, not beginning with '#'. Returns false at the end.
 */
bool block_control_line(struct slice *rest, struct slice *line);

/* Sorts what was put into `names`, which are in lower case. */
void block_names_sort(struct block_names *names);
bool block_names_have(const struct block_names *names, struct slice name);

/* In lower case, in the arena; data is NULL without memory. */
struct slice block_lower(struct arena *arena, struct slice text);
/* From its last '@' on, or empty. */
struct slice block_domain(struct slice address);

/*
 * The domains of one's own: me, locals, rcpthosts, morercpthosts, virtualdomains. Returns 0 or a
 * negative errno with *error set: one that is there and cannot be read, or there are no domains.
 */
int block_own_read(int dir, const char *control, struct arena *arena, struct block_names *own,
	struct error *error);

#endif
