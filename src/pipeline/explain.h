/* `qmvc -x`: what would be done with this mail, and why? */
#ifndef QMVC_PIPELINE_EXPLAIN_H
#define QMVC_PIPELINE_EXPLAIN_H

#include "control/options.h"

/*
 * Puts the mail in options->file (or descriptor 0) to everything the filter would put it to,
 * changes nothing, and prints on stdout what it saw: text, or JSON with --json. Returns the exit
 * code: 0 when the mail could be explained, whatever would become of it, 2 when the profile or the
 * file is at fault (stderr says how).
 */
int explain(const struct options *options);

#endif
