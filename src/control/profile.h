/*
 * Where things are: the directories searched for each control file and template, and the state
 * home that holds tmp, log, save and run (qmvc-control(5), "PROFILES").
 *
 * Search order for each file: BASEDIR (-c), ~/qmvc (-u), the default home. State: ~/qmvc under -u;
 * else the home itself when the caller's uid owns it; else HOME/users/UID (mode 0700, below a
 * root-owned 1733 users/). Without -u, -c BASEDIR changes the search only, never the state.
 */
#ifndef QMVC_CONTROL_PROFILE_H
#define QMVC_CONTROL_PROFILE_H

#include "base/arena.h"
#include "control/options.h"

#define PROFILE_DIRS 3

struct profile {
	const char *home;		/* QMVC_HOME or the compiled-in default, absolute */
	const char *dirs[PROFILE_DIRS]; /* searched in order: DIR/control/FILE, DIR/tpl/LANG/FILE */
	unsigned dir_count;
	const char *state; /* the state home, and below it: */
	const char *tmp, *log, *save, *run;
	const char *libexec;  /* where qmvc-open and qmvc-clamav stand (QMVC_LIBEXEC overrides) */
	const char *scanners; /* where av_ENGINE stand (QMVC_SCANNERS overrides) */
	const char *shipped;  /* templates as they come: SHIPPED/tpl (QMVC_SHIPPED overrides) */
	const char *qmail;    /* qmail's directory, control/ in it (QMVC_QMAIL overrides) */
	const char *queue;    /* qmail-queue, absolute (QMAILQUEUE overrides, as in qmail) */
	const char *const *environment; /* our own, whole: for qmail-queue, as qmail hands it on */
};

/*
 * Finds out; touches nothing on disk but stat(2). `user_home` is HOME. Overrides from the
 * environment are taken only when the process is not setuid (secure_getenv(3)).
 * BASEDIR/control must be there when -c names it, and the home unless -u is given.
 * Returns 0, -EINVAL or another negative errno with *error set, -ENOMEM.
 */
int profile_locate(struct arena *arena, const struct options *options, const char *user_home,
	struct profile *profile, struct error *error);

/*
 * No home and no control files: only what handing mail to the qmail in `qmail` takes. `tmp` is where
 * large ones lie meanwhile. QMAILQUEUE does not count, it is another qmail's. Returns 0 or -ENOMEM.
 */
int profile_of_qmail(
	struct arena *arena, const char *qmail, const char *tmp, struct profile *profile);

/*
 * Makes the state directories that are missing (mode 0700), and looks that each is the caller's and
 * written by nobody else (-EPERM). users/ itself is made only by root. Returns 0 or a negative
 * errno with *error naming the directory.
 */
int profile_make_state(const struct profile *profile, struct error *error);

/*
 * Reads control file `name` from the first directory that has it into the arena. *path is the file
 * it came from. Returns 0, 1 when no directory has it (then *path names the last place looked at),
 * or a negative errno with *error naming the file: a file that is there and cannot be read is an
 * error, never passed over; so is one over 4 MB, no regular file, or writable by everybody.
 */
int profile_read(const struct profile *profile, struct arena *arena, const char *name,
	struct slice *text, const char **path, struct error *error);

/*
 * As profile_read, for the file tpl/LANGUAGE/NAME; behind the profile's directories comes what
 * was installed.
 */
int profile_read_template(const struct profile *profile, struct arena *arena, const char *language,
	const char *name, struct slice *text, const char **path, struct error *error);
/* The same of what was installed only. */
int profile_read_shipped(const struct profile *profile, struct arena *arena, const char *language,
	const char *name, struct slice *text, const char **path, struct error *error);

#endif
