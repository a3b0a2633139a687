/*
 * The control file `scanners` that qmvcbench writes: an administrator's file, of which nothing may be
 * lost, and of which what is written is read again. And the lines of it that are shown.
 */
#include "unit.h"

#include "base/cleanup.h"
#include "programs/bench_rewrite.h"

#define AT_ONCE ""

/* The file for asking in `order`, the first letters of the scanners that have answers: "FCS". */
static void rewrite(const char *text, const char *known, const char *order, struct buf *out,
	struct arena *arena)
{
	struct bench_data data = {.scanner_count = 0};
	struct bench_way way = {.sequential = *order != '\0'};
	struct scanner_list list;
	struct error error = {0};

	if (scanner_list_parse(arena, slice_cstr(text), "scanners", &list, &error))
		fail_msg("%s", error.text);
	for (unsigned i = 0; known[i]; i++)
		bench_data_scanner(&data, slice_make(known + i, 1));
	for (unsigned i = 0; order[i]; i++)
		way.order[i] = (unsigned char)(strchr(known, order[i]) - known);
	assert_int_equal(bench_rewrite(&data, &way, &list, slice_cstr(text), out), 0);
	if (scanner_list_parse(arena, buf_slice(out), "written", &list, &error))
		fail_msg("%s", error.text);
	assert_true(data.scanner_count < 2 || list.sequential == way.sequential);
	for (unsigned i = 0; order[i]; i++)
		assert_int_equal(list.scanners[i].initial[0], order[i]);
}

#define REWRITTEN(text, known, order, expected) \
	do { \
		cleanup_arena struct arena arena_ = {0}; \
		cleanup_buf struct buf out_ = {0}; \
		rewrite(text, known, order, &out_, &arena_); \
		assert_slice(buf_slice(&out_), expected); \
	} while (0)

/* Comments directly above a scanner move with it; those apart, and blank lines, stay. */
static void test_comments(void **state)
{
	REWRITTEN("# This host\n\n# Good\n# and dear\n/c;C;\n\n# Quick\n/f;F;One;;timeout=5\n# the "
		  "end\n",
		"CF", "FC",
		"# This host\n\n# Quick\n/f;F;One;;timeout=5\n\n# Good\n# and dear\n/c;C;\n# the "
		"end\n"
		"mode=sequential\n");
}

/* A sample that is put out is about itself, and so is what stands above it. */
static void test_samples(void **state)
{
	REWRITTEN("/c;C;\n# Built in\n#libclamav;L;Built in;;timeout=60\n# Quick\n/f;F;\n"
		  "#deadline=60\n/s;S;\n",
		"CFS", "SFC",
		"/s;S;\n# Built in\n#libclamav;L;Built in;;timeout=60\n# Quick\n/f;F;\n"
		"#deadline=60\n/c;C;\nmode=sequential\n");
}

/* Whatever else there is stays where it was, whitespace included. */
static void test_settings(void **state)
{
	REWRITTEN("deadline = 90\n/c;C;\n  \nMode=Sequential;\n /f ; F ; \r\n", "CF", AT_ONCE,
		"deadline = 90\n/c;C;\n  \nmode=concurrent\n /f ; F ; \r\n");
	REWRITTEN("/c;C;\nmode=sequential\n/f;F;\n", "CF", "FC", "/f;F;\nmode=sequential\n/c;C;\n");
	REWRITTEN("/c;C;\n#mode=sequential\n/f;F;\n", "CF", AT_ONCE,
		"/c;C;\n#mode=sequential\n/f;F;\n");
}

/* At once the order means nothing; of one scanner the mode does not. */
static void test_nothing_to_change(void **state)
{
	REWRITTEN("/c;C;\n# it\n/f;F;\nmode=concurrent\n", "FC", AT_ONCE,
		"/c;C;\n# it\n/f;F;\nmode=concurrent\n");
	REWRITTEN("# it\n/c;C;\n", "C", "C", "# it\n/c;C;\n");
	REWRITTEN("# it\n/c;C;\nmode=sequential\n", "C", AT_ONCE, "# it\n/c;C;\nmode=sequential\n");
}

/* Scanners without answers stay in the file, and come last in the order they had. */
static void test_without_answers(void **state)
{
	REWRITTEN("/x;X;\n# C's\n/c;C;\n/y;Y;\n/f;F;\nmode=sequential\n", "CF", "FC",
		"/f;F;\n# C's\n/c;C;\n/x;X;\n/y;Y;\nmode=sequential\n");
	/* And one that is not in the file is not put there. */
	REWRITTEN("/c;C;\n/f;F;\n", "CF", "FC", "/f;F;\n/c;C;\nmode=sequential\n");
}

static void test_ends_of_lines(void **state)
{
	REWRITTEN("/c;C;\n/f;F;", "CF", "FC", "/f;F;\n/c;C;\nmode=sequential\n");
	REWRITTEN("/c;C;\n/f;F;\n# last", "CF", "FC", "/f;F;\n/c;C;\n# last\nmode=sequential\n");
	/* A mark in front of the file would be part of an engine's name further below. */
	REWRITTEN("\xef\xbb\xbf/c;C;\n/f;F;\n", "CF", "FC", "/f;F;\n/c;C;\nmode=sequential\n");
}

/* --- what is shown ---------------------------------------------------------- */

static void shown(const char *text, const char *expected)
{
	cleanup_buf struct buf out = {0};

	assert_int_equal(bench_rewrite_lines(slice_cstr(text), &out), 0);
	assert_slice(buf_slice(&out), expected);
}

static void test_lines(void **state)
{
	shown("# The file\n#\n\n# Good\n/c;C;\n\n# Samples:\n#/f;F;\n# another\n#clamd:/s;N;\n"
	      "# Quick\n# as can be\n/q;Q;\n# For all\n\n#deadline=60\nmode=sequential\n# end\n",
		"# Good\n/c;C;\n# Quick\n# as can be\n/q;Q;\nmode=sequential\n");
	shown("\xef\xbb\xbf# Good\r\n/c;C;\r\n \t\r\n/f;F;", "# Good\n/c;C;\n/f;F;\n");
	/* A scanner that would be wrong is no sample. */
	shown("#nonsense:;;;\n/c;C;\n", "#nonsense:;;;\n/c;C;\n");
	shown("##/f;F;\n#\n/c;C;\n", "##/f;F;\n#\n/c;C;\n");
	shown("", "");
	shown("# nothing\n", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_comments),
		cmocka_unit_test(test_samples),
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_nothing_to_change),
		cmocka_unit_test(test_without_answers),
		cmocka_unit_test(test_ends_of_lines),
		cmocka_unit_test(test_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
