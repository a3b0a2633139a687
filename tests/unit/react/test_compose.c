/* Fields and bodies of our own mail: well formed, whatever stands in them. */
#include "unit.h"

#include "react/compose.h"

#include <stdlib.h>

static void assert_text(const char *text, const char *expected)
{
	cleanup_buf struct buf out = {0};

	compose_text(&out, "Subject", slice_cstr(text));
	assert_string_equal(buf_cstr(&out), expected);
}

static void test_text(void **state)
{
	assert_text("plain words, (all) of them", "Subject: plain words, (all) of them\n");
	assert_text("", "Subject: \n");
	assert_text("gr\xc3\xbc\xc3\x9f e_?", "Subject: =?utf-8?Q?gr=C3=BC=C3=9F_e=5F=3F?=\n");
	assert_text("a =?utf-8?Q?b?=", "Subject: =?utf-8?Q?a_=3D=3Futf-8=3FQ=3Fb=3F=3D?=\n");
	assert_text(" lead", "Subject: =?utf-8?Q?_lead?=\n");
	assert_text("trail ", "Subject: =?utf-8?Q?trail_?=\n");
	assert_text("a\nBcc: b", "Subject: =?utf-8?Q?a=0ABcc=3A_b?=\n");
}

/* No line is longer than 76, wherever its end comes, and none is cut inside a character. */
static void assert_long_text(unsigned shift)
{
	cleanup_buf struct buf text = {0}, out = {0};
	struct slice rest, line;
	unsigned lines = 0;

	for (unsigned i = 0; i < 300; i++)
		buf_add_cstr(&text, i >= shift && i % 7 ? "\xf0\x9f\x98\x80" : "x");
	compose_text(&out, "Subject", buf_slice(&text));
	rest = buf_slice(&out);
	while (slice_next_line(&rest, &line)) {
		assert_true(line.len <= 76);
		assert_true(slice_starts(line, lines++ ? " =?utf-8?Q?" : "Subject: =?utf-8?Q?"));
		assert_slice(slice_from(line, line.len - 2), "?=");
		assert_int_equal(slice_find(line, slice_cstr("?=F0=9F=98?="), 0), line.len);
	}
	assert_true(lines > 40);
}

static void test_long_text(void **state)
{
	cleanup_buf struct buf text = {0}, out = {0};

	for (unsigned shift = 0; shift < 30; shift++)
		assert_long_text(shift);
	for (unsigned i = 0; i < 67; i++)
		buf_add_byte(&text, 'y');
	compose_text(&out, "Subject", buf_slice(&text));
	assert_int_equal(out.len, 77);
	buf_add_byte(&text, 'y');
	buf_clear(&out);
	compose_text(&out, "Subject", buf_slice(&text));
	assert_true(slice_starts(buf_slice(&out), "Subject: =?"));
}

static void assert_mailbox(const char *address, const char *expected)
{
	cleanup_buf struct buf out = {0};

	compose_mailbox(&out, "To", slice_cstr(address));
	assert_string_equal(buf_cstr(&out), expected);
}

static void test_mailbox(void **state)
{
	static const char nobody[] = "To: undisclosed-recipients:;\n";
	char address[400];

	assert_mailbox("bob@example.net", "To: <bob@example.net>\n");
	assert_mailbox("b.o-b+x=y@h", "To: <b.o-b+x=y@h>\n");
	assert_mailbox("b..b@h", "To: <\"b..b\"@h>\n");
	assert_mailbox("a b\"\\c@h", "To: <\"a b\\\"\\\\c\"@h>\n");
	assert_mailbox("a@b@h", "To: <\"a@b\"@h>\n");
	assert_mailbox("<a>@h", "To: <\"<a>\"@h>\n");
	assert_mailbox("bob", nobody);
	assert_mailbox("@h", nobody);
	assert_mailbox("bob@", nobody);
	assert_mailbox("bob@a..b", nobody);
	assert_mailbox("bob@a b", nobody);
	assert_mailbox("bob@h>, <x@y", "To: <\"bob@h>, <x\"@y>\n");
	assert_mailbox("b\nBcc: x@h", nobody);
	assert_mailbox("b\xc3\xbc@h", nobody);
	assert_mailbox("=?utf-8?Q?=0ABcc=3A_x?=@h", nobody);
	memset(address, 'a', sizeof(address));
	strcpy(address + 321 - 2, "@h");
	assert_mailbox(address, nobody);
}

static void test_date_and_id(void **state)
{
	cleanup_buf struct buf out = {0};

	compose_date(&out, 1795365721999);
	compose_date(&out, 0);
	assert_string_equal(buf_cstr(&out), "Date: Sun, 22 Nov 2026 16:42:01 +0000\n"
					    "Date: Thu, 1 Jan 1970 00:00:00 +0000\n");
	buf_clear(&out);
	compose_message_id(&out, "1a.0", slice_cstr("example.net"));
	compose_message_id(&out, "1a.1", slice_cstr("a>\nBcc: b"));
	compose_message_id(&out, "1a.2", slice_cstr(""));
	assert_string_equal(buf_cstr(&out), "Message-ID: <1a.0@example.net>\n"
					    "Message-ID: <1a.1@localhost>\n"
					    "Message-ID: <1a.2@localhost>\n");
}

static void assert_body(const char *text, const char *expected)
{
	cleanup_buf struct buf out = {0};
	size_t at;

	compose_body(&out, slice_cstr(text));
	at = slice_find(buf_slice(&out), slice_cstr("\n\n"), 0);
	assert_slice(slice_from(buf_slice(&out), at + 2), expected);
}

static void test_body(void **state)
{
	assert_body("a=b\n", "a=3Db\n");
	assert_body("a\n  \n\tb \n", "a\n =20\n\tb=20\n");
	assert_body("a \n\t\n b\n", "a=20\n=09\n b\n");
	assert_body("gr\xc3\xbc\xc3\x9f" "e\n", "gr=C3=BC=C3=9Fe\n");
	assert_body("a\r\nb\rc\n", "a\nb=0Dc\n");
	assert_body("\n\n", "\n\n");
	assert_body("no end", "no end\n");
}

static void assert_long_body(unsigned shift)
{
	cleanup_buf struct buf text = {0}, out = {0}, back = {0};
	struct slice rest, line;

	for (unsigned i = 0; i < 1000; i++)
		buf_add_cstr(&text, i < shift ? "x" : i % 3 ? "\xe2\x82\xac" : "xy ");
	compose_body(&out, buf_slice(&text));
	rest = slice_from(buf_slice(&out), slice_find(buf_slice(&out), slice_cstr("\n\n"), 0) + 2);
	while (slice_next_line(&rest, &line)) {
		bool soft = line.len > 0 && line.data[line.len - 1] == '=';

		assert_true(line.len <= 76);
		if (soft) /* behind a whole character */
			assert_true(!slice_ends_nocase(line, "=E2=") &&
				    !slice_ends_nocase(line, "=E2=82="));
		for (size_t i = 0; i + soft < line.len; i++)
			if (line.data[i] == '=') {
				char hex[3] = {(char)line.data[i + 1], (char)line.data[i + 2], 0};

				buf_add_byte(&back, (unsigned char)strtol(hex, NULL, 16));
				i += 2;
			} else {
				buf_add_byte(&back, line.data[i]);
			}
	}
	assert_true(slice_eq(buf_slice(&back), buf_slice(&text)));
}

static void test_long_body(void **state)
{
	for (unsigned shift = 0; shift < 30; shift++)
		assert_long_body(shift);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_long_text),
		cmocka_unit_test(test_mailbox),
		cmocka_unit_test(test_date_and_id),
		cmocka_unit_test(test_body),
		cmocka_unit_test(test_long_body),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
