/* The environment of a command: qmail-local's variables, made again from the envelope. */
#ifndef QMVC_CONDITIONS_COMMAND_ENVIRONMENT_H
#define QMVC_CONDITIONS_COMMAND_ENVIRONMENT_H

#include "control/envelope.h"

/*
 * A NULL-terminated environment in the arena: PATH and the variables of qmail-command(8), UFLINE
 * with time `now_ms` (milliseconds since the epoch). NULL: no memory. Values are the sender's: a
 * command that puts them unquoted into a shell line is lost, as under qmail.
 */
const char *const *command_environment(
	struct arena *arena, const struct envelope *envelope, int64_t now_ms);

#endif
