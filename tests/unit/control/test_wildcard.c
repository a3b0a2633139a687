/* Wildcards: what matches, in characters, without case, in bounded time. */
#include "control_unit.h"

#include "base/cleanup.h"
#include "control/patterns.h"

static const struct {
	const char *pattern, *name;
	bool matches;
} cases[] = {
	{"", "", true},
	{"", "a", false},
	{"a", "", false},
	{"*", "", true},
	{"***", "abc", true},
	{"a.exe", "A.EXE", true},
	{"A.EXE", "a.exe", true},
	{"a.exe", "a.exe ", false},
	{"a.exe", "aa.exe", false},
	{"*.exe", ".exe", true},
	{"*.exe", "a.exe.exe", true},
	{"*.exe", "a.exe.txt", false},
	{"*.jpg.*", "x.JPG.scr", true},
	{"*.jpg.*", "x.jpg", false},
	{"a*b*c", "a-b-b-c-c", true},
	{"a*b*c", "a-c-b", false},
	{"?.exe", "\xc3\xa4.exe", true},
	{"??.exe", "\xc3\xa4.exe", false},
	{"?", "\xe2\x82\xac", true},
	{"?", "\xf0\x9f\x98\x80", true},
	{"??", "\xff\xfe", true},
	{"?", "\xe2\x82", false},
	{"*", "\xff\xe2", true},
	{"\xff", "\xff", true},
	{"\xff", "\xfe", false},
	{"[a-c]x", "Bx", true},
	{"[A-C]x", "bx", true},
	{"[a-c]x", "dx", false},
	{"[!a-c]x", "dx", true},
	{"[^a-c]x", "ax", false},
	{"[]]", "]", true},
	{"[!]]", "]", false},
	{"[a-]", "-", true},
	{"[-a]", "-", true},
	{"[\xc3\xa4\xc3\xb6]", "\xc3\xb6", true},
	{"[\xc3\xa4-\xc3\xbc]", "\xc3\xb6", true},
	{"[x", "[x", true},
	{"[", "[", true},
	{"*[", "a[", true},
	{"[x", "x", false},
	{"[]", "[]", true},
	{"[!", "[!", true},
	{"*[0-9].pif", "a1b2.pif", true},
	{"*[0-9].pif", "a1b.pif", false},
	{"a\\*", "a\\b", true},
	{"*", "*", true},
	{"a?c", "a*c", true},
	{".*", ".exe", true},
};

static void test_cases(void **state)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice pattern = slice_cstr(cases[i].pattern);
		struct slice name = slice_cstr(cases[i].name);

		if (pattern_matches_name(pattern, name) != cases[i].matches)
			fail_msg("'%s' against '%s'", cases[i].pattern, cases[i].name);
	}
}

/* A matcher that tries every place for every star would not come back from this one. */
static void test_many_stars(void **state)
{
	cleanup_free char *name = control_unit_long("", 'a', 4096, "");

	assert_false(pattern_matches_name(
		slice_cstr("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b"), slice_cstr(name)));
	assert_true(pattern_matches_name(
		slice_cstr("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*"), slice_cstr(name)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_many_stars),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
