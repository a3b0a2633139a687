/*
 * The account of a delivery: its line in qmvc.log, its record in qmvc.rep, and qmvc.error. The
 * formats themselves belong to record/; here it is settled what goes into them.
 */
#ifndef QMVC_PIPELINE_ACCOUNT_H
#define QMVC_PIPELINE_ACCOUNT_H

#include "pipeline/delivery.h"

/* Appends the record for qmvc.rep (and the saved mail's `result`). Returns 0 or -ENOMEM. */
int account_format_record(const struct delivery *delivery, struct buf *out);

/*
 * Writes the record, if the decision asks for one, and then the log line. Returns 0, or a negative
 * errno with *error naming the file: the mail is deferred then.
 */
int account_delivered(struct delivery *delivery, struct error *error);

/*
 * The delivery failed with *error: a log line with action=defer and an entry in qmvc.error, both as
 * far as that is possible. Never fails: there is nobody left to tell but qmail's log.
 */
void account_deferred(struct delivery *delivery, const struct error *error);

/* The word for the log and for people: "pass", "defer", or the name of the action taken. */
const char *account_action(const struct delivery *delivery);

#endif
