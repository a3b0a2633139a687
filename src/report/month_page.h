/*
 * The page of a month: received, bad and virus mail day by day, delays, scanners and what they found.
 * It reads the day database and nothing else.
 */
#ifndef QMVC_REPORT_MONTH_PAGE_H
#define QMVC_REPORT_MONTH_PAGE_H

#include "report/day_db.h"
#include "report/site.h"

/*
 * Writes the page of the month that `day` lies in; `newest`: index.html too, which is that of the
 * newest one. Links lead to pages that are there when it is written. Returns 0 or a negative errno
 * with *error set.
 */
int month_page_write(
	struct site *site, struct day_db *db, int64_t day, bool newest, struct error *error);

#endif
