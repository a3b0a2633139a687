/* The pages over days: months, years, index.html, and the line for qmvcportal(8). */
#ifndef QMVC_REPORT_MONTH_PAGES_H
#define QMVC_REPORT_MONTH_PAGES_H

#include "report/day_db.h"
#include "report/site.h"

/*
 * Writes all pages on which one of the days first_day to last_day stands, and those beside them that
 * have a link to these, from what is in the database. To be called when the pages of these days are
 * written: links lead only to what is there. Returns 0 or a negative errno with *error set.
 */
int month_pages_update(struct site *site, struct day_db *db, int64_t first_day, int64_t last_day,
	struct error *error);

#endif
