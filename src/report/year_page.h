/*
 * The page of a year: a calendar whose days are as dark as they brought mail, with a mark where
 * something was bad or had a virus. Weeks begin on Monday (ISO 8601).
 */
#ifndef QMVC_REPORT_YEAR_PAGE_H
#define QMVC_REPORT_YEAR_PAGE_H

#include "report/day_db.h"
#include "report/site.h"

/*
 * Writes the page of a year; `db` is NULL when nothing was counted yet. Links lead to pages that are
 * there when it is written. Returns 0 or a negative errno with *error set.
 */
int year_page_write(struct site *site, struct day_db *db, int year, struct error *error);

#endif
