/* Lines, comments, items, numbers and errors, as all control files have them. */
#include "control_unit.h"

#include "base/cleanup.h"
#include "control/syntax.h"

static void test_lines(void **state)
{
	struct error error = {0};
	struct syntax syntax;
	struct slice line;

	assert_works(syntax_begin(&syntax,
			     slice_cstr("\xef\xbb\xbf# comment\n\none \t\r\n #two\r\r\n \t\n\nlast"),
			     "f", &error),
		error);
	assert_int_equal(syntax_count(&syntax), 3);
	assert_true(syntax_next(&syntax, &line));
	assert_slice(line, "one");
	assert_int_equal(syntax.line, 3);
	assert_true(syntax_next(&syntax, &line));
	assert_slice(line, " #two");
	assert_true(syntax_next(&syntax, &line));
	assert_slice(line, "last");
	assert_int_equal(syntax.line, 7);
	assert_false(syntax_next(&syntax, &line));
	assert_false(syntax_next(&syntax, &line));
}

static void test_empty(void **state)
{
	struct error error = {0};
	struct syntax syntax;
	struct slice line;

	assert_works(syntax_begin(&syntax, SLICE_EMPTY, "f", &error), error);
	assert_int_equal(syntax_count(&syntax), 0);
	assert_false(syntax_next(&syntax, &line));
}

static void test_not_text(void **state)
{
	struct error error = {0};
	struct syntax syntax;
	struct slice nul = SLICE_LITERAL("a\nb\0c\n");

	assert_fails(syntax_begin(&syntax, nul, "d/f", &error), -EINVAL, error,
		"d/f:2: a NUL byte: this is not a text file");
	assert_fails(syntax_begin(&syntax, slice_cstr("a\n# x\ry\n"), "d/f", &error), -EINVAL,
		error, "d/f:2: a carriage return inside the line");
}

static void test_items(void **state)
{
	struct slice rest = slice_cstr(" a ;b|;  ; c"), item;

	assert_true(syntax_item(&rest, SYNTAX_FIELD, &item));
	assert_slice(item, "a");
	assert_true(syntax_item(&rest, SYNTAX_FIELD, &item));
	assert_slice(item, "b");
	assert_true(syntax_item(&rest, SYNTAX_FIELD, &item));
	assert_slice(item, "");
	assert_true(syntax_item(&rest, SYNTAX_FIELD, &item));
	assert_slice(item, "");
	assert_true(syntax_item(&rest, SYNTAX_FIELD, &item));
	assert_slice(item, "c");
	assert_false(syntax_item(&rest, SYNTAX_FIELD, &item));

	rest = slice_cstr("a;");
	assert_true(syntax_item(&rest, SYNTAX_FIELD, &item));
	assert_false(syntax_item(&rest, SYNTAX_FIELD, &item));
}

static void test_pair(void **state)
{
	struct slice key, value;

	assert_true(syntax_pair(slice_cstr("a = b=c "), &key, &value));
	assert_slice(key, "a");
	assert_slice(value, "b=c");
	assert_true(syntax_pair(slice_cstr("="), &key, &value));
	assert_slice(key, "");
	assert_slice(value, "");
	assert_false(syntax_pair(slice_cstr("abc"), &key, &value));
}

static void test_number(void **state)
{
	struct syntax syntax = {.path = "f", .line = 4};
	struct error error = {0};
	struct slice word = slice_cstr("n=1");
	uint64_t number = 7;

	assert_works(syntax_number(&syntax, word, slice_cstr("2k"), 1, 2048, &number, &error),
		error);
	assert_int_equal(number, 2048);
	static const char *const bad[] = {"", "x", "0", "2049", "-1", "99999999999999999999"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_fails(syntax_number(&syntax, word, slice_cstr(bad[i]), 1, 2048, &number,
				     &error),
			-EINVAL, error, "f:4: 'n=1': must be a number from 1 to 2048");
	assert_int_equal(number, 2048);
}

static void test_long_word(void **state)
{
	struct syntax syntax = {.path = "f", .line = 4};
	struct error error = {0};
	cleanup_free char *word = control_unit_long("", 'x', 1 << 20, "");

	assert_int_equal(syntax_error(&syntax, &error, slice_cstr(word), "is %s", "long"), -EINVAL);
	assert_int_equal(strlen(error.text), strlen("f:4: '") + 80 + strlen("...': is long"));
	assert_non_null(strstr(error.text, "xxx...': is long"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_not_text),
		cmocka_unit_test(test_items),
		cmocka_unit_test(test_pair),
		cmocka_unit_test(test_number),
		cmocka_unit_test(test_long_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
