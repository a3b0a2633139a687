/*
 * A private directory for `qmvc -x`, which may write nowhere else, and for programs that have engines
 * run without a mail.
 */
#ifndef QMVC_PIPELINE_EXPLAIN_ROOM_H
#define QMVC_PIPELINE_EXPLAIN_ROOM_H

#include "base/error.h"

/*
 * Runs `work` in a child process with a new directory (mode 0700, in /tmp) that holds tmp/ and run/
 * and is removed afterwards, however the child ended: by itself, by a signal, or because this
 * process was told to end. Both processes return from here: the child with *is_child true and what
 * `work` returned, this one with the child's exit status. A negative errno with *error set: it
 * could not be done, or a signal ended the child (-ECHILD).
 */
int explain_in_room(int (*work)(const char *room, const void *context), const void *context,
	bool *is_child, struct error *error);

#endif
