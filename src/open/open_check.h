/* For `qmvc -t`: is the helper there, can it begin, and is its box closed? */
#ifndef QMVC_OPEN_OPEN_CHECK_H
#define QMVC_OPEN_OPEN_CHECK_H

#include "loop/loop.h"

typedef void open_report(void *context, bool is_error, const char *text);

/* Runs `qmvc-open --check` and reports what it prints, a line each. Runs the loop. */
void open_check(struct loop *loop, const char *libexec, open_report *report, void *context);

#endif
