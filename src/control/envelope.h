/*
 * What qmail-local tells in the environment (qmail-command(8)), and what other MTAs tell of that
 * (dot-courier(5), Postfix' local(8), Exim's pipe transport), where SENDER and RECIPIENT have the same
 * names and the rest is made of them. Every value is the sender's to choose: any byte but NUL may
 * stand in it. This file and profile.c are the only ones to call
 * getenv(3).
 */
#ifndef QMVC_CONTROL_ENVELOPE_H
#define QMVC_CONTROL_ENVELOPE_H

#include "base/arena.h"
#include "control/options.h"

struct envelope {
	struct slice sender;	/* "" is the null sender, "#@[]" the double bounce's */
	struct slice newsender;
	struct slice recipient; /* as qmail has it, PREPEND- included */
	struct slice original;	/* the recipient as the sender wrote it: PREPEND- taken off LOCAL */
	struct slice local, host;
	struct slice ext, ext2, ext3, ext4;
	struct slice default_ext; /* DEFAULT */
	struct slice user;
	struct slice dtline, rpline; /* with their newline */
	const char *home;	     /* HOME, or NULL */
};

/*
 * Reads the environment, where --sender and --recipient do not say it. For qmail SENDER, LOCAL and HOST
 * must be there (RECIPIENT is made of the last two when it is not), for other MTAs SENDER and RECIPIENT:
 * without them we do not run where we think. Values are copied into the arena. Returns 0, -EINVAL
 * with *error naming the variable, -ENOMEM.
 */
int envelope_from_environment(struct arena *arena, const struct options *options,
	struct envelope *envelope, struct error *error);

/* Would envelope_from_environment() find what it must? */
bool envelope_is_there(const struct options *options);

/*
 * For `qmvc -x` on a mail that nobody delivers: an envelope from two addresses, USER and HOME from
 * the environment. Same returns; -EINVAL when -v- has no USER to ask.
 */
int envelope_from_addresses(struct arena *arena, const struct options *options,
	struct slice sender, struct slice recipient, struct envelope *envelope, struct error *error);

/* HOME alone, for `qmvc -t`, which has no envelope; NULL when it is not set. */
const char *envelope_home(void);

/* Is it the null sender or the double bounce's "#@[]"? Nothing may ever be sent to these. */
bool envelope_sender_is_null(const struct envelope *envelope);

#endif
