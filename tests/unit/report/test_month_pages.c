/* Which pages change with some days, and that their links lead to what is there. */
#include "unit.h"

#include "base/cleanup.h"
#include "base/fd.h"
#include "report/month_pages.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static const struct log_place place = {"qmvc.log", 1};

struct here {
	char base[64];
	struct site site;
	struct day_db *db;
};

static int set_up(void **state)
{
	struct here *here = calloc(1, sizeof(*here));
	struct error error = {0};
	char log[80];

	setenv("TZ", "UTC", 1);
	snprintf(here->base, sizeof(here->base), "/tmp/qmvc-months-XXXXXX");
	assert_non_null(mkdtemp(here->base));
	snprintf(log, sizeof(log), "%s/log", here->base);
	assert_int_equal(mkdir(log, 0700), 0);
	if (site_open(&here->site, here->base, NULL, &error) ||
		day_db_open(here->base, true, &here->db, &error))
		fail_msg("%s", error.text);
	here->site.now_ms = (calendar_day(2026, 11, 22) * 24 + 12) * 3600 * 1000;
	*state = here;
	return 0;
}

static int drop(const char *path, const struct stat *status, int type, struct FTW *where)
{
	return remove(path);
}

static int tear_down(void **state)
{
	struct here *here = *state;

	day_db_close(here->db);
	site_release(&here->site);
	assert_int_equal(nftw(here->base, drop, 8, FTW_DEPTH | FTW_PHYS), 0);
	free(here);
	return 0;
}

static void put(struct here *here, int year, unsigned month, unsigned day, unsigned mails)
{
	struct tally *tally = tally_new(0, INT64_MAX);
	int64_t number = calendar_day(year, month, day);
	struct error error = {0};

	for (unsigned i = 0; i < mails; i++) {
		struct log_entry entry = {.time_ms = number * 86400 * 1000,
			.id = slice_cstr("id"),
			.action = slice_cstr(i % 4 ? "pass" : "block"),
			.size = 100,
			.delay_us = 1000};

		assert_int_equal(tally_take(tally, &entry, &place), 0);
	}
	assert_int_equal(day_db_put_log(here->db, number, tally, true, &error), 0);
	tally_free(tally);
}

static void update(struct here *here, int64_t first, int64_t last)
{
	struct error error = {0};

	if (month_pages_update(&here->site, here->db, first, last, &error))
		fail_msg("%s", error.text);
}

static bool says(const struct here *here, const char *name, const char *text)
{
	cleanup_buf struct buf page = {0};

	assert_int_equal(fd_read_file(here->site.fd, name, 1 << 20, &page), 0);
	return slice_find(buf_slice(&page), slice_cstr(text), 0) < page.len;
}

static void test_neighbours(void **state)
{
	struct here *here = *state;
	int64_t october = calendar_day(2026, 10, 31), november = calendar_day(2026, 11, 1);

	put(here, 2026, 9, 1, 3);
	put(here, 2026, 10, 31, 5);
	update(here, calendar_day(2026, 9, 1), october);
	assert_true(says(here, "month-2026-09.html", "href=\"month-2026-10.html\""));
	assert_false(says(here, "month-2026-10.html", "href=\"month-2026-11.html\""));
	assert_true(says(here, "index.html", "October 2026"));
	put(here, 2026, 11, 1, 7);
	update(here, november, november);
	assert_true(says(here, "month-2026-10.html", "href=\"month-2026-11.html\""));
	assert_true(says(here, "month-2026-11.html", "href=\"month-2026-10.html\""));
	assert_true(says(here, "index.html", "November 2026"));
	assert_true(says(here, "latest", "day=2026-11-01"));
	assert_true(says(here, "latest", "mails=7 stopped=2"));
	assert_false(site_has(&here->site, "month-2026-12.html"));
	assert_false(site_has(&here->site, "month-2026-08.html"));
}

/* Delays of centuries stand in no log of ours, and are no reason to write nothing. */
static void test_forged(void **state)
{
	struct here *here = *state;
	struct tally *tally = tally_new(0, INT64_MAX);
	int64_t day = calendar_day(2026, 11, 21);
	const struct log_entry entry = {.time_ms = day * 86400 * 1000,
		.action = slice_cstr("pass"),
		.delay_us = UINT64_C(1) << 55};
	struct error error = {0};

	assert_int_equal(tally_take(tally, &entry, &place), 0);
	assert_int_equal(day_db_put_log(here->db, day, tally, true, &error), 0);
	tally_free(tally);
	update(here, day, day);
	assert_true(says(here, "latest", " median=1000000000.000 p95=1000000000.000 "));
}

/* A month without mail is passed over; days to come and long gone are nobody's. */
static void test_holes(void **state)
{
	struct here *here = *state;

	put(here, 2026, 1, 5, 3);
	put(here, 2026, 4, 5, 3);
	put(here, 2026, 5, 5, 0);
	put(here, 2199, 1, 1, 3);
	update(here, INT64_MIN / 1000, INT64_MAX / 1000);
	assert_true(site_has(&here->site, "month-2026-01.html"));
	assert_false(site_has(&here->site, "month-2026-02.html"));
	assert_true(site_has(&here->site, "month-2026-04.html"));
	assert_false(site_has(&here->site, "month-2026-05.html"));
	assert_false(site_has(&here->site, "month-2199-01.html"));
	assert_true(says(here, "index.html", "April 2026"));
}

static void test_empty(void **state)
{
	struct here *here = *state;
	int64_t today = calendar_day(2026, 11, 22);

	update(here, today, today);
	assert_true(says(here, "index.html", "November 2026"));
	assert_true(says(here, "latest", "mails=0"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_neighbours, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_forged, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_holes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_empty, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
