/* The only place that knows qmail-command(8)'s numbers. */
#ifndef QMVC_PIPELINE_EXIT_CODE_H
#define QMVC_PIPELINE_EXIT_CODE_H

#include "outcome/decision.h"

/* 0 go on with the dot-qmail file, 99 stop, 100 bounce, 111 try again later. */
int exit_code(enum disposition disposition);
int exit_code_defer(void);
/* Of `qmvc -t`: 0 in order, 2 not. Of a wrong command line in a dot-qmail file: 111. */
int exit_code_check(int error_count);

#endif
