/* Regular expressions: what they match, and that none runs on for ever. */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "conditions/regex.h"

static int search(const char *pattern, bool ignorecase, struct slice text, struct slice *found)
{
	struct regex_budget budget = {.left_us = REGEX_BUDGET_US};
	struct error error = {0};
	struct regex *regex = NULL;
	int result;

	assert_int_equal(
		regex_compile(slice_cstr(pattern), ignorecase, "file", 1, &regex, &error), 0);
	result = regex_search(regex, text, &budget, found);
	regex_free(regex);
	return result;
}

static void test_found(void **state)
{
	struct slice found;

	assert_int_equal(search("v[i1]agra", true, slice_cstr("buy V1AGRA now"), &found), REGEX_FOUND);
	assert_slice(found, "V1AGRA");
	assert_int_equal(search("v[i1]agra", false, slice_cstr("buy V1AGRA now"), &found), REGEX_NONE);
	assert_int_equal(search("^b$", false, slice_cstr("a\r\nb\r\nc"), &found), REGEX_FOUND);
	assert_slice(found, "b");
	assert_int_equal(search("\\w+\\d", false, slice_cstr("- \xc3\xa4" "b3"), &found), REGEX_FOUND);
	assert_slice(found, "\xc3\xa4" "b3");
	assert_int_equal(search("x*", false, SLICE_EMPTY, &found), REGEX_FOUND);
	assert_int_equal(found.len, 0);
	assert_int_equal(search("foo\\Kbar", false, slice_cstr("foobar"), &found), REGEX_FOUND);
	assert_slice(found, "bar");
}

static void test_not_utf8(void **state)
{
	struct slice found;

	assert_int_equal(search("b.d", false, slice_cstr("\xff\xfe" "b\xc3\xa4" "d\xff"), &found),
		REGEX_FOUND);
	assert_int_equal(search("b.d", false, slice_cstr("b\xff" "d"), &found), REGEX_NONE);
}

static void test_bad(void **state)
{
	static const struct {
		const char *pattern, *message;
	} bad[] = {
		{"a(b", "missing closing parenthesis"},
		{"[z-a]", "range out of order"},
		{"*", "quantifier"},
		{"\\C", "\\C"},
		{"\xff", "UTF-8"},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct regex *regex = NULL;
		struct error error = {0};

		assert_int_equal(regex_compile(slice_cstr(bad[i].pattern), false, "c/badsubjects", 12,
					 &regex, &error), -EINVAL);
		assert_null(regex);
		assert_int_equal(strncmp(error.text, "c/badsubjects:12: '/", 20), 0);
		assert_non_null(strstr(error.text, bad[i].message));
		assert_non_null(strstr(error.text, " at offset "));
	}
	regex_free(NULL);
}

/* Exponential, quadratic, and recursive: each ends with a limit, and the budget pays for it. */
static void test_catastrophic(void **state)
{
	static const char *const patterns[] = {"(a+)+$", "(a|a)*xb", "[a-z]+@", "(?:a*)*?xc",
		"^(a(?1)?)+xd", "(.*)*\\1xe"};
	static const char tail[] = "!@!b!c!d!e"; /* what PCRE2 looks for first is all there */
	size_t len = 512 * 1024;
	cleanup_free unsigned char *text = malloc(len + sizeof(tail));

	assert_non_null(text);
	memset(text, 'a', len);
	memcpy(text + len, tail, sizeof(tail));
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		struct regex_budget budget = {.left_us = 50000};
		struct error error = {0};
		struct regex *regex = NULL;
		struct slice found;

		assert_int_equal(
			regex_compile(slice_cstr(patterns[i]), false, "file", 1, &regex, &error), 0);
		assert_int_equal(regex_search(regex, slice_make(text, len + sizeof(tail) - 1), &budget,
					 &found), REGEX_LIMIT);
		assert_true(budget.left_us < 50000);
		regex_free(regex);
	}
}

static void test_budget_is_shared(void **state)
{
	struct regex_budget budget = {.left_us = 0};
	struct error error = {0};
	struct regex *regex = NULL;
	struct slice found;

	assert_int_equal(regex_compile(slice_cstr("a"), false, "file", 1, &regex, &error), 0);
	assert_int_equal(regex_search(regex, slice_cstr("a"), &budget, &found), REGEX_LIMIT);
	regex_free(regex);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_not_utf8),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_catastrophic),
		cmocka_unit_test(test_budget_is_shared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
