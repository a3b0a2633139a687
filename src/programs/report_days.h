/*
 * Which days a program counts with -m: those behind the last that is closed, up to today. A log may
 * have gaps, and a clock that was wrong once must not make us look at thousands of days one after the
 * other: so when there are more than a few, a pass of its own over the logs finds out which there are.
 */
#ifndef QMVC_PROGRAMS_REPORT_DAYS_H
#define QMVC_PROGRAMS_REPORT_DAYS_H

#include "report/day_db.h"
#include "report/site.h"

#define REPORT_DAYS_AT_ONCE 7 /* counted in one pass */
#define REPORT_DAYS_MAX	    4096

struct report_days {
	int64_t list[REPORT_DAYS_MAX]; /* ascending; today is the last */
	unsigned count;
	int64_t first, last; /* what may be among them */
	struct calendar calendar;
};

/*
 * Begins with what the database says is closed. Returns 0 when the list is made, 1 when each moment of
 * the logs, from report_days_since() on, wants to be given to report_days_find() and then
 * report_days_finish() called, or a negative errno with *error set.
 */
int report_days_begin(struct report_days *days, struct day_db *db, enum day_source source,
	int64_t now_ms, struct error *error);
/* Yesterday and today, for when there is no database to ask: it is damaged, and pages are made anyway. */
void report_days_newest(struct report_days *days, int64_t now_ms);
/* Milliseconds since the epoch; 0: from the beginning. */
int64_t report_days_since(struct report_days *days);
void report_days_find(struct report_days *days, int64_t time_ms);
void report_days_finish(struct report_days *days);

/*
 * Is a day that ended at `end_ms` counted for good? An hour later; where a log file could not be read
 * it stays open for a week: perhaps somebody mends that.
 */
bool report_day_is_closed(int64_t now_ms, int64_t end_ms, bool failed);

#endif
