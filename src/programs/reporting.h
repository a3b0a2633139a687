/*
 * What the programs that write pages have in common: their options, the profile that BASEDIR is,
 * and that root, over the directory of a user, does not act as root.
 */
#ifndef QMVC_PROGRAMS_REPORTING_H
#define QMVC_PROGRAMS_REPORTING_H

#include "control/profile.h"
#include "report/site.h"

/* Exit codes. */
#define EXIT_WELL  0
#define EXIT_CARE  1 /* something needs care */
#define EXIT_USAGE 2 /* usage, or nothing could be read or written */

struct reporting {
	bool month, quiet;  /* -m, -c */
	struct slice name;  /* -d; may be empty */
	const char *folder; /* -o; NULL: BASEDIR/html */
	const char *since, *until, *base;
	/* Set behind reporting_parse() for a page over everybody's: root stays root, the pages belong
	 * to whom `here` belongs, and BASEDIR is the home whoever asks. */
	bool for_all;
	struct arena arena;
	struct profile profile; /* of BASEDIR, for its control files */
	struct scanner_list scanners;
	struct site site;
	bool users;		    /* read users/ as well */
	int64_t since_ms, until_ms; /* the period asked for, else the last 24 hours */
};

/* What a program adds to the options that all have. */
struct reporting_program {
	const char *name, *usage;
	const char *letters; /* for getopt(3), of all its options: ":cd:hmo:V" */
	bool has_period;     /* --since, --until */
	/* Takes a letter that is none of c d m o h V; 0 or -EINVAL with *error set. May be NULL. */
	int (*take)(int letter, const char *argument, void *context, struct error *error);
	void *context;
};

/*
 * Reads the command line. Returns 0; 1 when all is said (-h, -V); -EINVAL with *error set.
 */
int reporting_parse(int argc, char **argv, const struct reporting_program *program,
	struct reporting *reporting, struct error *error);

/*
 * For a program that writes no pages there: finds BASEDIR and its control files, becomes its owner
 * when root is asked for a user's directory, reads the times. `site` is set as reporting_frame() does.
 * Returns 0 or a negative errno with *error set. reporting_end() in any case.
 */
int reporting_locate(struct reporting *reporting, struct error *error);

/*
 * Sets of `site` name, language (that of reporting->profile), now_ms and calendar. Returns 0 or a
 * negative errno with *error set.
 */
int reporting_frame(struct reporting *reporting, struct error *error);

/*
 * Finds BASEDIR (the home; who does not own that: his directory below its users/) and its control
 * files, becomes its owner when root is asked for a user's directory, reads the times, opens the
 * site: `here` in the current directory, whatever -o says. Returns 0 or a negative errno with *error
 * set. reporting_end() in any case.
 */
int reporting_begin(struct reporting *reporting, bool here, struct error *error);
void reporting_end(struct reporting *reporting);

/* Nothing more is printed. Returns `result`, or EXIT_USAGE where stdout was full, and says so. */
int reporting_flush(const struct reporting_program *program, int result);

/* Says on stderr what is wrong. Returns EXIT_USAGE. */
int reporting_fail(const struct reporting_program *program, const struct error *error);

#endif
