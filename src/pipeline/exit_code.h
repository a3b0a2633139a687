/* The only place that knows the numbers of qmail-command(8) and of sysexits.h. */
#ifndef QMVC_PIPELINE_EXIT_CODE_H
#define QMVC_PIPELINE_EXIT_CODE_H

#include "control/options.h"
#include "outcome/decision.h"

/*
 * For qmail 0 go on with the dot-qmail file, 99 stop, 100 bounce, 111 try again later. For an MTA that
 * knows sysexits.h 0, 99, 77 (EX_NOPERM), 75 (EX_TEMPFAIL); but 0 for stop where a command gets what
 * passes: then there is nothing behind us that would have to be stopped.
 */
int exit_code(enum disposition disposition, const struct options *options);
int exit_code_defer(const struct options *options);
/* Of `qmvc -t`: 0 in order, 2 not. Of a wrong command line in a dot-qmail file: 111. */
int exit_code_check(int error_count);

#endif
