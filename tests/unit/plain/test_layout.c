/*
 * HTML to text, compared with files beside this one: golden/NAME.html is what a mail holds, and
 * golden/NAME.txt what must come of it. `test_layout DIRECTORY write` writes the second ones, to be
 * looked at before they are committed.
 */
#include "unit.h"

#include "base/cleanup.h"
#include "base/fd.h"
#include "message/utf8.h"
#include "plain/html_text.h"
#include "plain/html_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

static const char *directory;
static bool writes;

static void convert(const char *name, struct buf *text)
{
	cleanup_buf struct buf html = {0};

	assert_int_equal(fd_read_file(AT_FDCWD, name, SIZE_MAX, &html), 0);
	assert_int_equal(html_text(buf_slice(&html), text), 0);
	assert_int_equal(utf8_valid_prefix(buf_slice(text)), text->len);
}

static void test_golden(void **state)
{
	cleanup_dir DIR *listing = opendir(directory);
	struct dirent *entry;
	unsigned count = 0;

	(void)state;
	assert_non_null(listing);
	while ((entry = readdir(listing)) != NULL) {
		cleanup_buf struct buf got = {0}, want = {0};
		char path[4096];
		size_t length = strlen(entry->d_name);

		if (!slice_ends_nocase(slice_cstr(entry->d_name), ".html"))
			continue;
		snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
		convert(path, &got);
		memcpy(path + strlen(directory) + 1 + length - 4, "txt", 4);
		if (writes) {
			cleanup_fd int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

			assert_int_equal(fd_write_all(fd, buf_slice(&got)), 0);
			continue;
		}
		assert_int_equal(fd_read_file(AT_FDCWD, path, SIZE_MAX, &want), 0);
		if (!slice_eq(buf_slice(&got), buf_slice(&want)))
			fail_msg("%s\n--- got:\n%s\n--- want:\n%s", entry->d_name, buf_cstr(&got),
				buf_cstr(&want));
		count++;
	}
	assert_true(writes || count >= 15);
}

/* `count` times `text`, then `end`. */
static void add_times(struct buf *out, const char *text, unsigned count, const char *end)
{
	while (count-- > 0)
		buf_add_cstr(out, text);
	buf_add_cstr(out, end);
}

static void test_deep(void **state)
{
	static const char *const tags[] = {
		"<div>", "<blockquote>", "<ul><li>", "<table><tr><td>", "<ol><li><blockquote>"};

	(void)state;
	for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++) {
		cleanup_buf struct buf html = {0}, text = {0};

		add_times(&html, tags[i], 3000, "the bottom<p>of it</p>");
		assert_int_equal(html_text(buf_slice(&html), &text), 0);
		assert_non_null(strstr(buf_cstr(&text), "the bottom"));
		assert_non_null(strstr(buf_cstr(&text), "of it"));
		assert_true(text.len < 200);
	}
}

static void test_many(void **state)
{
	cleanup_buf struct buf html = {0}, text = {0};

	(void)state;
	buf_add_cstr(&text, "before");
	add_times(&html, "<b>x</b>", HTML_NODES_MAX / 2, "<b>one more</b>");
	assert_int_equal(html_text(buf_slice(&html), &text), -EFBIG);
	assert_slice(buf_slice(&text), "before");
}

static void test_large_table(void **state)
{
	cleanup_buf struct buf html = {0}, text = {0};

	(void)state;
	buf_add_cstr(&html, "<table>");
	add_times(&html, "<tr><td>name<td>17</tr>", 50000, "<tr><td>the last<td>4</table>");
	assert_int_equal(html_text(buf_slice(&html), &text), 0);
	assert_non_null(strstr(buf_cstr(&text), "name      17\nthe last   4\n"));
}

/* A few bytes of HTML that would be written as very many. */
static void test_growth(void **state)
{
	static const char *const rows[] = {"<hr>", "<li>a", "<h1>aaaaa"};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		cleanup_buf struct buf html = {0}, text = {0};

		add_times(&html, "<blockquote>", 12, "<ul><li><ul><li><ul>");
		add_times(&html, rows[i], 100000, "");
		(void)html_text(buf_slice(&html), &text);
		assert_true(text.len <= 8 * html.len + 70000);
	}
}

static void test_footnotes_end(void **state)
{
	cleanup_buf struct buf html = {0}, text = {0};

	(void)state;
	for (unsigned i = 0; i < 1500; i++)
		buf_addf(&html, "<a href='https://e.example/%u'>a</a> ", i);
	assert_int_equal(html_text(buf_slice(&html), &text), 0);
	assert_non_null(strstr(buf_cstr(&text), "\n[1000] https://e.example/999\n(Where further"));
	assert_null(strstr(buf_cstr(&text), "[1001]"));
}

static void test_large_attributes(void **state)
{
	cleanup_buf struct buf html = {0}, text = {0};

	(void)state;
	add_times(&html, "", 0, "<p>a<a href='https://e.example/");
	add_times(&html, "x", 5000000, "'>b</a><img src='data:");
	add_times(&html, "x", 5000000, "' alt='");
	add_times(&html, "y", 1000000, "'>c</p>");
	assert_int_equal(html_text(buf_slice(&html), &text), 0);
	assert_true(text.len < 300);
	assert_int_equal(strncmp(buf_cstr(&text), "ab[yyy", 6), 0);
	assert_non_null(strstr(buf_cstr(&text), "y]c\n"));
}

static void test_bytes(void **state)
{
	static const char html[] = "a\0b\x01<p>\x7f"
				   "c</p\0>d\xff";
	cleanup_buf struct buf text = {0};

	(void)state;
	assert_int_equal(html_text(slice_make(html, sizeof(html) - 1), &text), 0);
	assert_int_equal(utf8_valid_prefix(buf_slice(&text)), text.len);
	assert_non_null(strstr(buf_cstr(&text), "a b"));
	assert_null(memchr(text.data, '\0', text.len));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_deep),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_large_table),
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_footnotes_end),
		cmocka_unit_test(test_large_attributes),
		cmocka_unit_test(test_bytes),
	};

	if (argc < 2)
		return 77;
	directory = argv[1];
	writes = argc > 2;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
