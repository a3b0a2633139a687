/* Lines: filling, prefixes, markers, empty lines, and what is between characters. */
#include "unit.h"

#include "plain/sheet.h"
#include <errno.h>
#include "plain/width.h"

static struct sheet sheet;
static struct buf out;
static struct width_locale locale;

static int setup(void **state)
{
	(void)state;
	width_locale_take(&locale);
	sheet_begin(&sheet, &out, 40, SIZE_MAX);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	buf_release(&out);
	width_locale_release(&locale);
	return 0;
}

static void add(const char *text)
{
	sheet_text(&sheet, slice_cstr(text));
}

static void expect(const char *text)
{
	assert_int_equal(sheet_finish(&sheet), 0);
	assert_slice(buf_slice(&out), text);
}

static void test_fills(void **state)
{
	(void)state;
	add("  one two three\n four\tfive  six seven eight nine ten ");
	add("eleven https://example.org/a-word-that-is-longer-than-a-line end");
	expect("one two three four five six seven eight\nnine ten eleven\n"
	       "https://example.org/a-word-that-is-longer-than-a-line\nend\n");
}

static void test_words_go_on(void **state)
{
	(void)state;
	add("un");
	add("brok");
	add("en \xc2\xa0");
	add(" blank");
	expect("unbroken blank\n");
}

static void test_one_empty_line(void **state)
{
	(void)state;
	sheet_gap(&sheet);
	add("a");
	sheet_gap(&sheet);
	sheet_gap(&sheet);
	sheet_break(&sheet);
	sheet_break(&sheet);
	add("b");
	sheet_break(&sheet);
	add("c");
	sheet_break(&sheet);
	sheet_break(&sheet);
	sheet_break(&sheet);
	add("d");
	sheet_gap(&sheet);
	expect("a\n\nb\nc\n\nd\n");
}

static void test_prefixes(void **state)
{
	size_t outer, inner, item;

	(void)state;
	add("a");
	sheet_gap(&sheet);
	outer = sheet_push(&sheet, "> ");
	add("b");
	sheet_gap(&sheet);
	inner = sheet_push(&sheet, "> ");
	add("c");
	sheet_gap(&sheet);
	sheet_pop(&sheet, inner);
	item = sheet_push_marker(&sheet, "* ");
	add("a text that has to be continued on a line below");
	sheet_end(&sheet);
	sheet_pop(&sheet, item);
	sheet_gap(&sheet);
	sheet_pop(&sheet, outer);
	add("d");
	expect("a\n\n> b\n>\n> > c\n>\n> * a text that has to be continued on a\n"
	       ">   line below\n\nd\n");
}

static void test_idle_marker(void **state)
{
	size_t item = sheet_push_marker(&sheet, "* ");

	(void)state;
	sheet_end(&sheet);
	sheet_pop(&sheet, item);
	add("a");
	expect("a\n");
}

static void test_as_is(void **state)
{
	(void)state;
	sheet.as_is = true;
	add("\n  a\tb  \n\n\xe2\x80\x8b c");
	sheet_end(&sheet);
	expect("  a\tb\n\n c\n");
}

/* Joined where scripts need it, and nowhere else. */
static void test_invisible(void **state)
{
	(void)state;
	add("so\xc2\xad" "ft a\xe2\x80\x8d" "b \xd9\x85\xe2\x80\x8c\xd8\xae \xd9\x85\xe2\x80\x8c "
	    "\xd9\x85\xe2\x80\x8cx ");
	add("\xe2\x9d\xa4\xef\xb8\x8f \xe2\x80\xaex");
	expect("soft ab \xd9\x85\xe2\x80\x8c\xd8\xae \xd9\x85 \xd9\x85x \xe2\x9d\xa4\xef\xb8\x8f x\n");
}

static void test_fit(void **state)
{
	(void)state;
	assert_int_equal(sheet_fit(slice_cstr("abc def"), 7), 7);
	assert_int_equal(sheet_fit(slice_cstr("abc def"), 6), 3);
	assert_int_equal(sheet_fit(slice_cstr("abcdef g"), 3), 6);
	/* Three wide characters; none begins with what closes. */
	assert_int_equal(sheet_fit(slice_cstr("\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2"), 5), 6);
	assert_int_equal(sheet_fit(slice_cstr("\xe6\xbc\xa2\xe5\xad\x97\xe3\x80\x82"), 5), 3);
}

static void test_full(void **state)
{
	(void)state;
	sheet.limit = 10;
	sheet_line(&sheet, slice_cstr("01234567890"));
	sheet_line(&sheet, slice_cstr("not this one"));
	assert_int_equal(sheet_finish(&sheet), -EFBIG);
	assert_slice(buf_slice(&out), "01234567890\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_fills, setup, teardown),
		cmocka_unit_test_setup_teardown(test_words_go_on, setup, teardown),
		cmocka_unit_test_setup_teardown(test_one_empty_line, setup, teardown),
		cmocka_unit_test_setup_teardown(test_prefixes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_idle_marker, setup, teardown),
		cmocka_unit_test_setup_teardown(test_as_is, setup, teardown),
		cmocka_unit_test_setup_teardown(test_invisible, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fit, setup, teardown),
		cmocka_unit_test_setup_teardown(test_full, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
