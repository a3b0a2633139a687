/*
 * What -m does, for each program that has it: which days are counted, that they are counted a few in one
 * pass, and when each is closed; then the pages of months and years.
 *
 * The days are those behind the last that is closed, up to today. A log may have gaps, and a clock that
 * was wrong once must not make us look at thousands of days one after the other: so when there are more
 * than a few, a pass of its own over the logs finds out which there are. A day is closed, and never
 * counted again, when it was counted an hour or more after its end and its page is written. A day without
 * mail has no page, but for today, which yesterday's leads to.
 */
#ifndef QMVC_PROGRAMS_REPORT_DAYS_H
#define QMVC_PROGRAMS_REPORT_DAYS_H

#include "programs/reporting.h"
#include "report/day_db.h"
#include "report/log_files.h"

#define REPORT_DAYS_AT_ONCE 7 /* counted in one pass */

struct report_days;

/* A moment at which there was something; for report_days_program's `find`. */
void report_days_find(struct report_days *days, int64_t time_ms);

/* Some of them on their way, in ascending order. */
struct report_batch {
	struct reporting *reporting;
	struct day_db *db; /* NULL: it cannot be used, and only pages are written */
	void *context;	   /* the program's */
	int64_t days[REPORT_DAYS_AT_ONCE];
	int64_t bounds[REPORT_DAYS_AT_ONCE][2]; /* since_ms, until_ms */
	unsigned count;
	bool unread; /* set by `count`: a log file could not be read */
};

/* What differs. Each of the functions returns 0 or a negative errno with *error set, if not said. */
struct report_days_program {
	enum day_source source;
	enum site_page page;
	const char *logs; /* "logs": what has fewer mails now than were counted */
	/* Reads the files, and gives each moment to report_days_find(). */
	int (*find)(struct log_files *files, struct report_days *days, struct error *error);
	/* Counts all days of the batch; `end` is called behind it in any case. */
	int (*count)(struct report_batch *batch, struct error *error);
	void (*end)(struct report_batch *batch);
	/* How many mails day number `at` of the batch has. */
	uint64_t (*mails)(const struct report_batch *batch, unsigned at);
	/* Puts it into batch->db, which is there. Returns as day_db_put_log(). */
	int (*put)(struct report_batch *batch, unsigned at, bool closed, struct error *error);
	/* Writes its page, with the days next to it that have one, or SITE_NO_DAY. */
	int (*write)(struct report_batch *batch, unsigned at, int64_t previous, int64_t next,
		struct error *error);
};

/*
 * All of -m. *kept is how many days were left as they were counted before. Returns 0 or a negative
 * errno with *error set: also when the database cannot be used, and the newest pages are written all
 * the same.
 */
int report_days(struct reporting *reporting, const struct report_days_program *program,
	void *context, unsigned *kept, struct error *error);

#endif
