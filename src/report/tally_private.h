/* What the files of the tally share. */
#ifndef QMVC_REPORT_TALLY_PRIVATE_H
#define QMVC_REPORT_TALLY_PRIVATE_H

#include "report/tally.h"

/* What the scanners said of one mail. */
struct tally_opinions {
	unsigned found, clean; /* how many */
};

/*
 * Counts what the scanners of one mail said, their viruses too, and fills in `scans` of *seen.
 * Returns 0 or -ENOMEM.
 */
int tally_take_scans(struct tally *tally, const struct log_entry *entry,
	struct tally_opinions *opinions, struct tally_seen *seen);

/* Keeps the mail when it is among the biggest or slowest. */
void tally_take_notable(
	struct tally *tally, const struct log_entry *entry, const struct log_place *place);

#endif
