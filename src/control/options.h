/* The command line of qmvc, getopts style: `-uv-` is `-u -v -`. See qmvc(8). */
#ifndef QMVC_CONTROL_OPTIONS_H
#define QMVC_CONTROL_OPTIONS_H

#include "base/error.h"

enum run_mode {
	RUN_FILTER,
	RUN_CHECK,   /* -t */
	RUN_EXPLAIN, /* -x */
	RUN_VERSION, /* -V */
	RUN_HELP,    /* -h, --help */
};

struct options {
	enum run_mode mode;
	bool noscan;	     /* -n: consult noscantypes */
	bool user;	     /* -u: profile and state in ~/qmvc */
	const char *basedir; /* -c, or NULL */
	const char *prepend; /* -v, or NULL; "-" means the value of USER */
	bool json;	     /* --json: what -x says, for programs */
	const char *file;    /* -x: the message; NULL means descriptor 0 */
};

/* Borrows from argv. Returns 0, or -EINVAL with *error naming the option at fault. */
int options_parse(int argc, char **argv, struct options *options, struct error *error);

#endif
