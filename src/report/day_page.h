/*
 * The page of a day, or of another period, over qmvc.log: mails, what was done with them and why,
 * delays, scanners, mails of note, errors; every figure leads to the lines behind it.
 */
#ifndef QMVC_REPORT_DAY_PAGE_H
#define QMVC_REPORT_DAY_PAGE_H

#include "report/lines_page.h"
#include "report/log_files.h"

#define DAY_PAGE_TREND 14 /* days of the curves on the cards */

struct day_page {
	struct lines_site lines;       /* whose page */
	const struct log_files *files; /* what was read: how much of it could not be */
	int64_t previous, next;	       /* days that have a page; SITE_NO_DAY: none */
	/* Of the days up to this one, the oldest first; count 0: no curves. */
	uint64_t mails[DAY_PAGE_TREND], stopped[DAY_PAGE_TREND];
	unsigned trend_count;
};

/*
 * Writes the pages with the lines first, then the page itself, so that its links lead somewhere at
 * any time. Returns 0 or a negative errno with *error set.
 */
int day_page_write(const struct day_page *page, struct error *error);

#endif
