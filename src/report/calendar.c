/*
 * Local days and hours; see calendar.h. What localtime_r(3) says is remembered for a quarter of an
 * hour: all zones change at such moments, and ten million calls would cost seconds.
 */
#include "report/calendar.h"

#include "record/number.h"

#include <stdio.h>
#include <time.h>

#define QUARTER_S 900
#define HOUR_MS	  ((int64_t)3600 * 1000)
#define DAY_S	  ((int64_t)24 * 3600)

static int64_t floor_div(int64_t number, int64_t by)
{
	return number / by - (number % by < 0);
}

static void remember(struct calendar *calendar, int64_t quarter)
{
	time_t moment = (time_t)(quarter * QUARTER_S);
	struct tm local;

	calendar->quarter = quarter;
	calendar->offset = localtime_r(&moment, &local) ? local.tm_gmtoff : 0;
}

void calendar_init(struct calendar *calendar)
{
	tzset();
	remember(calendar, 0);
}

/* Seconds since the epoch as if the local clock showed UTC. */
static int64_t local_seconds(struct calendar *calendar, int64_t wall_ms)
{
	int64_t seconds = floor_div(wall_ms, 1000), quarter = floor_div(seconds, QUARTER_S);

	if (quarter != calendar->quarter)
		remember(calendar, quarter);
	return seconds + calendar->offset;
}

struct calendar_time calendar_look(struct calendar *calendar, int64_t wall_ms)
{
	int64_t seconds = local_seconds(calendar, wall_ms), day = floor_div(seconds, DAY_S);

	return (struct calendar_time){day, (unsigned)((seconds - day * DAY_S) / 3600)};
}

int64_t calendar_day_start(struct calendar *calendar, int64_t day)
{
	/* Zones are at most 15 hours from UTC. */
	int64_t before = (day - 1) * DAY_S, from = (day + 1) * DAY_S;

	while (from - before > 1) {
		int64_t middle = before + (from - before) / 2;

		if (calendar_look(calendar, middle * 1000).day >= day)
			from = middle;
		else
			before = middle;
	}
	return from * 1000;
}

/* Days before 1 March of a year, which begins the count of those who know leap days. */
static int64_t days_to_march(int64_t year)
{
	return year * 365 + floor_div(year, 4) - floor_div(year, 100) + floor_div(year, 400);
}

/* A year that begins in March has its leap day at the end, and months of 31, 30, 31, 30, 31 days. */
int64_t calendar_day(int year, unsigned month, unsigned day)
{
	int64_t months = (int64_t)year * 12 + (int64_t)month - 3;
	int64_t of_year = floor_div(months, 12), of_month = months - of_year * 12;

	return days_to_march(of_year) - days_to_march(1970) + 59 + (of_month * 153 + 2) / 5 + day -
	       1;
}

struct calendar_date calendar_date(int64_t day)
{
	int64_t weekday = (day + 3) - floor_div(day + 3, 7) * 7; /* 1970-01-01 was a Thursday */
	int year = (int)(floor_div(day, day < 0 ? 365 : 366) + 1970); /* not after the true one */
	unsigned month = 12;

	while (calendar_day(year + 1, 1, 1) <= day)
		year++;
	while (calendar_day(year, month, 1) > day)
		month--;
	return (struct calendar_date){.year = year,
		.month = month,
		.day = (unsigned)(day - calendar_day(year, month, 1)) + 1,
		.weekday = (unsigned)weekday};
}

static void put_date(int64_t day, char *text, size_t size)
{
	time_t moment = (time_t)(day * DAY_S);
	struct tm date;

	/* Years have four digits here, whatever a forged log says. */
	if (!gmtime_r(&moment, &date))
		memset(&date, 0, sizeof(date));
	snprintf(text, size, "%04u-%02u-%02u", (unsigned)(date.tm_year + 1900) % 10000u,
		(unsigned)(date.tm_mon + 1) % 100u, (unsigned)date.tm_mday % 100u);
}

void calendar_date_text(int64_t day, char text[CALENDAR_DATE_SIZE])
{
	put_date(day, text, CALENDAR_DATE_SIZE);
}

void calendar_time_text(struct calendar *calendar, int64_t wall_ms, char text[CALENDAR_TIME_SIZE])
{
	int64_t seconds = local_seconds(calendar, wall_ms), day = floor_div(seconds, DAY_S);
	unsigned of_day = (unsigned)(seconds - day * DAY_S);

	put_date(day, text, CALENDAR_DATE_SIZE);
	snprintf(text + CALENDAR_DATE_SIZE - 1, CALENDAR_TIME_SIZE - CALENDAR_DATE_SIZE + 1,
		" %02u:%02u:%02u", of_day / 3600 % 24u, of_day / 60 % 60u, of_day % 60u);
}

/* "7d" before now. */
static bool read_age(struct slice text, int64_t now_ms, int64_t *wall_ms)
{
	static const struct {
		char letter;
		int64_t ms;
	} units[] = {{'m', 60000}, {'h', HOUR_MS}, {'d', 24 * HOUR_MS}};
	uint64_t number;

	if (text.len < 2 || !number_read(slice_first(text, text.len - 1), &number) ||
		number > 1000000)
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (text.data[text.len - 1] != units[i].letter)
			continue;
		*wall_ms = now_ms - (int64_t)number * units[i].ms;
		return true;
	}
	return false;
}

/* A date, by the parser of the log's own times; 00:00 UTC of it. */
static bool read_utc(struct slice date, const char *time, int64_t *wall_ms)
{
	char whole[32];

	if (date.len != CALENDAR_DATE_SIZE - 1)
		return false;
	snprintf(whole, sizeof(whole), "%.*sT%s:00.000Z", SLICE_ARGS(date), time);
	return number_read_time(slice_cstr(whole), wall_ms);
}

static bool read_date(struct calendar *calendar, struct slice text, bool *is_day, int64_t *wall_ms)
{
	struct slice date = slice_first(text, CALENDAR_DATE_SIZE - 1);
	struct slice time = slice_from(text, CALENDAR_DATE_SIZE);
	int64_t utc, guess;
	char clock[6];

	*is_day = text.len == date.len;
	if (*is_day) {
		if (!read_utc(date, "00:00", &utc))
			return false;
		*wall_ms = calendar_day_start(calendar, utc / 1000 / DAY_S);
		return true;
	}
	if (time.len != sizeof(clock) - 1 ||
		(text.data[date.len] != 'T' && text.data[date.len] != ' '))
		return false;
	snprintf(clock, sizeof(clock), "%.*s", SLICE_ARGS(time));
	if (!read_utc(date, clock, &utc))
		return false;
	/* The offset of that moment, from a guess that is off by no more than a change of the zone. */
	guess = utc - (local_seconds(calendar, utc) * 1000 - utc);
	*wall_ms = utc - (local_seconds(calendar, guess) * 1000 - guess);
	return true;
}

bool calendar_read(
	struct calendar *calendar, struct slice text, int64_t now_ms, bool is_end, int64_t *wall_ms)
{
	int64_t today = calendar_look(calendar, now_ms).day, day = today, found;
	char first[CALENDAR_DATE_SIZE];
	bool is_day = true;

	if (text.len == 0)
		return false;
	if (slice_eq_cstr(text, "yesterday")) {
		day = today - 1;
	} else if (slice_eq_cstr(text, "month")) {
		calendar_date_text(today, first);
		memcpy(first + 8, "01", 2);
		return calendar_read(calendar, slice_cstr(first), now_ms, is_end, wall_ms);
	} else if (!slice_eq_cstr(text, "today")) {
		if (read_age(text, now_ms, wall_ms))
			return true;
		if (!read_date(calendar, text, &is_day, &found))
			return false;
		if (!is_day) {
			*wall_ms = found;
			return true;
		}
		day = calendar_look(calendar, found).day;
	}
	*wall_ms = calendar_day_start(calendar, day + is_end);
	return true;
}
