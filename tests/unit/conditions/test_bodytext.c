/* Condition bodytext: texts, HTML, -n, and when commands run. */
#include "unit.h"

#include <errno.h>

#include "mail_fixture.h"

static void setup(struct mail_fixture *mail, const char *text, const char *rules)
{
	mail_open(mail, slice_cstr(text));
	mail_rules(mail, patterns_parse_bodytexts, rules, &mail->control.bodytexts);
}

/* Does a mail meet the rules? */
static bool met(const char *text, const char *rules, bool ignorecase)
{
	cleanup_mail struct mail_fixture mail = {0};

	setup(&mail, text, rules);
	mail.control.filters.conditions[CONDITION_BODYTEXT].ignorecase = ignorecase;
	return mail_finding(&mail, CONDITION_BODYTEXT) != NULL;
}

static void test_decoded(void **state)
{
	assert_true(met("Subject: x\n\nbuy viagra\n", "viagra\n", false));
	assert_false(met("Subject: viagra\n\nhello\n", "viagra\n", false)); /* bodies only */
	assert_false(met("Subject: x\n\nbuy VIAGRA\n", "viagra\n", false));
	assert_true(met("Subject: x\n\nbuy VIAGRA\n", "viagra\n", true));
	assert_true(met("Content-Transfer-Encoding: base64\n\nYnV5IHZpYWdyYQ==\n", "viagra\n", false));
	assert_true(met("Content-Transfer-Encoding: quoted-printable\n\nvia=\ngra=\n", "viagra\n", false));
	assert_true(met("Content-Type: text/plain; charset=iso-8859-1\n\nGr\xfc\xdf" "e\n",
		"Gr\xc3\xbc\xc3\x9f" "e\n", false));
	assert_true(met("Content-Type: text/plain; charset=utf-16le\n"
			"Content-Transfer-Encoding: base64\n\ndgBpAGEAZwByAGEA\n", "viagra\n", false));
	assert_true(met("Subject: x\n\nmake\nmoney\n", "make money\n", false));
	assert_true(met("Subject: x\n\nbuy v1agra\n", "/v[i1]agra$/\n", false));
}

static void test_html(void **state)
{
	const char *html = "Content-Type: text/html\n\n<p>via<b></b>gra &amp; <a href='http://bad.test/'>"
			   "c&#104;eap</a></p>\n";

	assert_true(met(html, "viagra & cheap\n", false)); /* as a person reads it */
	assert_true(met(html, "href='http://bad.test\n", false)); /* as it stands */
	assert_false(met(html, "vgra\n", false));
	assert_true(met(html, "/^viagra/\n", false));
}

static void test_parts(void **state)
{
	const char *text = "Content-Type: multipart/mixed; boundary=x\n\nviagra in the preamble\n"
			   "--x\n\nhello\n"
			   "--x\nContent-Type: application/octet-stream\nContent-Transfer-Encoding: "
			   "base64\n\nAAF2aWFncmEA\n"
			   "--x\n\nbuy viagra now\n--x--\n";
	cleanup_mail struct mail_fixture mail = {0};
	const struct finding *finding;

	setup(&mail, text, "viagra\n");
	finding = mail_finding(&mail, CONDITION_BODYTEXT);
	assert_non_null(finding);
	assert_int_equal(mail.findings.count, 1); /* neither the preamble nor the binary part */
	assert_int_equal(finding->object, 3);
	assert_string_equal(finding->pattern, "viagra");
	assert_non_null(strstr(finding->detail, "buy viagra now"));
	assert_false(finding->by_command);
}

/* Under -n only what is harmless by type is searched. */
static void test_noscan(void **state)
{
	cleanup_mail struct mail_fixture mail = {0};

	setup(&mail, "Content-Type: text/plain\n\nbuy viagra\n", "viagra\n");
	mail.options.noscan = true;
	mail.objects.list[1].flags = 0;
	assert_null(mail_finding(&mail, CONDITION_BODYTEXT));
	mail.objects.list[1].flags = OBJECT_NEGATIVE;
	assert_non_null(mail_finding(&mail, CONDITION_BODYTEXT));
	mail.objects.list[1].flags = OBJECT_TEXT;
	assert_non_null(mail_finding(&mail, CONDITION_BODYTEXT));
}

static void test_commands(void **state)
{
	cleanup_mail struct mail_fixture mail = {0};
	const struct finding *finding;

	setup(&mail, "Subject: x\n\nhello\n", "viagra\n|exit 3\n|exit 4:4\n|exit 111\n");
	finding = mail_finding(&mail, CONDITION_BODYTEXT); /* the first that meets ends them */
	assert_non_null(finding);
	assert_string_equal(finding->pattern, "|exit 4:4");
	assert_true(finding->by_command);
	assert_int_equal(mail.findings.count, 1);
}

static void test_command_fails(void **state)
{
	cleanup_mail struct mail_fixture mail = {0};

	setup(&mail, "Subject: x\n\nhello\n", "|exit 1\n|exit 111\n|true\n");
	assert_int_equal(mail_check(&mail, CONDITION_BODYTEXT), -ECHILD);
	assert_non_null(strstr(mail.error.text, "control/file:2: '|exit 111'"));
	assert_int_equal(mail.findings.met, 0);
}

/* Strings come first: what they have decided needs no program. */
static void test_string_before_command(void **state)
{
	cleanup_mail struct mail_fixture mail = {0};
	const struct finding *finding;

	setup(&mail, "Subject: x\n\nbuy viagra\n", "|exit 111\nviagra\n");
	finding = mail_finding(&mail, CONDITION_BODYTEXT);
	assert_non_null(finding);
	assert_string_equal(finding->pattern, "viagra");
	assert_null(mail.loop);
}

static void test_bad_regex(void **state)
{
	cleanup_mail struct mail_fixture mail = {0};

	setup(&mail, "Subject: x\n\nhello\n", "/[/\n");
	assert_int_equal(mail_check(&mail, CONDITION_BODYTEXT), -EINVAL);
	assert_int_equal(
		conditions[CONDITION_BODYTEXT].prepare(&mail.control, &mail.error), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decoded),
		cmocka_unit_test(test_html),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_noscan),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_command_fails),
		cmocka_unit_test(test_string_before_command),
		cmocka_unit_test(test_bad_regex),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
