/*
 * The control files of a profile as one table: what each is called, who needs it, how it is read.
 * Only control.c and control_check.c use this, and qmvcbench(8), which copies profiles.
 */
#ifndef QMVC_CONTROL_CONTROL_FILE_H
#define QMVC_CONTROL_CONTROL_FILE_H

#include "control/control.h"

/* What every reader of a control file is given. */
struct control_reader {
	const struct profile *profile;
	const struct options *options;
	struct arena *arena;
	struct control *control;
};

typedef int patterns_parser(struct arena *, struct slice text, const char *path, struct patterns *,
	struct error *);

struct control_file {
	const char *name;
	unsigned conditions; /* read when one of these is on */
	bool for_noscan;     /* read under -n */
	bool for_notices;    /* read when a condition that is on notifies or informs */
	bool always;	     /* read whatever is on: the reader itself goes by it */
	bool optional;	     /* may be missing all the same */
	/* One of the two: a list of patterns and where it goes, or a parser of its own. */
	patterns_parser *patterns;
	size_t offset; /* of the struct patterns in struct control */
	int (*parse)(const struct control_reader *reader, struct slice text, const char *path,
		struct error *error);
};

/* All but `filters`, which says which of them are needed. */
extern const struct control_file control_files[];
extern const size_t control_file_count;

/* Sets what holds where a file is missing. Returns 0 or -ENOMEM with *error set. */
int control_defaults(const struct control_reader *reader, struct error *error);

/* Reads `filters`. A profile without it is an error. Returns 0 or a negative errno, *error set. */
int control_file_read_filters(const struct control_reader *reader, struct error *error);

/* Do the conditions that are on, or the options, ask for this file? */
bool control_file_wanted(const struct control_reader *reader, const struct control_file *file);

/*
 * Reads the file into reader->control. Returns 0, 1 when there is none and nobody needs it, or a
 * negative errno with *error set (so also when it is missing and needed).
 */
int control_file_read(const struct control_reader *reader, const struct control_file *file,
	struct error *error);

/*
 * What goes beyond one file: `virus` needs a scanner, and a file of a coming version must not lie
 * there as if it were used. Returns 0 or a negative errno with *error set.
 */
int control_check_scanners(const struct control_reader *reader, struct error *error);
int control_check_passwords(const struct control_reader *reader, struct error *error);

#endif
