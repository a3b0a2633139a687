/* The file `mailheaders`. */
#include "control_unit.h"

#include "base/cleanup.h"
#include "control/mailheaders.h"

static void test_all(void **state)
{
	cleanup_arena struct arena arena = {0};
	struct mailheaders mailheaders;
	struct error error = {0};

	assert_works(mailheaders_parse(&arena,
			     slice_cstr("header=s\r\nDate = R\nto=r\nmsgid=required\nfrom=r\n"
					"subject=r\nmime=Strict\n# c\n+X-Spam-Status = yes, \n"
					"+x-a=b=c\n+list-id="),
			     "mailheaders", &mailheaders, &error),
		error);
	assert_int_equal(mailheaders.wanted, 255);
	assert_int_equal(mailheaders.field_count, 3);
	assert_slice(mailheaders.fields[0].field, "X-Spam-Status");
	assert_slice(mailheaders.fields[0].content, "yes,");
	assert_int_equal(mailheaders.fields[0].line, 9);
	assert_slice(mailheaders.fields[1].field, "x-a");
	assert_slice(mailheaders.fields[1].content, "b=c");
	assert_slice(mailheaders.fields[2].content, "");
}

static void test_codes(void **state)
{
	static const struct {
		const char *text;
		unsigned code;
	} cases[] = {{"", 0}, {"header=s", 1}, {"date=r", 2}, {"to=r", 4}, {"msgid=r", 8},
		{"from=r", 16}, {"subject=r", 32}, {"mime=s", 64}, {"+a=b", 128},
		{"mime=s\nmime=s\n date=r", 66}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cleanup_arena struct arena arena = {0};
		struct mailheaders mailheaders;
		struct error error = {0};

		assert_works(mailheaders_parse(&arena, slice_cstr(cases[i].text), "mailheaders",
				     &mailheaders, &error),
			error);
		assert_int_equal(mailheaders.wanted, cases[i].code);
	}
}

static void test_errors(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{"date", "mailheaders:1: 'date': must be NAME=VALUE or +FIELD=TEXT"},
		{"\ncc=r",
			"mailheaders:2: 'cc': no such rule (header, date, to, msgid, from, "
			"subject, mime, +FIELD)"},
		{"date=s", "mailheaders:1: 'date=s': must be date=r (required)"},
		{"date=", "mailheaders:1: 'date=': must be date=r (required)"},
		{"MIME=r", "mailheaders:1: 'MIME=r': must be mime=s (strict)"},
		{"mime=st", "mailheaders:1: 'mime=st': must be mime=s (strict)"},
		{"+x-spam", "mailheaders:1: '+x-spam': must be +FIELD=TEXT"},
		{"+=yes",
			"mailheaders:1: '': is no name of a header field (write it without colon "
			"and blanks)"},
		{"+X-Spam: =yes",
			"mailheaders:1: 'X-Spam:': is no name of a header field (write it without "
			"colon and blanks)"},
		{"+X Spam=yes",
			"mailheaders:1: 'X Spam': is no name of a header field (write it without "
			"colon and blanks)"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cleanup_arena struct arena arena = {0};
		struct mailheaders mailheaders = {.path = "kept"};
		struct error error = {0};

		assert_fails(mailheaders_parse(&arena, slice_cstr(cases[i].text), "mailheaders",
				     &mailheaders, &error),
			-EINVAL, error, cases[i].message);
		assert_string_equal(mailheaders.path, "kept");
	}
}

static void test_edges(void **state)
{
	cleanup_arena struct arena arena = {0};
	cleanup_free char *large = control_unit_long("+x=", 'y', 1 << 20, "");
	struct slice nul = SLICE_LITERAL("date=r\n+a=\0\n");
	struct mailheaders mailheaders;
	struct error error = {0};

	assert_works(mailheaders_parse(
			     &arena, slice_cstr(large), "mailheaders", &mailheaders, &error),
		error);
	assert_int_equal(mailheaders.fields[0].content.len, 1 << 20);
	assert_fails(mailheaders_parse(&arena, nul, "mailheaders", &mailheaders, &error), -EINVAL,
		error, "mailheaders:2: a NUL byte: this is not a text file");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_edges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
