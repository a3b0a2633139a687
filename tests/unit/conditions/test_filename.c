/* Condition filename: every name, every form of it. */
#include "unit.h"

#include "mail_fixture.h"

/* The rule that a part with these header lines meets, or NULL. */
static const char *met(const char *rules, const char *header)
{
	static char rule[300];
	cleanup_mail struct mail_fixture mail = {0};
	cleanup_buf struct buf text = {0};
	const struct finding *finding;

	buf_addf(&text, "Content-Type: multipart/mixed; boundary=x\n\n--x\n\nhello\n--x\n%s\n\nx\n"
			"--x--\n", header);
	mail_open(&mail, buf_slice(&text));
	mail_rules(&mail, patterns_parse_names, rules, &mail.control.filenames);
	finding = mail_finding(&mail, CONDITION_FILENAME);
	assert_true(!finding || finding->object == 2);
	return finding ? strcpy(rule, finding->pattern) : NULL;
}

static void test_rules(void **state)
{
	const char *rules = "*.exe\n*.vbs\nreadme.txt\nletter?.doc\n*.jpg.*\ninvoice[0-9]\nend*\n";

	assert_null(met(rules, "X: y"));
	assert_null(met(rules, "Content-Disposition: attachment; filename=a.txt"));
	assert_string_equal(met(rules, "Content-Disposition: attachment; filename=A.ExE"), "*.exe");
	assert_string_equal(met(rules, "Content-Type: a/b; name=a.vbs"), "*.vbs");
	assert_string_equal(met(rules, "Content-Type: a/b; name=README.TXT"), "readme.txt");
	assert_null(met(rules, "Content-Type: a/b; name=xreadme.txt"));
	assert_string_equal(met(rules, "Content-Type: a/b; name=letter1.doc"), "letter?.doc");
	assert_string_equal(met(rules, "Content-Type: a/b; name=x.jpg.pif"), "*.jpg.*");
	assert_string_equal(met(rules, "Content-Type: a/b; name=invoice7"), "invoice[0-9]");
	assert_string_equal(met(rules, "Content-Type: a/b; name=ending"), "end*");
	assert_null(met("", "Content-Type: a/b; name=a.exe"));
}

static void test_forms(void **state)
{
	const char *rules = "*.exe\n";

	assert_non_null(met(rules, "Content-Type: a/b; name=a.exe\n"
				   "Content-Disposition: attachment; filename=a.txt"));
	assert_non_null(met(rules, "Content-Type: a/b; name=a.txt\n"
				   "Content-Disposition: attachment; filename=a.exe"));
	assert_non_null(met(rules, "Content-Type: a/b; name*=utf-8''a%2Eexe"));
	assert_non_null(met(rules, "Content-Type: a/b; name*0=\"a.e\"; name*1=xe"));
	assert_non_null(met(rules, "Content-Type: a/b; name=\"=?utf-8?B?YS5leGU=?=\""));
	assert_non_null(met(rules, "Content-Type: a/b; name=\"a.exe. \""));
	assert_non_null(met(rules, "Content-Type: a/b; name=\"a\xe2\x80\xae.exe\xe2\x80\xac\""));
	assert_non_null(met(rules, "Content-Type: a/b; name=\"a.e\xe2\x80\x8bxe\""));
	assert_non_null(met(rules, "Content-Type: a/b; name=\"a\xef\xbc\x8e\xef\xbd\x85xe\""));
	assert_non_null(met(rules, "Content-Type: a/b; name=\"a.exe::$DATA\""));
	assert_non_null(met("evil.com\n", "Content-Type: a/b; name=\"..\\dir\\evil.com\""));
}

static void test_where(void **state)
{
	cleanup_mail struct mail_fixture mail = {0};
	const struct finding *finding;

	mail_open(&mail, slice_cstr("Content-Type: application/x; name=\"Evil.EXE\"\n\nMZ\n"));
	mail_rules(&mail, patterns_parse_names, "*.exe\n", &mail.control.filenames);
	finding = mail_finding(&mail, CONDITION_FILENAME);
	assert_non_null(finding);
	assert_int_equal(finding->object, 1);
	assert_string_equal(finding->detail, "Evil.EXE");
}

/* Rules and names in great number, most with a wildcard at both ends. */
static void test_many(void **state)
{
	cleanup_mail struct mail_fixture mail = {0};
	cleanup_buf struct buf text = {0}, rules = {0};

	buf_add_cstr(&text, "Content-Type: multipart/mixed; boundary=x\n\n");
	for (unsigned i = 0; i < 500; i++)
		buf_addf(&text, "--x\nContent-Type: a/b; name=\"%u-aaaaaaaaaaaaaaaaaaaaaaaaaaa.txt\"\n\n\n", i);
	buf_add_cstr(&text, "--x\nContent-Type: a/b; name=found.777\n\n\n--x--\n");
	for (unsigned i = 0; i < 1000; i++)
		buf_addf(&rules, "*a*b*%u*\n*.%u\n", i, i);
	mail_open(&mail, buf_slice(&text));
	mail_rules(&mail, patterns_parse_names, buf_cstr(&rules), &mail.control.filenames);
	assert_non_null(mail_finding(&mail, CONDITION_FILENAME));
	assert_int_equal(mail.findings.count, 1);
	assert_string_equal(mail.findings.list[0].pattern, "*.777");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_where),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
