/* Who may be told because of a mail: the table of headers and senders. */
#include "unit.h"

#include "react/notice.h"
#include "react/notify.h"

static enum notify_why sender_may(const char *sender, const char *text)
{
	cleanup_arena struct arena arena = {0};
	const struct envelope envelope = {.sender = slice_cstr(sender)};
	struct header header;
	size_t length;

	assert_int_equal(
		header_parse(&arena, slice_cstr(text), 1000000, 1000, &header, &length), 0);
	return notify_sender_may(&envelope, &header);
}

static void test_headers(void **state)
{
	static const struct {
		const char *text;
		enum notify_why why;
	} table[] = {
		{"Subject: x\n\n", NOTIFY_YES},
		{"Auto-Submitted: no\n\n", NOTIFY_YES},
		{"Auto-Submitted: NO ; why=x\n\n", NOTIFY_YES},
		{"Auto-Submitted:\n\tno\n\n", NOTIFY_YES},
		{"Auto-Submitted: none\n\n", NOTIFY_AUTOMATIC},
		{"Auto-Submitted:\n\n", NOTIFY_AUTOMATIC},
		{"auto-submitted: auto-replied\n\n", NOTIFY_AUTOMATIC},
		{"Auto-Submitted: no\nAuto-Submitted: auto-generated\n\n", NOTIFY_AUTOMATIC},
		{"Precedence: Bulk\n\n", NOTIFY_AUTOMATIC},
		{"Precedence: list\n\n", NOTIFY_AUTOMATIC},
		{"Precedence: junk\n\n", NOTIFY_AUTOMATIC},
		{"Precedence: first-class\n\n", NOTIFY_YES},
		{"List-Id: x\n\n", NOTIFY_AUTOMATIC},
		{"List-Id: \n\n", NOTIFY_YES},
		{"List-Unsubscribe: x\n\n", NOTIFY_AUTOMATIC},
		{"X-Auto-Response-Suppress: DR, OOF, AutoReply\n\n", NOTIFY_AUTOMATIC},
		{"X-Auto-Response-Suppress: DR\n\n", NOTIFY_YES},
		{"X-QMVC-Seal: x\n\n", NOTIFY_AUTOMATIC},
		{"Subject: x\n\nPrecedence: bulk\n", NOTIFY_YES},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (sender_may("alice@example.org", table[i].text) != table[i].why)
			fail_msg("%s", table[i].text);
}

static void test_senders(void **state)
{
	static const char *const people[] = {"alice@h", "owner@h", "bouncer@h", "returns@h",
		"my-request-x@h", "a@b@h", "nobody.else@h"};
	static const char *const programs[] = {"MAILER-DAEMON@h", "No-Reply@h", "donotreply@h",
		"owner-x@h", "x-owner@h", "x-request@h", "bounces@h", "bounce+1=2@h", "bounces-1@h",
		"x-bounces+a=b@h", "x-return-1-a=b@h", "@h", "alice"};

	for (size_t i = 0; i < sizeof(people) / sizeof(people[0]); i++)
		if (sender_may(people[i], "\n") != NOTIFY_YES)
			fail_msg("%s", people[i]);
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		if (sender_may(programs[i], "\n") != NOTIFY_PROGRAM_SENDER)
			fail_msg("%s", programs[i]);
	assert_int_equal(sender_may("", "\n"), NOTIFY_NULL_SENDER);
	assert_int_equal(sender_may("#@[]", "\n"), NOTIFY_NULL_SENDER);
}

/* Of a header that was cut nobody knows the rest; one of a thousand such fields is nobody's letter. */
static void test_large_headers(void **state)
{
	cleanup_arena struct arena arena = {0};
	cleanup_buf struct buf text = {0};
	const struct envelope envelope = {.sender = SLICE_LITERAL("alice@h")};
	struct header header;
	size_t length;

	for (int i = 0; i < 40; i++)
		buf_add_cstr(&text, "Precedence: first-class\n");
	buf_add_cstr(&text, "Subject: x\n\n");
	assert_int_equal(sender_may("alice@h", buf_cstr(&text)), NOTIFY_AUTOMATIC);
	assert_int_equal(header_parse(&arena, slice_cstr("A: b\nSubject: x\nPrecedence: bulk\n\n"),
				 20, 1000, &header, &length), 0);
	assert_int_equal(notify_sender_may(&envelope, &header), NOTIFY_AUTOMATIC);
}

static void test_recipient(void **state)
{
	const struct envelope person = {.sender = SLICE_LITERAL("alice@h")}, nobody = {{0}};

	assert_int_equal(notify_recipient_may(&person), NOTIFY_YES);
	assert_int_equal(notify_recipient_may(&nobody), NOTIFY_NULL_SENDER);
}

static void assert_generation(const char *sender, const char *text, unsigned want)
{
	cleanup_arena struct arena arena = {0};
	const struct envelope envelope = {.sender = slice_cstr(sender)};
	struct header header;
	size_t length;

	assert_int_equal(
		header_parse(&arena, slice_cstr(text), 1000000, 1000, &header, &length), 0);
	assert_int_equal(notify_generation(&envelope, &header), want);
}

static void test_generation(void **state)
{
	assert_generation("", "Subject: x\n\n", 0);
	assert_generation("", "X-QMVC-Notice: 1\n\n", 1);
	assert_generation("#@[]", "x-qmvc-notice:\n 2 \n\n", 2);
	assert_generation("alice@h", "X-QMVC-Notice: 2\n\n", 0);
	assert_generation("", "X-QMVC-Notice: 99999999999\n\n", NOTICE_GENERATIONS);
	assert_generation("", "X-QMVC-Notice: -1\n\n", NOTICE_GENERATIONS);
	assert_generation("", "X-QMVC-Notice:\n\n", NOTICE_GENERATIONS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_senders),
		cmocka_unit_test(test_large_headers),
		cmocka_unit_test(test_recipient),
		cmocka_unit_test(test_generation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
