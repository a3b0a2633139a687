/*
 * Reactions, the part of a filters line that sends mail: notify=, inform=, forward=. Only filters.c
 * uses this; it stands apart because addresses have a syntax of their own.
 */
#ifndef QMVC_CONTROL_REACTION_H
#define QMVC_CONTROL_REACTION_H

#include "control/filters.h"
#include "control/syntax.h"

/*
 * Reads `item` into *filter when it is a reaction; several of one kind add up. Returns 0, 1 when it
 * is none (its keyword is another), -EINVAL with *error set, -ENOMEM.
 */
int reaction_parse(struct arena *arena, const struct syntax *syntax, struct slice item,
	struct filter *filter, struct error *error);

#endif
