/* header_decode: RFC 2047 as it is written in mail, not only as it is specified. */
#include "unit.h"

#include "message/header.h"

#define S(text) slice_make((text), sizeof(text) - 1)

static void check(struct slice value, const char *want)
{
	cleanup_buf struct buf out = {0};

	assert_int_equal(header_decode(value, &out), 0);
	if (!slice_eq_cstr(buf_slice(&out), want))
		fail_msg("%.*s: got \"%s\", want \"%s\"", SLICE_ARGS(value), buf_cstr(&out), want);
}

static void test_plain(void **state)
{
	check(S("Re: hello"), "Re: hello");
	check(S(""), "");
	check(S(" folded\r\n text "), "folded text");
	check(S("gr\xc3\xbcn"), "gr\xc3\xbcn");
	check(S("gr\xfcn"), "gr\xc3\xbcn");
}

static void test_words(void **state)
{
	check(S("=?utf-8?B?ZXZpbC5leGU=?="), "evil.exe");
	check(S("=?utf-8?Q?evil=2Eexe?="), "evil.exe");
	check(S("=?ISO-8859-1?q?gr=FCn_=fc?="), "gr\xc3\xbcn \xc3\xbc");
	check(S("=?koi8-r?B?18nS1dM=?="), "\xd0\xb2\xd0\xb8\xd1\x80\xd1\x83\xd1\x81");
	check(S("=?koi8-r*ru?Q?=D7?="), "\xd0\xb2");
	check(S("=?x-nope?Q?gr=FCn?="), "gr\xc3\xbcn");
	check(S("=?x-nope?Q?gr=C3=BCn?="), "gr\xc3\xbcn");
	check(S("=??Q?x?="), "x");
	check(S("=?utf-8?Q?a b?="), "a b"); /* blanks inside are forbidden, and usual */
	check(S("=?utf-8?Q?a?b?="), "a?b");
	check(S("=?utf-8?Q?=41?="), "A"); /* "?=4" is no end */
	check(S("=?utf-8?Q?50=?="), "50=");
	check(S("=?utf-8?Q?=zz=4?="), "=zz=4");
	check(S("=?utf-8?B?ZXZp bC5l\teGU?="), "evil.exe");
	check(S("=?utf-8?B?ZXY=aWw=?="), "evil");
	check(S("=?utf-8?B?"
		"?="),
		"");
}

static void test_around(void **state)
{
	check(S("\"=?utf-8?Q?evil?=.exe\""), "\"evil.exe\"");
	check(S("pre=?utf-8?Q?fix?=ed"), "prefixed");
	check(S("a =?utf-8?Q?b?= c"), "a b c");
	check(S("=?utf-8?Q?a?= =?utf-8?Q?b?="), "ab");
	check(S("=?utf-8?Q?a?=\r\n\t =?iso-8859-1?Q?=FC?="), "a\xc3\xbc");
	check(S("=?utf-8?B?ZXZpbC5l?==?utf-8?Q?xe?="), "evil.exe");
	check(S("=?utf-8?Q?a?= x =?utf-8?Q?b?="), "a x b");
}

static void test_split_character(void **state)
{
	check(S("=?utf-8?Q?=C3?= =?UTF-8?Q?=BC?="), "\xc3\xbc");
	check(S("=?utf-8?B?4oI=?=\r\n =?utf-8?B?rA==?="), "\xe2\x82\xac");
	check(S("=?utf-8?Q?=C3?= =?iso-8859-1?Q?=BC?="),
		"\xc3\x83\xc2\xbc"); /* not across charsets */
	check(S("=?utf-8?Q?=C3?= x =?utf-8?Q?=BC?="), "\xc3\x83 x \xc2\xbc");
}

static void test_no_words(void **state)
{
	check(S("=?"), "=?");
	check(S("=?utf-8?Q?open"), "=?utf-8?Q?open");
	check(S("=?utf-8?X?x?="), "=?utf-8?X?x?=");
	check(S("=?utf-8?="), "=?utf-8?=");
	check(S("=?=?utf-8?Q?x?="), "=?x");
	check(S("=?a b?Q?x?="), "=?a b?Q?x?=");
	check(S("what=?yes"), "what=?yes");
}

static void test_hostile_is_linear(void **state)
{
	cleanup_buf struct buf value = {0}, out = {0};

	/* Quadratic work on this megabyte would take minutes. */
	for (unsigned i = 0; i < 130000; i++)
		buf_add_cstr(&value, "=?a?Q?b ");
	assert_int_equal(header_decode(buf_slice(&value), &out), 0);
	assert_int_equal(out.len, value.len - 1);
	buf_clear(&value);
	buf_clear(&out);
	for (unsigned i = 0; i < 130000; i++)
		buf_add_cstr(&value, "=?koi8-r?Q?=");
	buf_add_cstr(&value, "?=");
	assert_int_equal(header_decode(buf_slice(&value), &out), 0);
	buf_clear(&value);
	/* A converter opened for each of these words would take seconds. */
	for (unsigned i = 0; i < 20000; i++)
		buf_add_cstr(&value, "=?koi8-r?Q?=D7?==?big5?Q?=A4=A4?==?euc-kr?Q?=B0=A1?=");
	buf_clear(&out);
	assert_int_equal(header_decode(buf_slice(&value), &out), 0);
	assert_int_equal(out.len, 20000 * 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_around),
		cmocka_unit_test(test_split_character),
		cmocka_unit_test(test_no_words),
		cmocka_unit_test(test_hostile_is_linear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
