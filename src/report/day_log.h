/*
 * What the page of a day or of another period is made of: the tally, the delay hour by hour (of
 * periods longer than DAY_LOG_HOURS day by day), why mails were deferred, and the mails behind the
 * figures. One a page; some 25 MB at most, 2 to 6 of a usual day.
 */
#ifndef QMVC_REPORT_DAY_LOG_H
#define QMVC_REPORT_DAY_LOG_H

#include "report/lines.h"

#define DAY_LOG_HOURS 50

/* A place on the axis of the charts: an hour as the clock shows it, or a day. */
struct day_slot {
	int64_t since_ms, until_ms; /* 30, 60 or 120 minutes, or a day; cut at the period's ends */
	int64_t day;
	unsigned hour;
	bool again; /* the clock has shown this hour before, and others between */
	uint64_t passed, stopped, deferred;
	struct histogram delay;
};

struct day_log {
	int64_t since_ms, until_ms;
	bool by_hour; /* what a slot is */
	bool one_day; /* all of it is of one date */
	bool cut;     /* the axis has the last LINES_SLOTS days only */
	struct tally *tally;
	struct lines *lines;
	struct top *reasons; /* of mails deferred */
	struct day_slot *slots;
	unsigned slot_count, last_slot;
};

/* Of since_ms <= t < until_ms, since_ms < until_ms. Returns NULL without memory. */
struct day_log *day_log_new(int64_t since_ms, int64_t until_ms);
void day_log_free(struct day_log *log);

/* A log_take; passes over what is not of the period. Returns 0 or -ENOMEM. */
int day_log_take(void *context, const struct log_entry *entry, const struct log_place *place);

#endif
