/*
 * The page of virulator(8): virus mails and bad mails over a day or a period, who sends what to whom,
 * and behind each figure a sheet with the first of its mails. What is behind the page of a day lies in
 * a folder of the same name.
 */
#ifndef QMVC_REPORT_VIRUS_PAGE_H
#define QMVC_REPORT_VIRUS_PAGE_H

#include "report/site.h"
#include "report/virus_lines.h"

/* A scanner as it is now; see programs/scanner_states.h. All slices may be empty, and hostile. */
struct virus_scanner_now {
	struct slice initial, name, engine, patterns, trouble;
	int64_t age_days; /* of the patterns; -1: not known */
	enum word state;
	bool care; /* somebody has to see to it */
};

struct virus_page {
	struct site *site;
	struct virus_tally *tally;
	struct virus_lines *lines;
	int64_t day;		/* or SITE_NO_DAY: of the tally's period */
	int64_t previous, next; /* days that have a page, or SITE_NO_DAY */
	bool has_scanners;	/* they were asked */
	const struct virus_scanner_now *scanners;
	unsigned scanner_count;
	struct slice not_asked; /* why there are none; may be empty */
	unsigned old_days;	/* patterns that are older want care */
};

/*
 * Writes the page, and the sheets behind it; sheets of an earlier writing that have no mails any more
 * are removed. Returns 0 or a negative errno with *error set.
 */
int virus_page_write(const struct virus_page *page, struct error *error);

#endif
