/*
 * qmail's users/assign: who gets the mail of a local part, where that is not for getpwnam(3) to say
 * (qmail-users(5)). qmail itself looks into users/cdb, which qmail-newu(8) makes of this file; what
 * that program refuses is an error here.
 */
#ifndef QMVC_CONTROL_USERS_ASSIGN_H
#define QMVC_CONTROL_USERS_ASSIGN_H

#include "base/arena.h"
#include "base/error.h"

#include <sys/types.h>

struct assigned {
	struct slice local; /* in small letters */
	bool wildcard;	    /* all local parts that begin so */
	size_t order;	    /* in the file: of two for the same, qmail takes the first */
	const char *user, *home;
	uid_t uid;
	gid_t gid;
};

/* A zeroed one assigns nothing, as a missing file does. */
struct users_assign {
	const struct assigned *items; /* those of one kind side by side, by `local` */
	size_t count;
};

/*
 * Reads the file's `text` into the arena. Returns 0, -EINVAL with *error naming line and word,
 * -ENOMEM.
 */
int users_assign_parse(struct arena *arena, struct slice text, const char *path,
	struct users_assign *assign, struct error *error);

/*
 * Whose `local` is: the line for it alone, else the one for the longest beginning. Case does not
 * matter. NULL: it stands nowhere.
 */
const struct assigned *users_assign_find(const struct users_assign *assign, struct slice local);

#endif
