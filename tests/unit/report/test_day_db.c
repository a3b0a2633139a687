/* The day database: a day replaces itself, an old one is kept, a damaged file stays as it is. */
#include "unit.h"

#include "base/cleanup.h"
#include "report/day_db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define DAY 20000

static const struct log_place place = {"qmvc.log", 1};

struct home {
	char base[64], log[80], file[96];
};

static int set_up(void **state)
{
	struct home *home = calloc(1, sizeof(*home));

	snprintf(home->base, sizeof(home->base), "/tmp/qmvc-days-XXXXXX");
	assert_non_null(mkdtemp(home->base));
	snprintf(home->log, sizeof(home->log), "%s/log", home->base);
	snprintf(home->file, sizeof(home->file), "%s/days.db", home->log);
	assert_int_equal(mkdir(home->log, 0700), 0);
	setenv("TZ", "UTC", 1);
	*state = home;
	return 0;
}

static int tear_down(void **state)
{
	struct home *home = *state;

	unlink(home->file);
	rmdir(home->log); /* fails when something was left there */
	assert_int_equal(rmdir(home->base), 0);
	free(home);
	return 0;
}

static struct tally *counted(unsigned mails)
{
	struct tally *tally = tally_new(0, INT64_MAX);

	for (unsigned i = 0; i < mails; i++) {
		struct log_entry entry = {.time_ms = (int64_t)DAY * 86400 * 1000 + i,
			.id = slice_cstr("id"),
			.sender = slice_cstr("\x1b[31ma\\b\xff@c"),
			.recipient = slice_cstr("c@d"),
			.action = slice_cstr(i % 2 ? "pass" : "block"),
			.met = slice_cstr("subject"),
			.size = 100,
			.delay_us = 1000 * (i + 1)};

		assert_int_equal(tally_take(tally, &entry, &place), 0);
	}
	return tally;
}

static int put(struct day_db *db, int64_t day, unsigned mails, bool closed)
{
	struct tally *tally = counted(mails);
	struct error error = {0};
	int result = day_db_put_log(db, day, tally, closed, &error);

	tally_free(tally);
	assert_true(result >= 0);
	return result;
}

static struct day_db *open_db(const struct home *home)
{
	struct error error = {0};
	struct day_db *db = NULL;

	if (day_db_open(home->base, true, &db, &error))
		fail_msg("%s", error.text);
	return db;
}

static void check_refused(const struct home *home, int expected, const char *why)
{
	struct error error = {0};
	struct day_db *db = NULL;

	assert_int_equal(day_db_open(home->base, true, &db, &error), expected);
	assert_null(db);
	assert_non_null(strstr(error.text, home->base));
	if (!strstr(error.text, why))
		fail_msg("%s", error.text);
}

static void test_made(void **state)
{
	struct home *home = *state;
	struct error error = {0};
	struct day_db *db = NULL;
	struct stat status;

	assert_int_equal(day_db_open(home->base, false, &db, &error), 1);
	assert_int_equal(access(home->file, F_OK), -1);
	day_db_close(open_db(home));
	assert_int_equal(stat(home->file, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	assert_int_equal(status.st_nlink, 1);
	assert_int_equal(day_db_open(home->base, false, &db, &error), 0);
	day_db_close(db);
	day_db_close(NULL);
}

static void test_closed(void **state)
{
	struct day_db *db = open_db(*state);
	struct error error = {0};
	int64_t day = 0;

	assert_int_equal(day_db_closed_until(db, DAY_LOG, &day, &error), 1);
	put(db, DAY, 5, false);
	assert_int_equal(day_db_closed_until(db, DAY_LOG, &day, &error), 1);
	put(db, DAY, 6, true);
	put(db, DAY + 1, 0, true);
	put(db, DAY + 2, 1, false);
	put(db, DAY + 3, 1, true); /* a clock that was wrong */
	assert_int_equal(day_db_closed_until(db, DAY_LOG, &day, &error), 0);
	assert_int_equal(day, DAY + 1);
	assert_int_equal(day_db_closed_until(db, DAY_REP, &day, &error), 1);
	put(db, DAY, 7, false); /* stays closed */
	assert_int_equal(day_db_closed_until(db, DAY_LOG, &day, &error), 0);
	assert_int_equal(day, DAY + 1);
	/* Two are gone: what was counted stays, and nobody looks again. */
	put(db, DAY + 2, 3, false);
	assert_int_equal(put(db, DAY + 2, 2, true), DAY_DB_KEPT);
	assert_int_equal(day_db_closed_until(db, DAY_LOG, &day, &error), 0);
	assert_int_equal(day, DAY + 3);
	day_db_close(db);
}

static void write_file(const struct home *home, const void *bytes, size_t size)
{
	cleanup_fd int fd = open(home->file, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_equal(write(fd, bytes, size), (ssize_t)size);
}

static void test_damaged(void **state)
{
	struct home *home = *state;
	cleanup_fd int fd = -1;
	struct stat status;

	write_file(home, "", 0);
	check_refused(home, -EBADMSG, "is empty");
	assert_int_equal(stat(home->file, &status), 0);
	assert_int_equal(status.st_size, 0);
	write_file(home, "this is no database, though it is long enough to be looked at", 60);
	check_refused(home, -EBADMSG, "damaged");
	unlink(home->file);
	day_db_close(open_db(home));
	fd = open(home->file, O_RDWR);
	assert_int_equal(pwrite(fd, "\0\0\0\2", 4, 60), 4); /* user_version */
	check_refused(home, -EPROTO, "newer qmvc");
	assert_int_equal(pwrite(fd, "\0\0\0\1abcd", 8, 60), 8);
	assert_int_equal(pwrite(fd, "abcd", 4, 68), 4); /* application_id */
	check_refused(home, -EBADMSG, "none of qmvc's");
}

static void test_not_trusted(void **state)
{
	struct home *home = *state;

	assert_int_equal(chmod(home->log, 0770), 0);
	check_refused(home, -EPERM, "others may write");
	assert_int_equal(chmod(home->log, 0700), 0);
	day_db_close(open_db(home));
	assert_int_equal(chmod(home->file, 0602), 0);
	check_refused(home, -EPERM, "others may write");
	unlink(home->file);
	assert_int_equal(symlink("/etc/passwd", home->file), 0);
	check_refused(home, -EPERM, "no regular file");
	unlink(home->file);
	assert_int_equal(mkfifo(home->file, 0600), 0);
	check_refused(home, -EPERM, "no regular file");
}

/* Names that would be one when cut are added up, more than a hundred are left out. */
static void test_rep(void **state)
{
	static struct day_name names[DAY_DB_NAMES + 5];
	struct day_rep rep = {.mails = 9, .bad = 4, .infected = 5};
	struct day_db *db = open_db(*state);
	struct error error = {0};
	char text[DAY_DB_NAMES + 5][8];

	for (unsigned i = 0; i < DAY_DB_NAMES + 5; i++) {
		snprintf(text[i], sizeof(text[i]), "n%u", i);
		names[i] = (struct day_name){slice_cstr(text[i]), 1000 - i};
	}
	names[1].name = names[0].name;
	rep.names[DAY_REP_TYPE] = (struct day_names){names, DAY_DB_NAMES + 5};
	for (unsigned i = 0; i < 2; i++)
		if (day_db_put_virus(db, DAY, &rep, true, &error))
			fail_msg("%s", error.text);
	day_db_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_made, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_closed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_damaged, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_not_trusted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_rep, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
