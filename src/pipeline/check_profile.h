/* `qmvc -t`: is this profile fit to filter mail? */
#ifndef QMVC_PIPELINE_CHECK_PROFILE_H
#define QMVC_PIPELINE_CHECK_PROFILE_H

#include "control/options.h"

/*
 * Checks every control file, the state directories, the helpers and the scanners, and prints what
 * it finds on stdout: a line for each thing, problems marked. Returns the exit code.
 */
int check_profile(const struct options *options);

#endif
