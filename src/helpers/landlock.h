/* The Landlock lock of the sandbox, see landlock(7). For sandbox.c only. */
#ifndef QMVC_HELPERS_LANDLOCK_H
#define QMVC_HELPERS_LANDLOCK_H

#include "base/error.h"

/* The kernel's ABI version; 0 when it has no Landlock, or not at this boot. */
int landlock_abi(void);

/*
 * Denies this thread all files but what lies below the two lists (see sandbox.h), and all that the
 * kernel's ABI can deny besides: TCP, device ioctls, abstract sockets, signals to the outside.
 * no_new_privs must be set. Returns 0, 1 when the kernel has no Landlock, or a negative errno with
 * *error set.
 */
int landlock_restrict(
	const char *const *readable, const char *const *writable, struct error *error);

#endif
