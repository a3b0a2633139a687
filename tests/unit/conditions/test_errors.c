/* Condition errors: header and MIME faults, required fields, +field rules. */
#include "unit.h"

#include "mail_fixture.h"

#define HEADER                                                                                     \
	"From: a@example.test\nTo: b@example.test\nDate: Sun, 22 Nov 2026 12:00:00 +0000\n"        \
	"Message-ID: <1@example.test>\nSubject: hello\n"

static const char every[] = "header=s\ndate=r\nto=r\nmsgid=r\nfrom=r\nsubject=r\nmime=s\n";

static unsigned code_of(const char *rules, const char *text)
{
	cleanup_mail struct mail_fixture mail = {0};
	const struct finding *finding;

	mail_open(&mail, slice_cstr(text));
	assert_int_equal(mailheaders_parse(&mail.arena, slice_cstr(rules), "mailheaders",
				 &mail.control.mailheaders, &mail.error), 0);
	finding = mail_finding(&mail, CONDITION_ERRORS);
	assert_true(!finding || (finding->code != 0 && finding->detail[0] && finding->pattern[0]));
	return finding ? finding->code : 0;
}

static void test_in_order(void **state)
{
	assert_int_equal(code_of(every, HEADER "\nbody\n"), 0);
	assert_int_equal(code_of(every, HEADER), 0);		/* no body, no empty line */
	assert_int_equal(code_of(every, "From x Sun Nov 22\n" HEADER "\nbody\n"), 0);
	assert_int_equal(code_of("", "Nonsense\n\nbody\n"), 0); /* nothing asked, nothing wrong */
	assert_int_equal(code_of(every, HEADER "X-Folded: a\n \n\tb\n\nbody\n"), 0);
}

static void test_required(void **state)
{
	assert_int_equal(code_of(every, "X: y\n\nbody\n"), 2 + 4 + 8 + 16 + 32);
	assert_int_equal(code_of("subject=r", "Subject: \n \t\n\nbody\n"), 32);
	assert_int_equal(code_of("subject=r", "Subject:\nSubject: there\n\nbody\n"), 0);
	assert_int_equal(code_of("from=r", "Sender: a@b\n\nbody\n"), 0);
	assert_int_equal(code_of("from=r", "From:\nSender: \n\nbody\n"), 16);
	assert_int_equal(code_of("date=r", "X: y\n\nbody\n"), 2);
	assert_int_equal(code_of("date=r", "X: y\n\nDate: in the body\n"), 2);
}

static void test_header(void **state)
{
	assert_int_equal(code_of(every, HEADER "no field at all\nX: y\n\nbody\n"), 1);
	assert_int_equal(code_of(every, HEADER "bad name: x\n\nbody\n"), 1);
	assert_int_equal(code_of(every, HEADER "X: a\x01 b\n\nbody\n"), 1);
	assert_int_equal(code_of(every, HEADER "Subject: once more\n\nbody\n"), 1);
	assert_int_equal(code_of(every, HEADER "X: Gr\xfc\xdf" "e\n\nbody\n"), 1);
	assert_int_equal(code_of(every, HEADER "X: Gr\xc3\xbc\xc3\x9f" "e\n\nbody\n"), 0);
}

static void test_mime(void **state)
{
	assert_int_equal(code_of(every, HEADER "Content-Type: multipart/mixed\n\nbody\n"), 64);
	assert_int_equal(code_of(every, HEADER
			"Content-Type: multipart/mixed; boundary=x\n\n--x\n\nbody\n"), 64);
	assert_int_equal(code_of(every, HEADER
			"Content-Type: multipart/mixed; boundary=x\n\n--x\n\nbody\n--x--\n"), 0);
	assert_int_equal(code_of(every, HEADER "Content-Transfer-Encoding: base64\n\naGVs*G8=\n"), 64);
	assert_int_equal(code_of(every, HEADER "Content-Transfer-Encoding: base64\n\naGVsbG8=\n"), 0);
	assert_int_equal(code_of(every, HEADER "Content-Transfer-Encoding: x-none\n\nbody\n"), 64);
	assert_int_equal(code_of("header=s", HEADER "Content-Transfer-Encoding: x-none\n\nbody\n"), 0);
}

static void test_field(void **state)
{
	const char *rule = "+x-spam-status=yes,";

	assert_int_equal(code_of(rule, "Subject: x\n\nbody\n"), 0);
	assert_int_equal(code_of(rule, "X-Spam-Status: No, score=1\n\nbody\n"), 0);
	assert_int_equal(code_of(rule, "X-Spam-Status: Yes, score=9\n\nbody\n"), 128);
	assert_int_equal(
		code_of(rule, "X-Spam-Status: no\nX-SPAM-STATUS:\n YES, score=9\n\nbody\n"), 128);
	assert_int_equal(code_of(rule, "X-Spam-Status: =?utf-8?B?WWVzLA==?=\n\nbody\n"), 128);
	assert_int_equal(code_of("+x-spam-status=yes,\nsubject=r\n", "X-Spam-Status: yes,\n\nb\n"),
		128 + 32);
}

static void test_words(void **state)
{
	cleanup_mail struct mail_fixture mail = {0};
	const struct finding *finding;

	mail_open(&mail, slice_cstr("To: b\nX-Tag: the word\n\nbody\n"));
	assert_int_equal(mailheaders_parse(&mail.arena, slice_cstr("date=r\nsubject=r\n+x-tag=WORD"),
				 "mailheaders", &mail.control.mailheaders, &mail.error), 0);
	finding = mail_finding(&mail, CONDITION_ERRORS);
	assert_non_null(finding);
	assert_int_equal(mail.findings.count, 1);
	assert_int_equal(finding->object, FINDING_NO_OBJECT);
	assert_string_equal(finding->pattern, "date=r subject=r +x-tag=WORD");
	assert_string_equal(finding->detail, "no Date; no Subject; X-Tag: the word");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_order),
		cmocka_unit_test(test_required),
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_mime),
		cmocka_unit_test(test_field),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
