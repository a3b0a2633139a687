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

void clock_format_utc(int64_t wall_ms, char text[CLOCK_UTC_SIZE])
{
	time_t seconds = (time_t)(wall_ms / 1000);
	int millis = (int)(wall_ms % 1000);
	struct tm utc;

	gmtime_r(&seconds, &utc);
	/* Four-digit years only: the mask keeps the text in its room whatever the clock says. */
	snprintf(text, CLOCK_UTC_SIZE, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ",
		(unsigned)(utc.tm_year + 1900) % 10000u, (unsigned)(utc.tm_mon + 1) % 100u,
		(unsigned)utc.tm_mday % 100u, (unsigned)utc.tm_hour % 100u,
		(unsigned)utc.tm_min % 100u, (unsigned)utc.tm_sec % 100u,
		(unsigned)(millis < 0 ? 0 : millis) % 1000u);
}
