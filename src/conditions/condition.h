/*
 * A condition: one small file each, one table in the documented order (conditions.c). A condition
 * looks at what was read and opened and adds findings; it never acts.
 */
#ifndef QMVC_CONDITIONS_CONDITION_H
#define QMVC_CONDITIONS_CONDITION_H

#include "base/error.h"
#include "control/control.h"
#include "control/envelope.h"
#include "loop/loop.h"
#include "message/object.h"
#include "outcome/finding.h"

/* What a condition needs before it can be checked; the pipeline provides only what some one needs. */
enum condition_need {
	NEED_TYPES = 1,	   /* qmvc-open has typed the objects that are not plain text */
	NEED_SCAN = 2,	   /* judged again after the scanners */
	NEED_MEMBERS = 4,  /* qmvc-open has looked into the archives */
};

struct check {
	const struct control *control;
	const struct options *options;
	const struct envelope *envelope;
	const struct profile *profile;
	const struct message *message;
	struct objects *objects;
	struct loop **loop;	   /* made by loop_new() when a command first needs it */
	struct arena *arena;	   /* of the delivery: findings' strings go here */
	struct findings *findings;
	int *replacement_fd;	   /* bodytext commands: what came on their descriptor 3, or -1 */
};

struct condition {
	enum condition_id id;
	unsigned needs;
	/*
	 * Adds findings. Returns 0, or a negative errno with *error set when it could not be judged
	 * (a command failed, no memory, a bad regular expression): the mail is deferred.
	 */
	int (*check)(const struct check *check, struct error *error);
	/* For `qmvc -t`: compiles what can be compiled. May be NULL. Same returns. */
	int (*prepare)(const struct control *control, struct error *error);
};

/* CONDITION_COUNT entries, indexed by condition_id. */
extern const struct condition conditions[];

/*
 * `encrypted` and `overlimit` are met by flags of objects and reading alone; scanners' answers are
 * added by the pipeline. `virus` has no check of its own (check is NULL): scanners judge.
 */

#endif
