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

/* Whose exit codes and environment: pipeline/exit_code.h, control/envelope.h. */
enum mta {
	MTA_QMAIL,
	MTA_SYSEXITS, /* --mta=sysexits: Courier, Postfix, Exim, maildrop */
};

struct options {
	enum run_mode mode;
	bool noscan;	     /* -n: consult noscantypes */
	bool user;	     /* -u: profile and state in ~/qmvc */
	const char *basedir; /* -c, or NULL */
	const char *prepend; /* -v, or NULL; "-" means the value of USER */
	bool json;	     /* --json: what -x says, for programs */
	const char *file;    /* -x: the message; NULL means descriptor 0 */
	enum mta mta;
	const char *sender, *recipient; /* --sender, --recipient: before the environment; or NULL */
	char *const *command;		/* with --mta: who gets what passes, as execvp(3); or NULL */
};

/*
 * Borrows from argv. Returns 0, or -EINVAL with *error naming the option at fault; then of *options
 * only `mta` is set, so that the MTA understands the exit code.
 */
int options_parse(int argc, char **argv, struct options *options, struct error *error);

#endif
