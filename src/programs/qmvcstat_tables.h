/* The tables in the text of qmvcstat(8). `all`: every line, not just what fits in a screenful. */
#ifndef QMVC_PROGRAMS_QMVCSTAT_TABLES_H
#define QMVC_PROGRAMS_QMVCSTAT_TABLES_H

#include "programs/qmvcstat_figures.h"
#include "report/tally.h"

/* How long mails took; with `all` by stage, and how that is distributed. */
void stat_delays(struct screen *screen, const struct tally *tally, bool all);
/* A line for each scanner; with `all` its verdicts and where its time went. */
void stat_scanners(struct screen *screen, const struct tally *tally, bool all);
/* Two lists beside each other, or nothing when both are empty. */
void stat_tops(struct screen *screen, const char *left_title, const struct top *left,
	const char *right_title, const struct top *right);
/* A few mails by their time, id and sender. */
void stat_mails(struct screen *screen, struct calendar *calendar, const char *name,
	const struct tally_mails *mails);

#endif
