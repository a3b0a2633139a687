/* The two clocks; see clock.h. */
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

uint64_t clock_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

int64_t clock_wall_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/*
 * The day of the proleptic Gregorian calendar, `days` after 1970-01-01. Not gmtime_r(3): glibc's looks
 * at the time zone files first, and the filter opens nothing that a mail does not need. Years begin
 * in March here, so that the leap day is the last of its year.
 */
static void civil_date(int64_t days, unsigned *year, unsigned *month, unsigned *day)
{
	const int64_t days_to_march_0000 = 719468, days_in_400_years = 146097;
	int64_t shifted = days + days_to_march_0000;
	int64_t cycle = (shifted >= 0 ? shifted : shifted - days_in_400_years + 1) / days_in_400_years;
	unsigned of_cycle = (unsigned)(shifted - cycle * days_in_400_years);
	unsigned of_400 = (of_cycle - of_cycle / 1460 + of_cycle / 36524 - of_cycle / 146096) / 365;
	unsigned of_year = of_cycle - (365 * of_400 + of_400 / 4 - of_400 / 100);
	unsigned from_march = (5 * of_year + 2) / 153;

	*day = of_year - (153 * from_march + 2) / 5 + 1;
	*month = from_march < 10 ? from_march + 3 : from_march - 9;
	*year = (unsigned)(cycle * 400 + of_400 + (*month <= 2));
}

void clock_format_utc(int64_t wall_ms, char text[CLOCK_UTC_SIZE])
{
	const int64_t ms_in_day = 24 * 3600 * 1000;
	int64_t days = wall_ms / ms_in_day - (wall_ms % ms_in_day < 0);
	unsigned of_day = (unsigned)(wall_ms - days * ms_in_day);
	unsigned year, month, day;

	civil_date(days, &year, &month, &day);
	/* Four-digit years only: the remainders keep the text in its room whatever the clock says. */
	snprintf(text, CLOCK_UTC_SIZE, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", year % 10000u,
		month % 100u, day % 100u, of_day / 3600000 % 24u, of_day / 60000 % 60u,
		of_day / 1000 % 60u, of_day % 1000u);
}
