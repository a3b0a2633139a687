/* Logs put away: names, second runs, what an interrupted run left, what may be removed. */
#include "unit.h"

#include "base/cleanup.h"
#include "base/fd.h"
#include "report/archive.h"
#include "report/calendar.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define DAY   20000 /* 2024-10-04 */
#define NEVER INT64_MIN

struct folder {
	char path[64];
	int dir;
};

static int set_up(void **state)
{
	struct folder *folder = calloc(1, sizeof(*folder));

	snprintf(folder->path, sizeof(folder->path), "/tmp/qmvc-archive-XXXXXX");
	assert_non_null(mkdtemp(folder->path));
	folder->dir = open(folder->path, O_RDONLY | O_DIRECTORY);
	*state = folder;
	return 0;
}

static int tear_down(void **state)
{
	struct folder *folder = *state;
	cleanup_dir DIR *list = fdopendir(folder->dir);
	struct dirent *entry;

	rewinddir(list);
	while ((entry = readdir(list)))
		unlinkat(folder->dir, entry->d_name, 0);
	assert_int_equal(rmdir(folder->path), 0);
	free(folder);
	return 0;
}

static void put(const struct folder *folder, const char *name, const char *text)
{
	cleanup_fd int fd = openat(folder->dir, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_equal(fd_write_all(fd, slice_cstr(text)), 0);
}

/* What is in the archive NAME; empty when there is none. */
static const char *get(const struct folder *folder, const char *name)
{
	static char text[200];
	struct log_source *source;
	int fd = openat(folder->dir, name, O_RDONLY);
	ssize_t got;

	*text = 0;
	if (fd < 0)
		return text;
	assert_int_equal(log_source_new(fd, &source), 0);
	got = log_source_read(source, text, sizeof(text) - 1);
	assert_true(got >= 0);
	text[got] = 0;
	log_source_free(source);
	return text;
}

static unsigned files(const struct folder *folder)
{
	cleanup_dir DIR *list = opendir(folder->path);
	unsigned count = 0;
	struct dirent *entry;

	while ((entry = readdir(list)))
		count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	return count;
}

static struct archive_done archive(const struct folder *folder)
{
	struct archive_done done = {0};
	struct error error = {0};

	if (archive_logs(folder->dir, folder->path, false, DAY, &done, &error))
		fail_msg("%s", error.text);
	return done;
}

static void test_kinds(void **state)
{
	struct folder *folder = *state;
	struct timespec times[] = {{1000, 0}, {2000, 0}};
	struct stat status;

	put(folder, "qmvc.log", "a line\n");
	put(folder, "qmvc.rep", "a record\n");
	put(folder, "qmvc.error", "an error\n");
	put(folder, "qmvc.log.1", "by logrotate\n");
	put(folder, "topvirus_Sender1", "another\n");
	assert_int_equal(utimensat(folder->dir, "qmvc.log", times, 0), 0);
	assert_int_equal(archive(folder).archived, 3);
	assert_string_equal(get(folder, "qmvc-2024-10-04.log.zst"), "a line\n");
	assert_string_equal(get(folder, "qmvc-2024-10-04.rep.zst"), "a record\n");
	assert_string_equal(get(folder, "qmvc-2024-10-04.error.zst"), "an error\n");
	assert_string_equal(get(folder, "qmvc.log.1"), "by logrotate\n");
	assert_int_equal(files(folder), 5);
	assert_int_equal(fstatat(folder->dir, "qmvc-2024-10-04.log.zst", &status, 0), 0);
	assert_int_equal(status.st_mtim.tv_sec, 2000);
	assert_int_equal(status.st_mode & 0777, 0600);
	assert_int_equal(archive(folder).archived, 0);
}

static void test_second_run(void **state)
{
	struct folder *folder = *state;

	for (unsigned run = 1; run <= 3; run++) {
		put(folder, "qmvc.log", run == 1 ? "one\n" : run == 2 ? "two\n" : "three\n");
		assert_int_equal(archive(folder).archived, 1);
	}
	assert_string_equal(get(folder, "qmvc-2024-10-04.log.zst"), "one\n");
	assert_string_equal(get(folder, "qmvc-2024-10-04.2.log.zst"), "two\n");
	assert_string_equal(get(folder, "qmvc-2024-10-04.3.log.zst"), "three\n");
	assert_int_equal(files(folder), 3);
}

/* Behind each step of an interrupted run. */
static void test_interrupted(void **state)
{
	struct folder *folder = *state;

	put(folder, "qmvc-2024-10-03.log", "renamed\n");
	put(folder, ".qmvc-2024-10-03.log.zst.new", "half of it");
	put(folder, "qmvc.log", "new\n");
	assert_int_equal(archive(folder).archived, 2);
	assert_string_equal(get(folder, "qmvc-2024-10-03.log.zst"), "renamed\n");
	assert_string_equal(get(folder, "qmvc-2024-10-04.log.zst"), "new\n");
	assert_int_equal(files(folder), 2);
	put(folder, "qmvc-2024-10-03.log", "renamed\n"); /* not removed yet */
	assert_int_equal(archive(folder).archived, 1);
	assert_int_equal(files(folder), 2);
}

/* An archive that is not of this log, or damaged: both stay, the others go on. */
static void test_another(void **state)
{
	struct folder *folder = *state;
	struct archive_done done = {0};
	struct error error = {0};

	put(folder, "qmvc.log", "old\n");
	archive(folder);
	put(folder, "qmvc-2024-10-04.log", "another\n");
	put(folder, "qmvc-2024-10-05.log", "third\n");
	assert_int_equal(
		archive_logs(folder->dir, folder->path, false, DAY, &done, &error), -EEXIST);
	assert_non_null(strstr(error.text, "qmvc-2024-10-04.log"));
	assert_string_equal(get(folder, "qmvc-2024-10-04.log.zst"), "old\n");
	assert_string_equal(get(folder, "qmvc-2024-10-04.log"), "another\n");
	assert_int_equal(done.archived, 1);
	put(folder, "qmvc-2024-10-06.log", "fourth\n");
	put(folder, "qmvc-2024-10-06.log.zst", "\x28\xb5\x2f\xfd cut");
	error.set = false;
	assert_true(archive_logs(folder->dir, folder->path, false, DAY, &done, &error) < 0);
	assert_string_equal(get(folder, "qmvc-2024-10-06.log"), "fourth\n");
}

static void test_no_links(void **state)
{
	struct folder *folder = *state;

	put(folder, "elsewhere", "precious\n");
	assert_int_equal(symlinkat("elsewhere", folder->dir, "qmvc.log"), 0);
	assert_int_equal(symlinkat("elsewhere", folder->dir, "qmvc-2024-10-04.rep"), 0);
	assert_int_equal(mkfifoat(folder->dir, "qmvc.error", 0600), 0);
	assert_int_equal(archive(folder).archived, 0);
	assert_int_equal(files(folder), 4);
	assert_string_equal(get(folder, "elsewhere"), "precious\n");
}

/* Needs root to make one. */
static void test_somebody_elses(void **state)
{
	struct folder *folder = *state;
	struct archive_done done = {0};
	struct error error = {0};

	if (geteuid() != 0)
		skip();
	put(folder, "qmvc.log", "his\n");
	put(folder, "qmvc.rep", "ours\n");
	assert_int_equal(fchownat(folder->dir, "qmvc.log", 12345, 12345, 0), 0);
	assert_int_equal(
		archive_logs(folder->dir, folder->path, false, DAY, &done, &error), -EPERM);
	assert_non_null(strstr(error.text, "qmvc.log"));
	assert_string_equal(get(folder, "qmvc.log"), "his\n");
	assert_string_equal(get(folder, "qmvc-2024-10-04.rep.zst"), "ours\n");
}

static void test_expire(void **state)
{
	static const char *const foreign[] = {"qmvc-2024-10-01.01.log.zst",
		"qmvc-2024-10-1.log.zst", "qmvc-2024-10-01.log.gz", "qmvc-2024-10-01.log.zst.zst",
		"xqmvc-2024-10-01.log.zst", "qmvc-2024-10-01.1.log.zst", "qmvc-2024-10-01..log.zst",
		"qmvc-2024-10-01.txt", "qmvc-2024-10-01", "qmvc-"};
	int64_t closed[ARCHIVE_KINDS] = {DAY, DAY - 2, NEVER};
	struct folder *folder = *state;
	struct archive_done done = {0};
	struct error error = {0};

	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
		put(folder, foreign[i], "x");
	put(folder, "qmvc-2024-10-01.log.zst", "x");
	put(folder, "qmvc-2024-10-01.7.log", "x");
	put(folder, "qmvc-2024-10-02.log.zst", "x");
	put(folder, "qmvc-2024-10-03.log.zst", "x"); /* too new */
	put(folder, "qmvc-2024-10-01.rep.zst", "x");
	put(folder, "qmvc-2024-10-02.rep.zst", "x");   /* not counted beyond */
	put(folder, "qmvc-2024-10-01.error.zst", "x"); /* not at all */
	assert_int_equal(
		archive_expire(folder->dir, folder->path, DAY - 1, closed, &done, &error), 0);
	assert_int_equal(done.removed, 4);
	assert_int_equal(done.kept, 2);
	assert_int_equal(files(folder), sizeof(foreign) / sizeof(foreign[0]) + 3);
	assert_string_equal(get(folder, "qmvc-2024-10-03.log.zst"), "x");
	assert_string_equal(get(folder, "qmvc-2024-10-02.rep.zst"), "x");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_kinds, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_second_run, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_interrupted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_another, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_links, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_somebody_elses, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_expire, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
