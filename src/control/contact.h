/*
 * The file `contact`: one address, that of the people who answer for what the filter does. The mail
 * it sends comes from there and names it. Format: qmvc-control(5).
 */
#ifndef QMVC_CONTROL_CONTACT_H
#define QMVC_CONTROL_CONTACT_H

#include "base/arena.h"
#include "base/error.h"

/*
 * *contact is in the arena, NULL when the file holds comments only. Returns 0, -EINVAL with *error
 * set (no address, two of them, a variable: this one is the same for every mail), -ENOMEM.
 */
int contact_parse(struct arena *arena, struct slice text, const char *path, const char **contact,
	struct error *error);

#endif
