/*
 * The pages of days whose logs are not kept any longer: log-2026-11-22.html, virus-2026-11-22.html and
 * the folders with the mails behind them, which are most of what reports take on disk. Months and
 * years stay; they are told from the database.
 */
#ifndef QMVC_REPORT_OLD_PAGES_H
#define QMVC_REPORT_OLD_PAGES_H

#include "report/site.h"

/*
 * Removes the pages of all days before `before`: what has exactly the site's names and its owner, in
 * the folders only pages (*.html), no link followed. The first day that stays leads to none before it
 * then; months and years are the caller's to write anew. Adds the day pages that went to *removed.
 * Returns 0 or a negative errno with *error set: what fails does not keep the others back.
 */
int old_pages_remove(
	const struct site *site, int64_t before, unsigned *removed, struct error *error);

#endif
