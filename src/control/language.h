/*
 * The file `language`: the languages of the templates, one or several, in the order in which their
 * texts stand in a mail. Format: qmvc-control(5).
 */
#ifndef QMVC_CONTROL_LANGUAGE_H
#define QMVC_CONTROL_LANGUAGE_H

#include "base/arena.h"
#include "base/error.h"

/* {"en", NULL}: without the file, or with an empty one. In the arena; NULL without memory. */
const char **language_default(struct arena *arena);

/*
 * Reads names like `de` or `pt_BR`, separated by newlines, blanks or commas; each is a directory
 * below tpl/, so nothing but letters, digits, `-` and `_` may stand in it. *languages is
 * NULL-terminated and in the arena. Returns 0, -EINVAL with *error set, -ENOMEM.
 */
int language_parse(struct arena *arena, struct slice text, const char *path,
	const char ***languages, struct error *error);

#endif
