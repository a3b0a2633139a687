/*
 * Who gets the mail of a local part, as qmail finds it: users/assign first, then the system's users
 * by the rule of qmail-getpw(8).
 */
#ifndef QMVC_CONTROL_LOCAL_USER_H
#define QMVC_CONTROL_LOCAL_USER_H

#include "control/users_assign.h"

struct local_user {
	const char *name, *home; /* in the arena, or as `assign` */
	uid_t uid;
	gid_t gid;
};

/*
 * Of a local part "a-b-c": the user that users/assign says; else the first of "a-b-c", "a-b", "a"
 * that is a user other than root whose home is his own; else `alias`. Names longer than 31 bytes are
 * nobody's. Returns 0, 1 when there is not even an alias, or a negative errno (the list of users
 * cannot be read, -ENOMEM).
 */
int local_user_find(const struct users_assign *assign, struct slice local, struct arena *arena,
	struct local_user *user);

#endif
