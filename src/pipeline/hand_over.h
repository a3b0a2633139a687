/*
 * Where qmvc is the last that an MTA runs for a mail, what passes has to be delivered by somebody: the
 * COMMAND of the command line, which takes qmvc's place and gets the mail as it came.
 */
#ifndef QMVC_PIPELINE_HAND_OVER_H
#define QMVC_PIPELINE_HAND_OVER_H

#include "pipeline/delivery.h"

/* A descriptor of the message that outlives the delivery, or -1: then hand_over_run() defers. */
int hand_over_take(const struct delivery *delivery);

/*
 * Becomes options->command, with the message on descriptor 0 from its beginning, and signals as
 * qmvc found them; what qmvc has set for itself stays, no core dumps and more descriptors. Its exit
 * code is what the MTA gets. Returns only when that fails: the code for
 * "try again later", with a line on stdout.
 */
int hand_over_run(const struct options *options, int message_fd);

#endif
