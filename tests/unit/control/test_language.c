/* The file `language`. */
#include "control_unit.h"

#include "control/language.h"

static void test_good(void **state)
{
	cleanup_arena struct arena arena = {0};
	const char **languages;
	struct error error = {0};

	assert_works(language_parse(&arena, slice_cstr("de, fr\r\n# it\npt_BR es\n"), "language",
			     &languages, &error),
		error);
	assert_string_equal(languages[0], "de");
	assert_string_equal(languages[1], "fr");
	assert_string_equal(languages[2], "pt_BR");
	assert_string_equal(languages[3], "es");
	assert_null(languages[4]);
	assert_works(language_parse(&arena, slice_cstr("#"), "language", &languages, &error),
		error);
	assert_string_equal(languages[0], "en");
	assert_null(languages[1]);
	assert_string_equal(language_default(&arena)[0], "en");
	assert_null(language_default(&arena)[1]);
}

static void test_errors(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{"en\n..", "language:2: '..': is no name of a language (such as en or de)"},
		{"../x", "language:1: '../x': is no name of a language (such as en or de)"},
		{"d\xc3\xa9",
			"language:1: 'd\xc3\xa9': is no name of a language (such as en or de)"},
		{"abcdefghijklmnopq",
			"language:1: 'abcdefghijklmnopq': is no name of a language (such as en or "
			"de)"},
		{"en de EN", "language:1: 'EN': is given twice"},
		{"a b c d e f g h i j k l m n o p q", "language:1: 'q': more than 16 languages"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cleanup_arena struct arena arena = {0};
		const char **languages = NULL;
		struct error error = {0};

		assert_fails(language_parse(&arena, slice_cstr(cases[i].text), "language",
				     &languages, &error),
			-EINVAL, error, cases[i].message);
		assert_null(languages);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
