/* The line `latest`: written and read back, and everything that is no such line refused. */
#include "unit.h"

#include "base/cleanup.h"
#include "base/fd.h"
#include "report/latest.h"

#include "../react/tmp_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define LINE \
	"v=1 day=2026-11-22 made=2026-11-22T22:58:03.123Z mails=1000 stopped=41 infected=12 " \
	"deferred=3 median=12.345 p95=118.400 trend=5,0,1000 page=index.html name=example.org\n"

static struct arena arena; /* what was read, until the test ends */

static int forget(void **state)
{
	arena_release(&arena);
	return remove_dir(state);
}

#define with_files(test) cmocka_unit_test_setup_teardown(test, make_dir, forget)

static void put(const char *name, const char *text)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static int read_latest(const char *name, uid_t owner, struct latest *latest)
{
	cleanup_fd int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return latest_read(fd, name, owner, &arena, latest);
}

static void test_format(void **state)
{
	struct latest latest = {
		.day = 20779,
		.made_ms = 1795388283123,
		.mails = 1000,
		.stopped = 41,
		.infected = 12,
		.deferred = 3,
		.median_us = 12345,
		.p95_us = 118400,
		.page = SLICE_LITERAL("index.html"),
		.trend = {5, 0, 1000},
		.trend_count = 3,
		.name = SLICE_LITERAL("example.org"),
	};
	cleanup_buf struct buf out = {0};

	assert_int_equal(latest_format(&latest, &out), 0);
	assert_slice(buf_slice(&out), LINE);
	latest.page = slice_cstr("../index.html");
	assert_int_equal(latest_format(&latest, &out), -EINVAL);
	latest.page = slice_cstr("index.html");
	latest.stopped = 1001;
	assert_int_equal(latest_format(&latest, &out), -EINVAL);
}

static void test_read(void **state)
{
	struct latest latest;

	put("index.html", "");
	put("latest", LINE);
	assert_int_equal(read_latest("latest", geteuid(), &latest), 0);
	assert_int_equal(latest.day, 20779);
	assert_int_equal(latest.made_ms, 1795388283123);
	assert_int_equal(latest.mails, 1000);
	assert_int_equal(latest.stopped, 41);
	assert_int_equal(latest.infected, 12);
	assert_int_equal(latest.deferred, 3);
	assert_int_equal(latest.median_us, 12345);
	assert_int_equal(latest.p95_us, 118400);
	assert_slice(latest.page, "index.html");
	assert_int_equal(latest.trend_count, 3);
	assert_int_equal(latest.trend[2], 1000);
	assert_slice(latest.name, "example.org");
}

/* What was written is what is read, whatever the name holds; a page more, and no trend. */
static void test_any_name(void **state)
{
	static const char *const names[] = {"", "a", "\"", "\\", "a b=c", "\xff\n\x1b[1m",
		"<script>alert(1)</script>", "d\xc3\xb6ner.example"};
	struct latest latest;

	put("d\xc3\xb6 n-index.html", "");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct latest written = {.page = SLICE_LITERAL("d\xc3\xb6 n-index.html")};
		cleanup_buf struct buf out = {0};

		written.name = slice_cstr(names[i]);
		assert_int_equal(latest_format(&written, &out), 0);
		put("x-latest", buf_cstr(&out));
		assert_int_equal(read_latest("x-latest", geteuid(), &latest), 0);
		assert_slice(latest.name, names[i]);
		assert_int_equal(latest.trend_count, 0);
		assert_slice(latest.page, "d\xc3\xb6 n-index.html");
	}
}

/* The line with `old` replaced; every such line must be refused. */
static void test_refused(void **state)
{
	static const char *const changes[][2] = {
		{"v=1", "v=2"},
		{"v=1 ", ""},
		{"v=1 ", " v=1 "},
		{"day=", "dai="},
		{"2026-11-22 ", "2026-11-31 "},
		{"2026-11-22 ", "2026-11-22T "},
		{"2026-11-22 ", " "},
		{"22:58", "24:58"},
		{".123Z", "Z"},
		{"mails=1000", "mails=1001 mails=1000"},
		{"mails=1000", "mails=40"},
		{"mails=1000", "mails=-1000"},
		{"mails=1000", "mails=+1000"},
		{"mails=1000", "mails=0x1000"},
		{"mails=1000", "mails=1000000000001"},
		{"mails=1000", "mails=99999999999999999999999"},
		{"mails=1000", "mails="},
		{"stopped=41", "stopped=1001"},
		{"infected=12", "infected=1001"},
		{"deferred=3", "deferred=1001"},
		{"deferred=3 ", "deferred=3  "},
		{"median=12.345", "median=12"},
		{"median=12.345", "median=118.401"},
		{"p95=118.400", "p95=1000000000.001"},
		{"index.html", "../../etc/passwd"},
		{"index.html", "../index.html"},
		{"index.html", "/index.html"},
		{"index.html", "a/index.html"},
		{"index.html", ".html"},
		{"index.html", ".a.html"},
		{"index.html", "\"index.html"},
		{"index.html", "\"index.html\"x"},
		{"index.html", "\"index.html\\\""},
		{"index.html", "\"a\\x00/../index.html\""},
		{"index.html", "\"a\\x0A.html\""},
		{"index.html", "\\xFF.html"},
		{"index.html", "index.htm"},
		{"index.html", "index.html?"},
		{"index.html", "javascript:x.html"},
		{"index.html", "missing.html"},
		{"index.html", "folder.html"},
		{"index.html", "link.html"},
		{"index.html", ""},
		{"trend=5,0,1000", "trend=5,0,"},
		{"trend=5,0,1000", "trend=,5"},
		{"trend=5,0,1000", "trend=5,,5"},
		{"trend=5,0,1000", "trend=5;5"},
		{"trend=5,0,1000", "trend=1000000000001"},
		{"trend=5", "trend=1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1"},
		{"name=", ""},
		{"name=", "x=1 name="},
		{"name=example.org", "name=\\x4"},
		{"name=example.org", "name=\"example.org"},
		{"name=example.org", "name=\"example.org\"x"},
		{"name=example.org", "name=a b"},
		{"name=example.org", "name=a "},
		{"org\n", "org"},
		{"org\n", "org\n\n"},
		{"org\n", "org\nv=1\n"},
		{LINE, ""},
		{LINE, "\n"},
	};
	struct latest latest = {.mails = 77};
	char line[512], path[128];

	put("index.html", "");
	snprintf(path, sizeof(path), "%s/link.html", dir);
	assert_int_equal(symlink("index.html", path), 0);
	snprintf(path, sizeof(path), "%s/folder.html", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		const char *at = strstr(LINE, changes[i][0]);

		assert_non_null(at);
		snprintf(line, sizeof(line), "%.*s%s%s", (int)(at - LINE), LINE, changes[i][1],
			at + strlen(changes[i][0]));
		put("latest", line);
		if (read_latest("latest", geteuid(), &latest) != LATEST_UNFIT)
			fail_msg("'%s' for '%s' is taken", changes[i][1], changes[i][0]);
		assert_int_equal(latest.mails, 77);
	}
}

/* No link, no FIFO (which would wait for its writer), nobody else's, nothing long. */
static void test_strange_files(void **state)
{
	struct latest latest;
	char path[128];
	FILE *file;

	put("index.html", "");
	assert_int_equal(read_latest("latest", geteuid(), &latest), LATEST_MISSING);
	put("real", LINE);
	snprintf(path, sizeof(path), "%s/latest", dir);
	assert_int_equal(symlink("real", path), 0);
	assert_int_equal(read_latest("latest", geteuid(), &latest), LATEST_UNFIT);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(read_latest("latest", geteuid(), &latest), LATEST_UNFIT);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(read_latest("latest", geteuid(), &latest), LATEST_UNFIT);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(read_latest("real", geteuid(), &latest), 0);
	assert_int_equal(read_latest("real", geteuid() + 1, &latest), LATEST_UNFIT);
	put("latest", LINE);
	file = fopen(path, "a");
	assert_non_null(file);
	for (int i = 0; i < 100000; i++)
		fputs(LINE, file);
	fclose(file);
	assert_int_equal(read_latest("latest", geteuid(), &latest), LATEST_UNFIT);
	if (geteuid() != 0) {
		put("closed", LINE);
		snprintf(path, sizeof(path), "%s/closed", dir);
		assert_int_equal(chmod(path, 0), 0);
		assert_int_equal(read_latest("closed", geteuid(), &latest), LATEST_CLOSED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_format),
		with_files(test_read),
		with_files(test_any_name),
		with_files(test_refused),
		with_files(test_strange_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
