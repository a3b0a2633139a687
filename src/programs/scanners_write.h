/* Writing a profile's file `scanners`: for scanners(8) and qmvcbench(8). */
#ifndef QMVC_PROGRAMS_SCANNERS_WRITE_H
#define QMVC_PROGRAMS_SCANNERS_WRITE_H

#include "base/error.h"
#include "control/profile.h"

/*
 * Puts `text` in the place of the file *path, or of what that is a link to, whole or not at all; one
 * that is there is kept as *kept (NULL: there was none). Returns 0 with what was written as *path, or a
 * negative errno with *error set.
 */
int scanners_replace(struct arena *arena, struct slice text, const char **path, const char **kept,
	struct error *error);

/* The same for the file `scanners` in the profile's first directory, made if missing, as *path. */
int scanners_write(const struct profile *profile, struct arena *arena, struct slice text,
	const char **path, const char **kept, struct error *error);

#endif
