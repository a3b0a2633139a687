/* What the parts of qmvclog2html(8) share. */
#ifndef QMVC_PROGRAMS_QMVCLOG2HTML_H
#define QMVC_PROGRAMS_QMVCLOG2HTML_H

#include "programs/reporting.h"
#include "report/complaint.h"
#include "report/day_page.h"

/*
 * Counts every day that is not closed, writes its page and puts it into the day database; then the
 * pages of months and years. Returns 0 or a negative errno with *error set.
 */
int log2html_days(struct reporting *reporting, struct complaint *complaint, struct error *error);

/* Says which page was written, unless -c is given. */
void log2html_say(const struct reporting *reporting, int64_t day, uint64_t mails);

#endif
