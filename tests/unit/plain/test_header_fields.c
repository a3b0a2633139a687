/* What is kept of a header: as it stands, anew, and never more fields than were meant. */
#include "unit.h"

#include "plain/header_fields.h"

#include <stdio.h>

static const struct header_defaults defaults = {
	.sender = SLICE_LITERAL("sender@example.org"),
	.host = SLICE_LITERAL("example.net"),
	.unique = "u",
	.now_ms = 1795392000000,
};

#define FROM  "From: <sender@example.org>\n"

static void expect(const char *raw, size_t len, const char *want)
{
	cleanup_arena struct arena arena = {0};
	cleanup_buf struct buf out = {0};
	struct header header;
	size_t length;

	assert_int_equal(header_parse(
				 &arena, slice_make(raw, len), 1 << 20, 1000, &header, &length),
		0);
	assert_int_equal(header_fields_keep(&header, &defaults, &out), 0);
	assert_slice(buf_slice(&out), want);
}
#define EXPECT(raw, want) expect(raw, sizeof(raw) - 1, want)

#define DATE "Date: Mon, 23 Nov 2026 00:00:00 +0000\n"
#define ID   "Message-ID: <u@example.net>\n"
#define REST DATE ID

static void test_stays(void **state)
{
	(void)state;
	EXPECT("Received: x\nSubject: =?utf-8?Q?=C3=A4?= and\n\tmore\nFrom: A <a@b.example> (x)\n"
	       "To:x@y.example,\r\n z@y.example\r\nX-Other: no\nMIME-Version: 1.0\nDate: whenever\n"
	       "Message-Id: <1@x>\nSubject: second\nContent-Type: text/html\nReferences: <1@x>\n\n",
		"From: A <a@b.example> (x)\nTo: x@y.example,\n z@y.example\n"
		"Subject: =?utf-8?Q?=C3=A4?= and\n\tmore\nDate: whenever\nMessage-ID: <1@x>\n"
		"References: <1@x>\n");
}

static void test_missing(void **state)
{
	(void)state;
	EXPECT("\n", "From: <sender@example.org>\n" REST);
	EXPECT("From: \nDate:\n\n", "From: <sender@example.org>\n" REST);
}

static void test_text_anew(void **state)
{
	(void)state;
	EXPECT("Subject: \xc3\xa4" "b\n\n", FROM "Subject: =?utf-8?Q?=C3=A4b?=\n" REST);
	EXPECT("Subject: a\rBcc: x@y\n\n", FROM "Subject: a Bcc: x@y\n" REST);
	EXPECT("Subject: a\0b\n\n", FROM "Subject: a b\n" REST);
	/* An encoded-word that readers would make a line end of. */
	EXPECT("Subject: =?utf-8?Q?a=0ABcc:_x@y?=\n\n", FROM "Subject: a Bcc: x@y\n" REST);
	EXPECT("Subject: a\n \n b\n\n", FROM "Subject: a  b\n" REST);
}

static void test_mailboxes_anew(void **state)
{
	(void)state;
	EXPECT("To: J\xc3\xb6rg <j@b.example>, \"x, y\" <k@b.example>, \xc3\xa4 (no, one), "
	       "plain@b.example\n\n",
		FROM "To: =?utf-8?Q?J=C3=B6rg?=\n <j@b.example>,\n =?utf-8?Q?x=2C_y?=\n "
		     "<k@b.example>,\n <plain@b.example>\n" REST);
	EXPECT("From: a\r <a@b.example>\n\n",
		"From: =?utf-8?Q?a?=\n <a@b.example>\n" REST);
	EXPECT("Cc: \xc3\xa4 (b, c) <l@b.example>\n\n",
		FROM "Cc: =?utf-8?Q?=C3=A4_=28b=2C_c=29?=\n <l@b.example>\n" REST);
	EXPECT("Cc: \xff\n\n", FROM "Cc: undisclosed-recipients:;\n" REST);
	EXPECT("Cc: \xff <a@b\xff.example\n\n", FROM "Cc: undisclosed-recipients:;\n" REST);
}

static void test_references_anew(void **state)
{
	(void)state;
	EXPECT("References: <a@b> \xff <c d@e> <f@g>\nIn-Reply-To: \xff\nMessage-ID: <\xff@x>\n"
	       "Date: \xff\n\n",
		FROM REST "References: <a@b>\n <f@g>\n");
}

static void test_delivered_to(void **state)
{
	(void)state;
	EXPECT("Delivered-To: a@b\nDelivered-To: \xe4@b\nDelivered-To: x\ry\n"
	       "Delivered-To:\nDelivered-To: \n\n",
		"Delivered-To: a@b\nDelivered-To: \xe4@b\n" FROM REST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stays),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_text_anew),
		cmocka_unit_test(test_mailboxes_anew),
		cmocka_unit_test(test_references_anew),
		cmocka_unit_test(test_delivered_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
