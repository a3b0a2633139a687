/* The command line of the programs that hand a mail to a qmail: redirect(8), plainmail(8). */
#ifndef QMVC_PROGRAMS_HANDING_H
#define QMVC_PROGRAMS_HANDING_H

#include "base/error.h"

struct handing_program {
	const char *name, *usage;
	const char *letters; /* for getopt(3), of all its options: ":hq:V" and more */
};

struct handing {
	const char *qmail;   /* -q: an absolute path, else QMVC_QMAIL */
	const char *prepend; /* -v, or as it was */
	char **rest;	     /* NULL-terminated */
};

/* Returns 0; 1 when all is said (-h, -V); -EINVAL with *error set. */
int handing_parse(int argc, char **argv, const struct handing_program *program,
	struct handing *handing, struct error *error);

#endif
