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
	assert_true(slice_eq_nocase_cstr(S("aBc"), "AbC") && slice_eq_nocase_cstr(S(""), ""));
	assert_false(slice_eq_nocase_cstr(S("ab"), "abc") || slice_eq_nocase_cstr(S("abc"), "ab"));
	assert_false(slice_eq_nocase_cstr(slice_make("ab", 3), "ab")); /* its NUL counts */
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

/* Two bytes in a random order that is always the same. */
static void fill(unsigned char *out, size_t len, uint32_t *seed)
{
	for (size_t i = 0; i < len; i++) {
		*seed = *seed * 1664525 + 1013904223;
		out[i] = (*seed >> 16) % 4 ? 0xe1 : 'b';
	}
}

/* Against the plainest search; in memory of its very size, so that a sanitizer sees a read behind it. */
static void test_find_everywhere(void **state)
{
	uint32_t seed = 1;

	for (unsigned round = 0; round < 20000; round++) {
		unsigned char needle[20], *text;
		size_t len = round % 90, length = 1 + round % sizeof(needle), at, want;

		text = malloc(len + 1);
		assert_non_null(text);
		fill(text + 1, len, &seed);
		fill(needle, length, &seed);
		for (at = 0; at < 3; at++) {
			struct slice s = slice_make(text + 1, len);

			for (want = at; want + length <= len; want++)
				if (memcmp(s.data + want, needle, length) == 0)
					break;
			if (want + length > len)
				want = len;
			assert_int_equal(slice_find(s, slice_make(needle, length), at), want);
		}
		free(text);
	}
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
		cmocka_unit_test(test_find_everywhere),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_dup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
