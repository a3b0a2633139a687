/* Private to names*.c: a bounded set of names in the making, each of them once. */
#ifndef QMVC_MESSAGE_NAME_FORMS_H
#define QMVC_MESSAGE_NAME_FORMS_H

#include "base/arena.h"

/* A longer name keeps its end, where the extension stands. */
#define NAME_MAX_BYTES 4096
#define NAME_FORMS_MAX 64

struct name_forms {
	struct arena *arena;
	struct slice itself; /* never added; may be empty */
	struct slice list[NAME_FORMS_MAX];
	size_t count;
	size_t next_late; /* which of the last places is overwritten next when all are taken */
};

/*
 * Adds a copy of `name` (its end kept when it is too long) unless it is empty, `itself` or
 * there. When the set is full the last quarter's oldest gives way: of many names, mail programs
 * show the first or the last, so those must not get lost. 0 or -ENOMEM.
 */
int name_forms_add(struct name_forms *forms, struct slice name);

/* Writes the set behind `count` names of `list` into a new array in the arena. 0 or -ENOMEM. */
int name_forms_append(struct name_forms *forms, struct slice **list, size_t *count);

#endif
