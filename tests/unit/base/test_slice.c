/* Slices: searching, trimming, lines, sizes. */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>

static struct slice S(const char *text)
{
	return slice_cstr(text);
}

static void test_compare(void **state)
{
	assert_true(slice_eq(SLICE_EMPTY, S("")));
	assert_false(slice_eq(S("a"), S("ab")));
	assert_true(slice_eq_nocase(S("aBc"), S("AbC")));
	assert_false(slice_eq_nocase(S("["), S("{"))); /* differ by 0x20, are no letters */
	assert_true(slice_starts_nocase(S("Content-Type"), "content-"));
	assert_false(slice_starts(S("Co"), "Content"));
	assert_true(slice_ends_nocase(S("a.EXE"), ".exe"));
	assert_false(slice_ends_nocase(S("exe"), ".exe"));
}

static void test_find(void **state)
{
	struct slice s = S("hello world");

	assert_int_equal(slice_find(s, S("world"), 0), 6);
	assert_int_equal(slice_find(s, S("world"), 7), s.len);
	assert_int_equal(slice_find(s, S("worldly"), 0), s.len);
	assert_int_equal(slice_find(s, S(""), 3), 3);
	assert_int_equal(slice_find_nocase(s, S("WORLD"), 0), 6);
	assert_int_equal(slice_find_byte(s, 'o', 5), 7);
	assert_int_equal(slice_find_byte(s, 'o', 99), s.len);
	assert_int_equal(slice_find(SLICE_EMPTY, S("x"), 0), 0);
}

static void test_lines(void **state)
{
	struct slice rest = S("a\r\n\nb"), line;

	assert_true(slice_next_line(&rest, &line));
	assert_slice(line, "a");
	assert_true(slice_next_line(&rest, &line));
	assert_slice(line, "");
	assert_true(slice_next_line(&rest, &line));
	assert_slice(line, "b");
	assert_false(slice_next_line(&rest, &line));
	assert_slice(slice_trim(S(" \t x y\r\n")), "x y");
	assert_slice(slice_trim(S("  ")), "");
}

static void test_sizes(void **state)
{
	uint64_t value = 7;

	assert_int_equal(slice_to_size(S("500M"), &value), 0);
	assert_true(value == 500ull * 1024 * 1024);
	assert_int_equal(slice_to_size(S("2k"), &value), 0);
	assert_int_equal(value, 2048);
	assert_int_equal(slice_to_size(S(""), &value), -EINVAL);
	assert_int_equal(slice_to_size(S("M"), &value), -EINVAL);
	assert_int_equal(slice_to_size(S("-1"), &value), -EINVAL);
	assert_int_equal(slice_to_size(S("99999999999999999999"), &value), -ERANGE);
	assert_int_equal(slice_to_size(S("99999999999G"), &value), -ERANGE);
	assert_int_equal(value, 2048); /* untouched by failures */
}

static void test_dup(void **state)
{
	char *copy = slice_dup(slice_make("a\0b", 3));

	assert_string_equal(copy, "a?b");
	free(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_dup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
