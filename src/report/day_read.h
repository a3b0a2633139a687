/*
 * What the day database says of a stretch of days; see day_db.h. Every list is in the caller's arena,
 * and texts are as they came from mails: hostile.
 */
#ifndef QMVC_REPORT_DAY_READ_H
#define QMVC_REPORT_DAY_READ_H

#include "base/arena.h"
#include "report/day_db.h"

/* A stretch of days, both of them within. */
struct day_span {
	int64_t first, last;
};

/* One day. Mails are those of qmvc.log; where only virulator counted, bad and infected are its. */
struct day_figures {
	int64_t day;
	uint64_t mails, bytes, stopped, bad, infected;
	uint64_t median_us, p95_us; /* delay; 0 without mail */
};

/* Names and how often they came, over the days and the sources' 100 most frequent of each. */
struct day_amount {
	struct slice subject; /* a scanner's initial, for kinds of scanners; else empty */
	struct slice name;
	uint64_t count;
};

struct day_amounts {
	struct day_amount *list; /* by subject, then the most frequent first */
	unsigned count;
};

struct day_times {
	struct slice subject;  /* a scanner's initial or a stage; of "delay" empty */
	struct histogram time; /* of all the days: its percentiles are true ones */
};

struct day_times_list {
	struct day_times *list; /* by subject */
	unsigned count;
};

/* Each returns 0 or a negative errno with *error set. */

/* The days that were counted, ascending. */
int day_db_read_days(struct day_db *db, struct day_span span, struct arena *arena,
	struct day_figures **days, unsigned *count, struct error *error);
/* `kind`: "action", "virus", "hit" ...: qmvc-days(5). */
int day_db_read_amounts(struct day_db *db, enum day_source source, const char *kind,
	struct day_span span, struct arena *arena, struct day_amounts *amounts,
	struct error *error);
/* `kind`: "delay", "stage", "scanner". */
int day_db_read_times(struct day_db *db, const char *kind, struct day_span span,
	struct arena *arena, struct day_times_list *times, struct error *error);
/* The first and last day with mail within a stretch; 1 when there is none. */
int day_db_read_span(
	struct day_db *db, struct day_span within, struct day_span *span, struct error *error);

#endif
