/*
 * What the files of qmvc-release(8) have in common: the command, and the homes whose mail it is
 * about. Root sees all of them, the home itself and those below users/, each with the rights of its
 * owner: what a user puts there can lead nowhere where he may not go himself.
 */
#ifndef QMVC_PROGRAMS_RELEASE_H
#define QMVC_PROGRAMS_RELEASE_H

#include "control/profile.h"
#include "pipeline/screen.h"
#include "react/kept.h"
#include "react/release.h"

#include <sys/types.h>

#define EXIT_DONE   0
#define EXIT_FAILED 1
#define EXIT_USAGE  2
#define EXIT_DEFER  111 /* as qmail-command(8) has it: it may work later */

#define DAY_MS ((int64_t)24 * 60 * 60 * 1000)

enum verb {
	VERB_LIST,
	VERB_SHOW,
	VERB_RELEASE,
	VERB_DELETE,
	VERB_EXPIRE,
};

struct home {
	uid_t uid;
	gid_t gid;
	struct profile profile;
	struct kept_list list;
};

/* A kept mail and where it lies. */
struct lying {
	const struct home *home;
	const struct kept *kept;
};

struct command {
	struct options options; /* basedir and user */
	enum verb verb;
	char *const *words; /* the ids */
	bool json, raw, again, delete;
	bool has_age, has_size;
	int64_t since_ms, until_ms;
	uint64_t age_days, size;
	const char *sender, *recipient, *virus, *subject, *to; /* NULL: not given */

	struct arena arena;
	struct home *homes;
	size_t home_count;
	struct lying *mails;	  /* of all homes, the oldest first */
	const struct kept **kept; /* the same, for kept_find() */
	size_t mail_count;
	bool failed, deferred; /* something was complained of */
};

/* "qmvc-release: ID: why" on standard error, and *failed or *deferred. `id` may be NULL. */
void release_complain(struct command *command, const char *id, int code, const struct error *error);

/*
 * Finds the homes and reads what is kept there. A home that cannot be read is complained of.
 * Returns 0 or a negative errno with *error set. release_homes_end() in any case: it also gives the
 * process back the rights it began with.
 */
int release_homes_read(struct command *command, struct error *error);
void release_homes_end(struct command *command);
/*
 * Goes on with the rights of the home's owner; `whole`: what is started from here on has no others.
 * Returns 0 or a negative errno with *error set.
 */
int release_home_enter(const struct home *home, bool whole, struct error *error);

/* Writes what was printed, and empties it. Returns 0 or a negative errno with *error set. */
int release_print(struct buf *out, struct error *error);

/* Each does what its word says, and complains. Returns 0 or a negative errno with *error set. */
int release_list(struct command *command, struct error *error);
int release_show(struct command *command, const struct lying *mail, struct error *error);
/* For release and delete. */
int release_change(
	struct command *command, struct loop *loop, const struct lying *mail, struct error *error);
int release_expire(struct command *command, struct error *error);

#endif
