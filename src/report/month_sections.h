/*
 * The lower sections of a month's page. Each reads what it shows, writes nothing when there is
 * nothing, and returns 0 or a negative errno with the page's error set.
 */
#ifndef QMVC_REPORT_MONTH_SECTIONS_H
#define QMVC_REPORT_MONTH_SECTIONS_H

#include "report/days_page.h"

/* `delay` is the month's; `slots` are its days. */
int month_section_delay(struct days_page *page, const struct histogram *delay,
	const struct chart_slot *slots, size_t slot_count);
int month_section_scanners(struct days_page *page);
int month_section_viruses(struct days_page *page);
int month_section_reasons(struct days_page *page);

#endif
