/*
 * What scanners(8) and vupdate(8) have in common: the profile, found by -c and -u as qmvc finds it,
 * and a request to ask scanners with, without a mail.
 */
#ifndef QMVC_PROGRAMS_ASKING_H
#define QMVC_PROGRAMS_ASKING_H

#include "base/buf.h"
#include "control/options.h"
#include "open/work_tree.h"
#include "scan/facts.h"

/* Exit codes of both programs. */
#define EXIT_USABLE   0
#define EXIT_UNUSABLE 1
#define EXIT_USAGE    2

struct asking {
	struct arena arena;
	struct options options; /* basedir and user */
	struct profile profile;
	struct scanner_list scanners; /* asking_read_scanners() */
	struct objects objects;	      /* none */
	struct patterns whitelist;    /* none */
	struct work_tree tree;	      /* asking_make_tree() */
	struct scan_request request;
};

/* Says on stderr what is wrong. Returns EXIT_USAGE. */
int asking_fail(const char *program, const struct error *error);

/* Prints it. Returns 0 or a negative errno with *error set. */
int asking_print(struct buf *out, struct error *error);

/*
 * Runs `work` in a private directory (explain_room.h), whose return value is the exit code. Returns
 * the exit code of this process.
 */
int asking_run(const char *program, int (*work)(const char *room, const void *context),
	const void *context);

/*
 * Takes an option of getopt(3) that both programs have (-c, -u), or one that is none. Returns 0, or
 * -EINVAL with *error set.
 */
int asking_option(struct asking *asking, int letter, char *const *argv, struct error *error);

/*
 * Finds the profile, and makes a loop; `room` is a private directory (explain_room.h) for what is
 * run. Returns 0 or a negative errno with *error set. asking_end() in any case.
 */
int asking_begin(struct asking *asking, const char *room, struct error *error);
void asking_end(struct asking *asking);

/* Reads the control file `scanners`; that there is none is -ENOENT. 0 or an errno with *error set. */
int asking_read_scanners(struct asking *asking, struct error *error);

/*
 * Makes a work tree for those that read files: where the mail's is, when the state directory is there
 * and ours, since a daemon may be let in there alone; else in the room. 0 or an errno with *error set.
 */
int asking_make_tree(struct asking *asking, struct error *error);

/*
 * Reads one line of a `scanners` file as a scanner, in the arena. Returns NULL when it is none that
 * this qmvc understands (*error says why), or without memory.
 */
const struct scanner_config *asking_parse(
	struct asking *asking, const char *line, struct error *error);

#endif
