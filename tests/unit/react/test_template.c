/* Templates: what is refused and where, what values become, and that no value becomes a variable. */
#include "unit.h"

#include "react/template.h"

#include <errno.h>

static void assert_refused(const char *text, const char *complaint)
{
	struct template template;
	struct error error = {0};

	assert_int_equal(template_parse(slice_cstr(text), "T", false, &template, &error), -EINVAL);
	assert_string_equal(error.text, complaint);
}

static void test_parse(void **state)
{
	struct template template;
	struct error error = {0};

	assert_int_equal(template_parse(slice_cstr("SUBJECT:  a %(id) \n \none\n\ntwo\n"), "T", false,
				 &template, &error), 0);
	assert_slice(template.subject, "a %(id)");
	assert_slice(template.body, "one\n\ntwo\n");
	assert_int_equal(template_parse(slice_cstr("Subject: a\n\n%(report)"), "T", true, &template,
				 &error), 0);
	assert_slice(template.body, "%(report)");
}

static void test_refused(void **state)
{
	assert_refused("", "T: there is no text in this template");
	assert_refused("Subject: a\n\n \n", "T: there is no text in this template");
	assert_refused("Subject:\n\nx\n", "T:1: a template begins with a line \"Subject: ...\"");
	assert_refused("Dear\n\nx\n", "T:1: a template begins with a line \"Subject: ...\"");
	assert_refused("Subject: a\nb\n", "T:2: an empty line must follow the subject");
	assert_refused("Subject: a\n\nx\n%(nothing)\n",
		"T:4: '%(nothing)': no such variable (a percent sign is written %%)");
	assert_refused("Subject: %(ID)\n\nx\n",
		"T:1: '%(ID)': no such variable (a percent sign is written %%)");
	assert_refused("Subject: a\n\n50%\n",
		"T:3: '%': no such variable (a percent sign is written %%)");
	assert_refused("Subject: a\n\n%()\n",
		"T:3: '%()': no such variable (a percent sign is written %%)");
	assert_refused("Subject: a\n\n%(id\n)\n",
		"T:3: '%(': no such variable (a percent sign is written %%)");
	assert_refused("Subject: a\n\n%%%(report)\n",
		"T:3: '%(report)': the report is for guards (inform-guard) only");
	assert_refused("Subject: a\n\nb\xff\n", "T:3: this is not UTF-8 (byte 2 of the line)");
}

static const char *expand(struct buf *out, const char *text, const struct template_values *values,
	size_t most)
{
	buf_clear(out);
	template_expand(slice_cstr(text), values, most, out);
	assert_false(out->failed);
	return buf_cstr(out);
}

static void test_expand(void **state)
{
	cleanup_buf struct buf out = {0};
	struct template_values values = {0};

	values.list[TEMPLATE_ID] = slice_cstr(" 7 ");
	values.list[TEMPLATE_FILE] = slice_cstr(" ");
	assert_string_equal(expand(&out, "a%%b %(id)%(id)", &values, 9), "a%b 77");
	assert_string_equal(expand(&out, "a\nFile: %(file)\nb", &values, 9), "a\nb");
	assert_string_equal(expand(&out, "%(file)", &values, 9), "");
	assert_string_equal(expand(&out, "%(file) %(id)", &values, 9), " 7");
	assert_string_equal(expand(&out, "x\n\ny\n", &values, 9), "x\n\ny");
}

/* A value is data: what looks like a variable in it is none. */
static void test_values_are_not_templates(void **state)
{
	cleanup_buf struct buf out = {0};
	struct template_values values = {0};

	values.list[TEMPLATE_SUBJECT] = slice_cstr("%(report) %(id) %% %");
	values.list[TEMPLATE_REPORT] = slice_cstr("secret");
	assert_string_equal(
		expand(&out, "<%(subject)>", &values, 99), "<%(report) %(id) %% %>");
}

static void assert_value(const char *value, const char *expected)
{
	cleanup_buf struct buf out = {0};
	struct template_values values = {0};

	values.list[TEMPLATE_SENDER] = slice_cstr(value);
	assert_string_equal(expand(&out, "%(sender)", &values, 12), expected);
}

#define WRONG "\xef\xbf\xbd"

static void test_hostile_values(void **state)
{
	assert_value("a\r\nBcc: b", "a  Bcc: b");
	assert_value("a\x1b[2J\x7f", "a [2J ");
	assert_value("a\xc2\x85" "b\xe2\x80\xa8" "c", "a b c");
	assert_value("a\xe2\x80\xae" "b", "a" WRONG "b");		   /* U+202E */
	assert_value("a\xe2\x80\x8b\xe2\x81\xa6" "b", "a" WRONG WRONG "b"); /* U+200B, U+2066 */
	assert_value("a\xf3\xa0\x81\x81" "b", "a" WRONG "b");		   /* U+E0041, a tag */
	assert_value("\xe4\xff" "b", WRONG WRONG "b");
	assert_value("\xc0\xaf\xed\xa0\x80", WRONG WRONG WRONG WRONG WRONG);
	assert_value("\xe2\x9d\xa4\xef\xb8\x8f!", "\xe2\x9d\xa4!"); /* an honest heart, U+FE0F */
	assert_value("abcdefghijkl", "abcdefghijkl");
	assert_value("abcdefghijklm", "abcdefghijkl\xe2\x80\xa6");
	assert_value("\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
		     "\xc3\xa4\xc3\xa4\xc3\xa4",
		"\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
		"\xc3\xa4\xc3\xa4\xe2\x80\xa6");
}

/* The report has lines, and an end. */
static void test_report(void **state)
{
	static char huge[100000];
	cleanup_buf struct buf out = {0};
	struct template_values values = {0};

	values.list[TEMPLATE_REPORT] = slice_cstr("a: b\n\tc\r\n\n");
	assert_string_equal(expand(&out, "%(report)\nend", &values, 2), "a: b\n c\nend");
	memset(huge, '\n', sizeof(huge));
	huge[0] = huge[sizeof(huge) - 1] = 'x';
	values.list[TEMPLATE_REPORT] = slice_make(huge, sizeof(huge));
	assert_true(strlen(expand(&out, "%(report)", &values, 2)) == 20000 + 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_expand),
		cmocka_unit_test(test_values_are_not_templates),
		cmocka_unit_test(test_hostile_values),
		cmocka_unit_test(test_report),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
