/* The form in which texts are compared. */
#include "unit.h"

#include <stdlib.h>

#include "conditions/text_fold.h"

static void check(const char *text, bool ignorecase, const char *want)
{
	unsigned char out[512];
	struct slice in = slice_cstr(text);

	/* However it is cut, the result is the same, and never longer than the input. */
	for (size_t piece = 4; piece <= in.len + 4; piece++) {
		struct text_fold fold = {.ignorecase = ignorecase};
		struct slice rest = in;
		size_t len = 0;

		while (rest.len > 0) {
			size_t cut = text_fold_cut(rest, piece);
			size_t written;

			assert_true(cut > 0 && cut <= piece);
			written = text_fold(&fold, slice_first(rest, cut), out + len);
			assert_true(written <= cut);
			len += written;
			rest = slice_from(rest, cut);
		}
		assert_slice(slice_make(out, len), want);
	}
}

static void test_case(void **state)
{
	check("Viagra NOW", false, "Viagra NOW");
	check("Viagra NOW [@`{", true, "viagra now [@`{");
	check("\xc3\x84\xc3\x96\xc3\x9c \xc3\x97 \xc3\x9f", true, "\xc3\xa4\xc3\xb6\xc3\xbc \xc3\x97 \xc3\x9f");
	check("\xc3\x84", false, "\xc3\x84");
	check("\xc5\x81\xc3\xb3\xc5\xb9\xc5\xb8", true, "\xc5\x82\xc3\xb3\xc5\xba\xc3\xbf"); /* Łóź, Ÿ */
	check("\xce\x91\xce\xa3\xcf\x82\xce\x89", true, "\xce\xb1\xcf\x83\xcf\x83\xce\xae"); /* ΑΣς, Ή */
	check("\xd0\x9f\xd0\xa0\xd0\x81\xd2\x90", true, "\xd0\xbf\xd1\x80\xd1\x91\xd2\x91"); /* ПРЁ, Ґ */
	check("\xe1\xba\xa0\xe1\xba\xa1", true, "\xe1\xba\xa1\xe1\xba\xa1");		       /* Vietnamese */
	check("\xe2\x84\xaa\xc4\xb0\xc5\xbf\xe2\x84\xab", true, "kis\xc3\xa5"); /* Kelvin, I dot, long s */
	check("\xd4\xb1\xd5\x96", true, "\xd5\xa1\xd6\x86");			/* Armenian */
	check("\xef\xbc\xa1\xef\xbc\xba", true, "\xef\xbd\x81\xef\xbd\x9a");	/* fullwidth */
}

static void test_blanks(void **state)
{
	check("a \r\n\t b", false, "a b");
	check("  a  ", false, " a ");
	check("a\xc2\xa0 \xe3\x80\x80\xe2\x80\x83z", false, "a z");
	check("a \xe2\x80\x8b b", false, "a b"); /* a zero-width blank between two blanks */
}

static void test_hidden(void **state)
{
	check("Vi\xc2\xad" "a\xe2\x80\x8bgr\xe2\x80\x8d" "a\xef\xbb\xbf!", false, "Viagra!");
	check("a\x01\x1b" "b\x7f", false, "ab");
	check("\xe2\x80\xae" "exe\xe2\x81\xa6", false, "exe");
	check("\xf3\xa0\x81\x81" "x", false, "x"); /* a tag character */
	check("\xf0\x9f\x98\x80", true, "\xf0\x9f\x98\x80");
}

static void test_not_utf8(void **state)
{
	check("\xff\xc3(\xe2\x80", true, "\xff\xc3(\xe2\x80");
	check("\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80", false, "\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80");
	check("\x80\x80\x80\x80\x80\x80\x80\x80\x80", false, "\x80\x80\x80\x80\x80\x80\x80\x80\x80");
}

static void test_unhide(void **state)
{
	cleanup_buf struct buf out = {0};

	assert_int_equal(text_fold_unhide(slice_cstr("A  b\n\tc\xc3\xa4"), &out), 0);
	assert_int_equal(out.len, 0);
	assert_int_equal(text_fold_unhide(slice_cstr("A\xc2\xad  b\n\xe2\x80\x8b"), &out), 1);
	assert_slice(buf_slice(&out), "A  b\n");
	assert_int_equal(text_fold_unhide(slice_cstr("\xe2\x80\x8b"), &out), 1);
	assert_slice(buf_slice(&out), "");
	assert_int_equal(text_fold_unhide(SLICE_EMPTY, &out), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_case),
		cmocka_unit_test(test_blanks),
		cmocka_unit_test(test_hidden),
		cmocka_unit_test(test_not_utf8),
		cmocka_unit_test(test_unhide),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
