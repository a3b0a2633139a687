/* The folder of the pages: names, links that are not followed, files that are whole or not there. */
#include "unit.h"

#include "base/cleanup.h"
#include "base/fd.h"
#include "report/site.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char base[] = "/tmp/test-site.XXXXXX";

static int set_up(void **state)
{
	(void)state;
	umask(022);
	return mkdtemp(base) && chdir(base) == 0 ? 0 : -1;
}

static int take_down(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", base);
	return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

static void check_path(const struct site *site, enum site_page page, int64_t day, const char *want)
{
	char path[SITE_PATH];

	assert_string_equal(site_path(site, page, day, path), want);
}

static void test_names(void **state)
{
	struct site site = SITE_NONE;
	int64_t day = calendar_day(2026, 11, 22);

	(void)state;
	check_path(&site, SITE_LOG, day, "log-2026-11-22.html");
	check_path(&site, SITE_LOG, SITE_NO_DAY, "log.html");
	check_path(&site, SITE_LINES, day, "log-2026-11-22");
	site.name = slice_cstr("example.org");
	check_path(&site, SITE_MONTH, day, "example.org-month-2026-11.html");
	check_path(&site, SITE_YEAR, day, "example.org-year-2026.html");
	check_path(&site, SITE_INDEX, day, "example.org-index.html");
	check_path(&site, SITE_LATEST, day, "example.org-latest");
	assert_true(site_name_is_fit(slice_cstr("fehcom")));
	assert_true(site_name_is_fit(slice_cstr("Bücher & Co")));
	assert_false(site_name_is_fit(slice_cstr("")));
	assert_false(site_name_is_fit(slice_cstr("../x")));
	assert_false(site_name_is_fit(slice_cstr("a/b")));
	assert_false(site_name_is_fit(slice_cstr("a\nb")));
	assert_false(site_name_is_fit(slice_cstr("M\xfcller"))); /* ISO 8859-1 */
	assert_false(site_name_is_fit(slice_cstr("ab\xe2\x80\xae"))); /* U+202E */
}

static void test_scanner(void **state)
{
	struct scanner_list list = {
		.scanners = {{.initial = "C", .name = "ClamAV daemon"}, {.initial = "F"}},
		.count = 2};
	struct site site = SITE_NONE;
	char text[SITE_SCANNER];

	(void)state;
	assert_slice(site_scanner(&site, slice_cstr("C"), text), "C");
	site.scanners = &list;
	assert_slice(site_scanner(&site, slice_cstr("C"), text), "C ClamAV daemon");
	assert_slice(site_scanner(&site, slice_cstr("F"), text), "F");
	assert_slice(site_scanner(&site, slice_cstr("CC"), text), "CC");
}

static void check_file(const char *path, const char *want, mode_t mode)
{
	cleanup_buf struct buf text = {0};
	struct stat status;

	assert_int_equal(fd_read_file(AT_FDCWD, path, 1000, &text), 0);
	assert_slice(buf_slice(&text), want);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, mode);
}

static bool keep_one(void *context, const char *name)
{
	return slice_eq_cstr(slice_cstr(context), name);
}

static void test_write(void **state)
{
	struct site site;
	struct error error = {0};
	char kept[] = "c.html";

	(void)state;
	assert_int_equal(site_open(&site, ".", NULL, &error), 0);
	assert_int_equal(site_write(&site, "a.html", slice_cstr("one"), &error), 0);
	check_file("html/a.html", "one", 0640);
	assert_int_equal(site_write(&site, "a.html", slice_cstr("two"), &error), 0);
	check_file("html/a.html", "two", 0640);
	assert_int_equal(site_write(&site, "log/b.html", slice_cstr("three"), &error), 0);
	check_file("html/log/b.html", "three", 0640);
	assert_true(site_has(&site, "log/b.html"));
	assert_false(site_has(&site, "log/c.html"));
	assert_false(site_has(&site, "no/b.html"));
	assert_slice(site_link(&site, "a.html"), "a.html");
	assert_int_equal(site_link(&site, "log").len, 0);
	assert_int_equal(site_write(&site, "log/c.html", slice_cstr("four"), &error), 0);
	assert_int_equal(site_write(&site, "log/note", slice_cstr("five"), &error), 0);
	assert_int_equal(site_sweep(&site, "log", keep_one, kept, &error), 0);
	assert_false(site_has(&site, "log/b.html"));
	assert_true(site_has(&site, "log/c.html"));
	assert_true(site_has(&site, "log/note"));
	assert_int_equal(site_sweep(&site, "no", keep_one, kept, &error), 0);
	site_release(&site);
	/* Published by the mode of the folder. */
	assert_int_equal(chmod("html", 0755), 0);
	assert_int_equal(site_open(&site, ".", NULL, &error), 0);
	assert_int_equal(site_write(&site, "a.html", slice_cstr("open"), &error), 0);
	check_file("html/a.html", "open", 0644);
	site_release(&site);
}

static mode_t mode_of(const char *path)
{
	struct stat status;

	assert_int_equal(lstat(path, &status), 0);
	return status.st_mode & 07777;
}

/* What is there already is published too, but for what is not ours or of another name. */
static void test_set_modes(void **state)
{
	static const char *const pages[] = {"n-log-2026-11-22.html", "n-virus.html", "n-index.html",
		"n-month-2026-11.html", "n-year-2026.html", "n-latest",
		"n-log-2026-11-22/all.html"};
	static const char *const others[] = {"index.html", "n-notes.html", "n-log-2026-11.html",
		"n-log-2026-11-22.html.old", "n-login.html", "n-log-2026-11-22/note",
		"n-virus-2026-11-22.html"};
	struct site site;
	struct error error = {0};
	char path[100];

	(void)state;
	assert_int_equal(mkdir("modes", 0700), 0);
	assert_int_equal(site_open(&site, "modes", NULL, &error), 0);
	site.name = slice_cstr("n");
	for (size_t i = 0; i < 7; i++) {
		assert_int_equal(site_write(&site, pages[i], slice_cstr("x"), &error), 0);
		assert_int_equal(site_write(&site, others[i], slice_cstr("x"), &error), 0);
	}
	assert_int_equal(link("modes/html/n-virus-2026-11-22.html", "modes/second"), 0);
	assert_int_equal(symlink("n-notes.html", "modes/html/n-log.html"), 0);
	assert_int_equal(mkfifo("modes/html/n-virus-2026-11-23.html", 0600), 0);
	site_release(&site);
	assert_int_equal(chmod("modes/html", 0755), 0);
	assert_int_equal(site_open(&site, "modes", NULL, &error), 0);
	site.name = slice_cstr("n");
	assert_int_equal(site_set_modes(&site, &error), 0);
	for (size_t i = 0; i < 7; i++) {
		snprintf(path, sizeof(path), "modes/html/%s", pages[i]);
		assert_int_equal(mode_of(path), 0644);
		snprintf(path, sizeof(path), "modes/html/%s", others[i]);
		assert_int_equal(mode_of(path), 0640);
	}
	assert_int_equal(mode_of("modes/html/n-log-2026-11-22"), 0755);
	assert_int_equal(mode_of("modes/html/n-virus-2026-11-23.html"), 0600);
	site_release(&site);
	assert_int_equal(chmod("modes/html", 0700), 0);
	assert_int_equal(site_open(&site, "modes", NULL, &error), 0);
	site.name = slice_cstr("n");
	assert_int_equal(site_set_modes(&site, &error), 0);
	assert_int_equal(mode_of("modes/html/n-index.html"), 0600);
	assert_int_equal(mode_of("modes/html/n-log-2026-11-22"), 0700);
	site_release(&site);
}

/* Links lead nowhere: neither the folder, nor one in it, nor the name of the file on its way. */
static void test_links(void **state)
{
	struct site site;
	struct error error = {0};

	(void)state;
	assert_int_equal(mkdir("other", 0700), 0);
	assert_int_equal(mkdir("elsewhere", 0700), 0);
	assert_int_equal(symlink("../elsewhere", "other/html"), 0);
	assert_int_equal(site_open(&site, "other", NULL, &error), -ENOTDIR);
	site_release(&site);
	assert_int_equal(site_open(&site, ".", NULL, &error), 0);
	assert_int_equal(symlink("../elsewhere", "html/lines"), 0);
	assert_int_equal(site_write(&site, "lines/x.html", slice_cstr("x"), &error), -ENOTDIR);
	assert_int_equal(symlink("../elsewhere/target", "html/.y.html.new"), 0);
	assert_int_equal(symlink("../elsewhere/target", "html/y.html"), 0);
	assert_false(site_has(&site, "y.html"));
	assert_int_equal(site_write(&site, "y.html", slice_cstr("y"), &error), 0);
	assert_true(site_has(&site, "y.html"));
	assert_int_equal(access("elsewhere/target", F_OK), -1);
	assert_int_equal(access("elsewhere/x.html", F_OK), -1);
	site_release(&site);
}

/* A folder of somebody else's is refused; needs root to make one. */
static void test_owner(void **state)
{
	struct site site;
	struct error error = {0};

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(mkdir("foreign", 0755), 0);
	assert_int_equal(mkdir("foreign/html", 0755), 0);
	assert_int_equal(chown("foreign/html", 12345, 12345), 0);
	assert_int_equal(site_open(&site, "foreign", NULL, &error), -EPERM);
	site_release(&site);
	assert_int_equal(chown("foreign", 12345, 12345), 0);
	assert_int_equal(site_open(&site, "foreign", NULL, &error), 0);
	assert_int_equal(site_write(&site, "f/a.html", slice_cstr("a"), &error), 0);
	for (unsigned i = 0; i < 2; i++) {
		struct stat status;

		assert_int_equal(stat(i ? "foreign/html/f" : "foreign/html/f/a.html", &status), 0);
		assert_int_equal(status.st_uid, 12345);
	}
	site_release(&site);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_scanner),
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_set_modes),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_owner),
	};

	return cmocka_run_group_tests(tests, set_up, take_down);
}
