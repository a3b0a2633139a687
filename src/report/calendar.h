/*
 * Days and hours as the clock on the wall counts them: in the local zone (tzset(3)), where a day may
 * have 23, 24.5 or 25 hours. The log itself is in UTC.
 */
#ifndef QMVC_REPORT_CALENDAR_H
#define QMVC_REPORT_CALENDAR_H

#include "base/slice.h"

/* Zeroed and then calendar_init(). It remembers the last offset, for logs are nearly in order. */
struct calendar {
	int64_t quarter; /* quarter hours since the epoch: no zone changes within one */
	int64_t offset;	 /* seconds east of UTC during it */
};

struct calendar_time {
	int64_t day;   /* the date, as days since 1970-01-01 */
	unsigned hour; /* 0 to 23; one that the clock shows twice is one hour here */
};

/* A date of the Gregorian calendar, also before it was in use. */
struct calendar_date {
	int year;
	unsigned month;	  /* 1 to 12 */
	unsigned day;	  /* of the month, from 1 */
	unsigned weekday; /* 0 Monday to 6 Sunday (ISO 8601) */
};

#define CALENDAR_DATE_SIZE 11 /* "2026-11-22" */
#define CALENDAR_TIME_SIZE 20 /* "2026-11-22 14:05:42" */

void calendar_init(struct calendar *calendar);
struct calendar_time calendar_look(struct calendar *calendar, int64_t wall_ms);
/* The first moment (ms since the epoch) of a day; not midnight where the clock leaves that out. */
int64_t calendar_day_start(struct calendar *calendar, int64_t day);
/* What date a day is, and back; a day or month beyond the last is one of the next month or year. */
struct calendar_date calendar_date(int64_t day);
int64_t calendar_day(int year, unsigned month, unsigned day);
void calendar_date_text(int64_t day, char text[CALENDAR_DATE_SIZE]);
void calendar_time_text(struct calendar *calendar, int64_t wall_ms, char text[CALENDAR_TIME_SIZE]);

/*
 * Reads a time as people give it: "today", "yesterday", "month" (its first day), a date
 * "2026-11-22", with a time of day "2026-11-22T14:05" (local), or an age "90m", "24h", "7d" before
 * `now_ms`. What names a day means its first moment, or with `is_end` the one behind its last.
 * Returns false when it is none of these.
 */
bool calendar_read(struct calendar *calendar, struct slice text, int64_t now_ms, bool is_end,
	int64_t *wall_ms);

#endif
