/*
 * Days and hours of the local clock, in zones that change it by an hour, by half of one, and at
 * midnight; the moments are those of the zone database for 2026.
 */
#include "unit.h"

#include "report/calendar.h"

#include <stdlib.h>
#include <time.h>

#define MINUTE INT64_C(60000)
#define HOUR   (60 * MINUTE)

static struct calendar calendar;

static void zone(const char *name)
{
	setenv("TZ", name, 1);
	calendar = (struct calendar){0};
	calendar_init(&calendar);
}

static int64_t at(const char *text)
{
	int64_t wall_ms;

	assert_true(calendar_read(&calendar, slice_cstr(text), 0, false, &wall_ms));
	return wall_ms;
}

static void check_time(int64_t wall_ms, const char *want)
{
	char text[CALENDAR_TIME_SIZE];

	calendar_time_text(&calendar, wall_ms, text);
	assert_string_equal(text, want);
}

/* The day is so many minutes long, and every minute of it belongs to it. */
static void check_day(const char *date, int64_t minutes)
{
	int64_t start = at(date), day = calendar_look(&calendar, start).day;
	char text[CALENDAR_DATE_SIZE];

	calendar_date_text(day, text);
	assert_string_equal(text, date);
	assert_int_equal(calendar_day_start(&calendar, day), start);
	assert_int_equal(calendar_day_start(&calendar, day + 1), start + minutes * MINUTE);
	assert_int_equal(calendar_look(&calendar, start - 1).day, day - 1);
	for (int64_t i = 0; i < minutes; i++) {
		time_t moment = (time_t)((start + i * MINUTE) / 1000);
		struct tm local;

		assert_non_null(localtime_r(&moment, &local));
		assert_int_equal(calendar_look(&calendar, start + i * MINUTE).day, day);
		assert_int_equal(calendar_look(&calendar, start + i * MINUTE).hour, local.tm_hour);
	}
	assert_int_equal(calendar_look(&calendar, start + minutes * MINUTE).day, day + 1);
}

static void test_berlin(void **state)
{
	zone("Europe/Berlin");
	assert_int_equal(at("2026-03-29"), INT64_C(1774738800000));
	check_day("2026-03-28", 24 * 60);
	check_day("2026-03-29", 23 * 60);
	check_day("2026-10-25", 25 * 60);
	check_time(at("2026-10-25") + 150 * MINUTE, "2026-10-25 02:30:00");
	check_time(at("2026-10-25") + 210 * MINUTE, "2026-10-25 02:30:00");
	check_time(at("2026-03-29") + 150 * MINUTE, "2026-03-29 03:30:00");
}

static void test_new_york(void **state)
{
	zone("America/New_York");
	assert_int_equal(at("2026-03-08"), INT64_C(1772946000000));
	check_day("2026-03-08", 23 * 60);
	check_day("2026-11-01", 25 * 60);
	check_day("2026-11-02", 24 * 60);
}

static void test_lord_howe(void **state)
{
	zone("Australia/Lord_Howe");
	assert_int_equal(at("2026-04-05"), INT64_C(1775307600000));
	check_day("2026-04-05", 24 * 60 + 30);
	check_day("2026-10-04", 23 * 60 + 30);
}

/* At midnight: this day began at one o'clock. */
static void test_no_midnight(void **state)
{
	zone("America/Sao_Paulo");
	check_day("2018-11-04", 23 * 60);
	check_time(at("2018-11-04"), "2018-11-04 01:00:00");
}

static void test_utc(void **state)
{
	zone("UTC");
	check_day("1970-01-01", 24 * 60);
	check_day("1969-12-31", 24 * 60);
	check_day("2024-02-29", 24 * 60);
	check_time(-1, "1969-12-31 23:59:59");
}

static void check_read(const char *text, bool is_end, const char *want)
{
	int64_t now = at("2026-11-22T14:05"), wall_ms;

	assert_true(calendar_read(&calendar, slice_cstr(text), now, is_end, &wall_ms));
	check_time(wall_ms, want);
}

static void test_read(void **state)
{
	static const char *const wrong[] = {"", "tomorrow", "2026-13-01", "2026-02-29", "26-11-22",
		"2026-11-22T", "2026-11-22T24:00", "2026-11-22T1:00", "2026-11-22x14:05", "7", "d",
		"-7d", "7w", "99999999d", "2026-11-22T14:05:00", "2026-11-2\xff"};
	int64_t wall_ms;

	zone("Europe/Berlin");
	check_read("today", false, "2026-11-22 00:00:00");
	check_read("today", true, "2026-11-23 00:00:00");
	check_read("yesterday", false, "2026-11-21 00:00:00");
	check_read("yesterday", true, "2026-11-22 00:00:00");
	check_read("month", false, "2026-11-01 00:00:00");
	check_read("2026-03-29", true, "2026-03-30 00:00:00");
	check_read("2026-07-01T08:30", true, "2026-07-01 08:30:00");
	check_read("2026-07-01 08:30", false, "2026-07-01 08:30:00");
	check_read("90m", false, "2026-11-22 12:35:00");
	check_read("24h", false, "2026-11-21 14:05:00");
	check_read("30d", false, "2026-10-23 15:05:00"); /* across the change: 720 hours */
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(calendar_read(&calendar, slice_cstr(wrong[i]), 0, false, &wall_ms));
}

/* Every day of eight centuries, against gmtime_r(3). */
static void test_dates(void **state)
{
	(void)state;
	for (int64_t day = -146097; day <= 146097; day++) {
		time_t moment = (time_t)(day * 86400);
		struct calendar_date date = calendar_date(day);
		struct tm tm;

		assert_non_null(gmtime_r(&moment, &tm));
		assert_int_equal(date.year, tm.tm_year + 1900);
		assert_int_equal(date.month, tm.tm_mon + 1);
		assert_int_equal(date.day, tm.tm_mday);
		assert_int_equal(date.weekday, (tm.tm_wday + 6) % 7);
		assert_int_equal(calendar_day(date.year, date.month, date.day), day);
	}
	assert_int_equal(calendar_day(2026, 13, 1), calendar_day(2027, 1, 1));
	assert_int_equal(calendar_day(2026, 0, 31), calendar_day(2025, 12, 31));
	assert_int_equal(calendar_day(2028, 2, 30), calendar_day(2028, 3, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_berlin),
		cmocka_unit_test(test_new_york),
		cmocka_unit_test(test_lord_howe),
		cmocka_unit_test(test_no_midnight),
		cmocka_unit_test(test_utc),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_dates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
