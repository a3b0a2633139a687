/* Escaping: what stands, what does not, where a text is cut, and that all of it can be undone. */
#include "unit.h"

#include "hostile.h"
#include "record/escape.h"

static void shows(const char *text, size_t limit, const char *want)
{
	cleanup_buf struct buf out = {0};

	escape_add_value(&out, slice_cstr(text), limit);
	assert_slice(buf_slice(&out), want);
}

static void test_values(void **state)
{
	shows("plain", 99, "plain");
	shows("a@b.example", 99, "a@b.example");
	shows("", 99, "\"\"");
	shows("two words", 99, "\"two words\"");
	shows("a=b", 99, "\"a=b\"");
	shows("say \"no\"", 99, "\"say \\\"no\\\"\"");
	shows("C:\\x", 99, "\"C:\\\\x\"");
	shows("a\nb\tc\x7f", 99, "\"a\\x0Ab\\x09c\\x7F\"");
	shows("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", 99, "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"");
}

static void test_what_may_not_stand(void **state)
{
	static const char *const bad[] = {"\x01", "\x1b", "\x7f", "\xc2\x80", "\xc2\x9b", "\xd8\x9c",
		"\xe2\x80\x8e", "\xe2\x80\x8f", "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaa",
		"\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x81\xa9", "\xef\xbb\xbf",
		/* no UTF-8: alone, cut, too long, surrogate, beyond the end */
		"\x80", "\xff", "\xc3", "\xe2\x82", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80",
		"\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80"};
	static const char *const good[] = {" ", "~", "\xc2\xa0", "\xe2\x80\x8d", "\xe2\x80\xa7",
		"\xe2\x80\xaf", "\xe2\x81\xa5", "\xef\xbf\xbd", "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf"};
	bool printable;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		cleanup_buf struct buf out = {0};

		escape_look(slice_cstr(bad[i]), 0, &printable);
		assert_false(printable);
		escape_add(&out, slice_cstr(bad[i]));
		assert_int_equal(out.len, 4 * strlen(bad[i]));
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(
			escape_look(slice_cstr(good[i]), 0, &printable), strlen(good[i]));
		assert_true(printable);
	}
}

static void test_cut(void **state)
{
	shows("abcdef", 6, "abcdef");
	shows("abcdef", 5, "\"abcde\xe2\x80\xa6\"");
	shows("ab\xe2\x82\xac", 5, "\"ab\xe2\x82\xac\"");
	shows("ab\xe2\x82\xac.", 4, "\"ab\xe2\x80\xa6\""); /* not within the euro sign */
	shows("ab\xff\xff", 3, "\"ab\\xFF\xe2\x80\xa6\"");
	shows("abc", 0, "\"\xe2\x80\xa6\"");
}

static void test_undo(void **state)
{
	cleanup_arena struct arena arena = {0};
	struct slice text = slice_cstr("no escape"), plain;

	assert_int_equal(escape_undo(text, &arena, &plain), 0);
	assert_ptr_equal(plain.data, text.data); /* borrowed */
	assert_int_equal(escape_undo(slice_cstr("\\x41\\\\\\\"\\x00"), &arena, &plain), 0);
	assert_int_equal(plain.len, 4);
	assert_memory_equal(plain.data, "A\\\"", 4);
	assert_int_equal(escape_undo(slice_cstr("a\\"), &arena, &plain), 1);
	assert_int_equal(escape_undo(slice_cstr("\\x4"), &arena, &plain), 1);
	assert_int_equal(escape_undo(slice_cstr("\\x4g"), &arena, &plain), 1);
	assert_int_equal(escape_undo(slice_cstr("\\n"), &arena, &plain), 1);
}

static void test_round_trip(void **state)
{
	uint32_t seed = 20261122;

	for (int i = 0; i < 20000; i++) {
		cleanup_arena struct arena arena = {0};
		cleanup_buf struct buf out = {0};
		struct slice text = hostile_text(&arena, &seed, 80), shown, plain;
		bool printable;

		escape_add(&out, text);
		shown = buf_slice(&out);
		for (size_t at = 0; at < shown.len;) {
			at += escape_look(shown, at, &printable);
			assert_true(printable);
		}
		assert_int_equal(escape_undo(shown, &arena, &plain), 0);
		assert_true(slice_eq(plain, text));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_what_may_not_stand),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_undo),
		cmocka_unit_test(test_round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
