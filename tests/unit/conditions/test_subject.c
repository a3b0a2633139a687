/* Condition subject. */
#include "unit.h"

#include <errno.h>

#include "mail_fixture.h"

/* The rule that a mail with these header lines meets, or NULL. */
static const char *met(const char *rules, bool ignorecase, const char *header)
{
	static char rule[200];
	cleanup_mail struct mail_fixture mail = {0};
	cleanup_buf struct buf text = {0};
	const struct finding *finding;

	buf_addf(&text, "From: a@b\n%s\n\nviagra in the body\n", header);
	mail_open(&mail, buf_slice(&text));
	mail_rules(&mail, patterns_parse_subjects, rules, &mail.control.subjects);
	mail.control.filters.conditions[CONDITION_SUBJECT].ignorecase = ignorecase;
	finding = mail_finding(&mail, CONDITION_SUBJECT);
	assert_true(!finding || !finding->by_command);
	assert_int_equal(mail.findings.met, finding ? CONDITION_BIT(CONDITION_SUBJECT) : 0);
	return finding ? strcpy(rule, finding->pattern) : NULL;
}

static void test_strings(void **state)
{
	const char *rules = "viagra\nmake money\nGr\xc3\xbc\xc3\x9f" "e\n";

	assert_null(met(rules, true, "Subject: hello"));
	assert_null(met(rules, true, "X-Subject: viagra"));
	assert_string_equal(met(rules, false, "Subject: buy viagra"), "viagra");
	assert_null(met(rules, false, "Subject: buy VIAGRA"));
	assert_string_equal(met(rules, true, "Subject: buy VIAGRA"), "viagra");
	assert_string_equal(met(rules, false, "Subject: make\n  money"), "make money");
	assert_string_equal(met(rules, false, "Subject: hello\nSUBJECT: viagra"), "viagra");
	assert_string_equal(met(rules, false, "Subject: =?utf-8?B?dmlhZ3Jh?="), "viagra");
	assert_string_equal(met(rules, false, "Subject: via=?utf-8?Q?=C2=AD?=gra"), "viagra");
	assert_string_equal(met(rules, false, "Subject: v\x01i\x7f" "agra"), "viagra");
	assert_string_equal(
		met(rules, true, "Subject: =?iso-8859-1?Q?GR=DC=DFE?="), "Gr\xc3\xbc\xc3\x9f" "e");
}

static void test_regexes(void **state)
{
	const char *rules = "/v[i1]agra\\b/\n";

	assert_string_equal(met(rules, false, "Subject: buy v1agra!"), "/v[i1]agra\\b/");
	assert_string_equal(met(rules, true, "Subject: =?utf-8?Q?V1=E2=80=8BAGRA?="), "/v[i1]agra\\b/");
	assert_null(met(rules, false, "Subject: v1agrarian"));
}

static void test_bad_regex(void **state)
{
	cleanup_mail struct mail_fixture mail = {0};

	mail_open(&mail, slice_cstr("Subject: x\n\nbody\n"));
	mail_rules(&mail, patterns_parse_subjects, "fine\n/a(/\n", &mail.control.subjects);
	assert_int_equal(mail_check(&mail, CONDITION_SUBJECT), -EINVAL);
	assert_int_equal(strncmp(mail.error.text, "control/file:2: '/a(/': ", 24), 0);
	mail.error = (struct error){0};
	assert_int_equal(
		conditions[CONDITION_SUBJECT].prepare(&mail.control, &mail.error), -EINVAL);
	assert_true(mail.error.set);
}

static void test_hostile_subject(void **state)
{
	cleanup_mail struct mail_fixture mail = {0};
	cleanup_buf struct buf text = {0};
	const struct finding *finding;

	buf_add_cstr(&text, "Subject: ");
	for (unsigned i = 0; i < 200000; i++)
		buf_add_byte(&text, 'a');
	buf_add_cstr(&text, "!\n\nbody\n");
	mail_open(&mail, buf_slice(&text));
	mail_rules(&mail, patterns_parse_subjects, "/(a+)+$/\n", &mail.control.subjects);
	assert_int_equal(mail_check(&mail, CONDITION_SUBJECT), 0);
	assert_null(findings_first(&mail.findings, CONDITION_SUBJECT));
	finding = findings_first(&mail.findings, CONDITION_OVERLIMIT);
	assert_non_null(finding);
	assert_string_equal(finding->pattern, "control/file:1: /(a+)+$/");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_regexes),
		cmocka_unit_test(test_bad_regex),
		cmocka_unit_test(test_hostile_subject),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
