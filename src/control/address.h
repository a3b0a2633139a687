/*
 * Addresses of reactions, as written in `filters`: variables in them stand for what qmail-local says
 * of the delivery (dot-qmail(5), qmail-command(8)), and `base-$SENDER=@host` is the sender inside
 * an address of ours, the way qmail writes it: user=host for user@host (VERP).
 */
#ifndef QMVC_CONTROL_ADDRESS_H
#define QMVC_CONTROL_ADDRESS_H

#include "control/envelope.h"

/* qmail-queue(8) takes addresses of up to 1002 bytes. */
#define ADDRESS_MAX 1002

enum address_outcome {
	ADDRESS_MADE,
	ADDRESS_UNFIT, /* this mail's values make no address of it: empty, too long, control characters */
};

/*
 * The first `$NAME` in `text` that names no variable, or the empty slice. $LOCAL $HOST $EXT $EXT2
 * $EXT3 $EXT4 $DEFAULT $USER $SENDER $RECIPIENT; a name is letters and digits, case ignored.
 */
struct slice address_unknown_variable(struct slice text);

/*
 * Puts the values of `envelope` into `text`. *address is in the arena, written for ADDRESS_MADE
 * only. `$SENDER=` and `$RECIPIENT=` have their last `@` written as `=`. A DEFAULT that is not set
 * is empty. Returns an address_outcome or -ENOMEM.
 */
int address_expand(struct arena *arena, const struct envelope *envelope, const char *text,
	const char **address);

/* May it stand in the envelope of a mail: not empty, not too long, no control characters? */
bool address_is_fit(struct slice address);

#endif
