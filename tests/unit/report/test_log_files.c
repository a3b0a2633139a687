/*
 * Records of qmvc.rep out of files: whole ones only, in their order, and no more memory than one may
 * take. What the lines of qmvc.log come to, tests/e2e/test_qmvcstat.py says.
 */
#include "unit.h"

#include "base/cleanup.h"
#include "base/fd.h"
#include "report/log_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define RECORD(id, more) "Id: " id "\nVersion: 1\nTime: 2026-11-22T14:05:42.123Z\n" more "\n"

struct taken {
	struct buf ids; /* "ID:LINE " for each */
};

static int take(void *context, const struct rep_entry *entry, const struct log_place *place)
{
	struct taken *taken = context;

	return buf_addf(&taken->ids, "%.*s:%u ", SLICE_ARGS(entry->id), (unsigned)place->line);
}

static void write_log(const char *base, const char *name, int flags, struct slice text)
{
	char path[200];
	int fd;

	snprintf(path, sizeof(path), "%s/log/%s", base, name);
	fd = open(path, O_WRONLY | O_CREAT | flags, 0600);
	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, text), 0);
	close(fd);
}

static char *make_base(void)
{
	static char base[] = "/tmp/qmvc-files.XXXXXX";
	char path[60];

	memcpy(base + sizeof(base) - 7, "XXXXXX", 6);
	assert_non_null(mkdtemp(base));
	snprintf(path, sizeof(path), "%s/log", base);
	assert_int_equal(mkdir(path, 0700), 0);
	return base;
}

static void remove_base(const char *base)
{
	char path[400];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/log", base);
	dir = opendir(path);
	assert_non_null(dir);
	while ((entry = readdir(dir)))
		unlinkat(dirfd(dir), entry->d_name, 0);
	closedir(dir);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(rmdir(base), 0);
}

static void expect(struct log_files *files, const char *ids)
{
	struct taken taken = {0};
	struct error error = {0};

	assert_int_equal(log_files_read_records(files, take, &taken, &error), 0);
	assert_slice(buf_slice(&taken.ids), ids);
	buf_release(&taken.ids);
}

/* One file with `text` in it, read once. */
static struct log_counts read_text(struct slice text, const char *ids)
{
	struct log_files files = {.base = make_base()};

	write_log(files.base, "qmvc.rep", O_TRUNC, text);
	expect(&files, ids);
	log_files_release(&files);
	remove_base(files.base);
	return files.counts;
}

static void test_whole(void **state)
{
	struct log_counts counts = read_text(
		slice_cstr("# mine\n\n\n" RECORD("a", "Subject: x\n+ Id: z\n+ Version: 1\n")
				RECORD("b", "") "\n" RECORD("c", "")),
		"a:4 b:11 c:16 ");

	assert_int_equal(counts.lines, 3);
	assert_int_equal(counts.not_read, 0);
}

static void test_foreign(void **state)
{
	struct log_counts counts = read_text(
		slice_cstr(RECORD("a", "") "Name: Ann\n\ngarbage\n\nId: n\nVersion: 9\nTime: "
					   "2026-11-22T14:05:42.123Z\n\n" RECORD("b", "")),
		"a:1 b:13 ");

	assert_int_equal(counts.lines, 5);
	assert_int_equal(counts.not_read, 3);
}

/* Cut anywhere, with nothing or another record behind it: what is whole is read, the rest is not. */
static void test_cut(void **state)
{
	static const char first[] = RECORD("a", ""),
			  cut[] = RECORD("b", "Subject: Id: x\nVirus: v\n"),
			  last[] = RECORD("c", "");

	for (size_t length = 1; length < sizeof(cut) - 2; length++) {
		cleanup_buf struct buf text = {0};
		struct log_counts counts;
		char ids[30];

		buf_addf(&text, "%s%.*s", first, (int)length, cut);
		counts = read_text(buf_slice(&text), "a:1 ");
		assert_int_equal(counts.lines, 2);
		assert_int_equal(counts.not_read, 1);
		buf_add_cstr(&text, last);
		snprintf(ids, sizeof(ids), "a:1 c:%u ",
			5 + (length > 5) + (length > 16) + (length > 47) + (length > 62) +
				(length > 71));
		counts = read_text(buf_slice(&text), ids);
		assert_int_equal(counts.lines, 3);
		assert_int_equal(counts.not_read, 1);
	}
}

/* The longest that is taken, and longer ones, whose blank line comes wherever it does. */
static void test_long(void **state)
{
	static const char head[] = "Id: l\nVersion: 1\nTime: 2026-11-22T14:05:42.123Z\nSubject: ";

	for (int more = -3; more <= 3; more++) {
		cleanup_buf struct buf text = {0};
		struct log_counts counts;
		bool fits = more <= 0;

		buf_add_cstr(&text, head);
		while (text.len < LOG_RECORD_MAX - 5 + (size_t)(more + 3))
			buf_add_byte(&text, 'x');
		buf_add_cstr(&text, "\n\n" RECORD("b", ""));
		counts = read_text(buf_slice(&text), fits ? "l:1 b:6 " : "b:6 ");
		assert_int_equal(counts.lines, 2);
		assert_int_equal(counts.not_read, !fits);
		assert_int_equal(counts.bytes, text.len);
	}
}

static void test_much_longer(void **state)
{
	cleanup_buf struct buf text = {0};
	struct log_counts counts;
	unsigned lines = 1;
	char ids[30];

	buf_add_cstr(&text, RECORD("a", "") "Id: l\nVersion: 1\nSubject: ");
	while (text.len < 3 * LOG_RECORD_MAX)
		buf_add_cstr(&text, "\n+ Id: l");
	buf_add_cstr(&text, "\n\n");
	for (size_t i = 0; i < text.len; i++)
		lines += text.data[i] == '\n';
	buf_add_cstr(&text, RECORD("b", ""));
	snprintf(ids, sizeof(ids), "a:1 b:%u ", lines);
	counts = read_text(buf_slice(&text), ids);
	assert_int_equal(counts.lines, 3);
	assert_int_equal(counts.not_read, 1);
}

/* Rotated, grown and renamed between two readings: each record once. */
static void test_again(void **state)
{
	struct log_files files = {.base = make_base()};
	char from[80], to[80];

	write_log(files.base, "qmvc-2026-10.rep", 0, slice_cstr(RECORD("a", "")));
	write_log(files.base, "qmvc.rep", 0, slice_cstr(RECORD("b", "") "Id: c\nVersion"));
	write_log(files.base, "qmvc.log", 0, slice_cstr("Id: no\n"));
	expect(&files, "a:1 b:1 ");
	write_log(files.base, "qmvc.rep", O_APPEND,
		slice_cstr(": 1\nTime: 2026-11-22T14:05:42.123Z\n\n"));
	snprintf(from, sizeof(from), "%s/log/qmvc.rep", files.base);
	snprintf(to, sizeof(to), "%s/log/qmvc-2026-11-22.rep", files.base);
	assert_int_equal(rename(from, to), 0);
	write_log(files.base, "qmvc.rep", 0, slice_cstr(RECORD("d", "")));
	expect(&files, "c:5 d:1 ");
	expect(&files, "");
	log_files_release(&files);
	remove_base(files.base);
}

static void test_names(void **state)
{
	static const char *const reps[] = {"qmvc.rep", "qmvc.rep.1", "qmvc.rep.1.gz",
		"qmvc.rep-20261122", "qmvc-2026-11-22.rep.zst", "qmvc-2026-11.rep"};
	static const char *const others[] = {"qmvc.log", "qmvc.rep.old", "qmvc-2026.log",
		"qmvc.rep~", "xqmvc.rep", "qmvc-.rep", "qmvc-a.rep", "qmvc.error", "qmvc",
		"qmvc.rep.zst.1"};

	for (size_t i = 0; i < sizeof(reps) / sizeof(reps[0]); i++) {
		assert_true(log_files_is(reps[i], LOG_KIND_REP));
		assert_false(log_files_is(reps[i], LOG_KIND_LOG));
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_false(log_files_is(others[i], LOG_KIND_REP));
	assert_true(log_files_is("qmvc-2026-11-22.log.zst", LOG_KIND_LOG));
	assert_true(log_files_is("qmvc-2026-11.error.gz", LOG_KIND_ERROR));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_much_longer),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
