/* The way of a message through qmvc, from fd 0 to the exit code. */
#ifndef QMVC_PIPELINE_PIPELINE_H
#define QMVC_PIPELINE_PIPELINE_H

#include "control/options.h"

/*
 * Filters the message on `fd`, envelope in the environment. Prints at most 2,900 bytes on stdout
 * (qmail's log, and on a bounce the bounce). Returns the exit code for qmail-local; whatever goes
 * wrong ends in the code for "try again later", never in a lost or an unchecked mail.
 */
int pipeline_filter(const struct options *options, int fd);

#endif
