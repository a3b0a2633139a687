/* Charsets: our own, iconv's, wrong bytes, hostile names, byte order marks. */
#include "unit.h"

#include "message/charset.h"
#include "message/utf8.h"

#define S(text) slice_make((text), sizeof(text) - 1)

static void check(const char *charset, struct slice bytes, const char *want)
{
	cleanup_buf struct buf out = {0};

	assert_int_equal(charset_name_to_utf8(slice_cstr(charset), bytes, &out), 0);
	if (!slice_eq_cstr(buf_slice(&out), want))
		fail_msg("%s: got \"%s\", want \"%s\"", charset, buf_cstr(&out), want);
}

static void test_own(void **state)
{
	check("us-ascii", S("plain"), "plain");
	check("", S("gr\xc3\xbcn"), "gr\xc3\xbcn");
	check("utf-8", S("gr\xc3\xbcn"), "gr\xc3\xbcn");
	check("UTF8", S("\xe2\x82\xac"), "\xe2\x82\xac");
	check("ISO-8859-1", S("gr\xfcn"), "gr\xc3\xbcn");
	check("latin1", S("\xa0"), "\xc2\xa0");
	check("windows-1252", S("\x80 \x93x\x94"), "\xe2\x82\xac \xe2\x80\x9cx\xe2\x80\x9d");
	check("iso-8859-1", S("\x80"), "\xe2\x82\xac"); /* as every mail program takes it */
	check("windows-1252", S("\x81"), "\xc2\x81");	/* means nothing: kept */
}

static void test_wrong_bytes_are_kept(void **state)
{
	check("utf-8", S("gr\xfcn \xe2\x82\xac"), "gr\xc3\xbcn \xe2\x82\xac");
	check("us-ascii", S("x\xe9"), "x\xc3\xa9");
	check("utf-8", S("\xc0\xaf"), "\xc3\x80\xc2\xaf");
	check("iso-2022-jp", S("\x1b$B\x1b(Bok\xff"), "ok\xc3\xbf");
	check("shift_jis", S("ok\x82"), "ok\xe2\x80\x9a"); /* ends in the middle */
	check("utf-16le",
		S("a\0\0\xd8"
		  "b\0"),
		"a\xef\xbf\xbd"
		"b");			    /* a lone surrogate */
	check("utf-16le", S("a\0b"), "ab"); /* half a unit */
}

static void test_iconv(void **state)
{
	check("koi8-r", S("\xd7\xc9\xd2\xd5\xd3"), "\xd0\xb2\xd0\xb8\xd1\x80\xd1\x83\xd1\x81");
	check("windows-1251", S("\xe2"), "\xd0\xb2");
	check("ISO-8859-15", S("\xa4"), "\xe2\x82\xac");
	check("gb2312", S("\xc4\xe3\x81\x40"), "\xe4\xbd\xa0\xe4\xb8\x82"); /* beyond GB 2312 */
	check("ks_c_5601-1987", S("\xb0\xa1"), "\xea\xb0\x80");
	check("x-sjis", S("\x82\xa0"), "\xe3\x81\x82");
	check("big5", S("\xa4\xa4"), "\xe4\xb8\xad");
	check("iso-2022-jp", S("\x1b$B$\"\x1b(B!"), "\xe3\x81\x82!");
	check("iso-8859-8-i", S("\xe0"), "\xd7\x90");
	check("x-mac-roman", S("\x8a"), "\xc3\xa4");
	check("unicode-1-1-utf-7", S("+AGUAdgBpAGw-!"), "evil!");
	check("utf-7", S("a+AOk-"), "a\xc3\xa9");
	check("windows-1255", S("\xe9"), "\xd7\x99"); /* iconv holds it back until flushed */
	check("ibm037", S("\x85\xa5\x89\x93"), "evil");
}

static void test_utf16(void **state)
{
	check("utf-16",
		S("\xff\xfe"
		  "e\0v\0"),
		"ev");
	check("utf-16", S("\xfe\xff\0e\0v"), "ev");
	check("utf-16", S("e\0v\0"), "ev");
	check("utf-16", S("\0e\0v"), "ev");
	check("utf-16le",
		S("\xff\xfe"
		  "e\0"),
		"e"); /* the mark is no character of the text */
	check("utf-32", S("\0\0\0e\0\0\0v"), "ev");
	check("utf-32", S("e\0\0\0v\0\0\0"), "ev");
	check("utf-32le", S("\xff\xfe\0\0e\0\0\0"), "e");
	check("ucs-2", S("e\0"), "e");
}

static void test_names_that_are_none(void **state)
{
	static const char *const names[] = {"x-nope", "utf-16//TRANSLIT", "UTF-8//IGNORE",
		"../../evil", "a b", "INTERNAL", "wchar_t", "latin1\1", "/", "//",
		"a-name-that-is-longer-than-forty-characters-is-none"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		check(names[i], S("gr\xc3\xbcn \xfc"), "gr\xc3\xbcn \xc3\xbc");
	assert_int_equal(charset_find(S("utf-16//TRANSLIT")).kind, CHARSET_UTF8);
	assert_int_equal(charset_find(S("WCHAR_T")).kind, CHARSET_UTF8);
	assert_int_equal(charset_find(S(" koi8-r ")).kind, CHARSET_ICONV);
}

static void test_long(void **state)
{
	static unsigned char bytes[100000];
	cleanup_buf struct buf out = {0};
	struct slice all;

	/* Longer than every internal buffer, two bytes of UTF-8 for each. */
	memset(bytes, 0xd7, sizeof(bytes));
	assert_int_equal(
		charset_name_to_utf8(S("koi8-r"), slice_make(bytes, sizeof(bytes)), &out), 0);
	assert_int_equal(out.len, 2 * sizeof(bytes));
	buf_clear(&out);
	/* Nothing but what the charset does not allow. */
	memset(bytes, 0xff, sizeof(bytes));
	assert_int_equal(
		charset_name_to_utf8(S("euc-jp"), slice_make(bytes, sizeof(bytes)), &out), 0);
	all = buf_slice(&out);
	assert_int_equal(all.len, 2 * sizeof(bytes));
	assert_int_equal(utf8_valid_prefix(all), all.len);
}

static struct buf convert(
	struct charset_converters *converters, const char *charset, struct slice bytes)
{
	struct charset found = charset_find(slice_cstr(charset));
	struct buf out = {0};

	assert_int_equal(charset_convert(converters, &found, bytes, &out), 0);
	return out;
}

static void test_converters(void **state)
{
	static const char *const charsets[] = {"koi8-r", "iso-8859-2", "iso-8859-3", "iso-8859-4",
		"iso-8859-5", "iso-8859-6", "iso-8859-7", "iso-8859-8", "iso-8859-10",
		"iso-8859-13", "iso-8859-14", "iso-8859-15", "iso-8859-16", "windows-1250",
		"windows-1251", "windows-1253", "windows-1254", "windows-1255", "windows-1256",
		"windows-1257"};
	cleanup_converters struct charset_converters converters = {0};

	/* More than stay open, in turn: each conversion is right as long as there is one. */
	for (unsigned round = 0; round < 3; round++) {
		for (size_t i = 0; i < sizeof(charsets) / sizeof(charsets[0]); i++) {
			cleanup_buf struct buf one = convert(&converters, charsets[i], S("\xf4"));
			cleanup_buf struct buf alone = {0};

			charset_name_to_utf8(slice_cstr(charsets[i]), S("\xf4"), &alone);
			assert_true(slice_eq(buf_slice(&one), buf_slice(&alone)));
		}
	}
	assert_int_equal(converters.opened, 60);
	/* At last no more are opened; nothing is dropped even then. */
	for (size_t i = 0; i < 8; i++) {
		cleanup_buf struct buf one = convert(&converters, charsets[i], S("\xf4"));

		if (i >= 4)
			assert_slice(buf_slice(&one), "\xc3\xb4");
	}
	assert_int_equal(converters.opened, 64);
}

static void test_converters_start_anew(void **state)
{
	cleanup_converters struct charset_converters converters = {0};
	cleanup_buf struct buf open = convert(&converters, "iso-2022-jp", S("\x1b$B$\""));
	cleanup_buf struct buf next = convert(&converters, "iso-2022-jp", S("abc"));

	assert_slice(buf_slice(&open), "\xe3\x81\x82"); /* the shift is never taken back */
	assert_slice(buf_slice(&next), "abc");
	assert_int_equal(converters.opened, 1);
}

static void test_bom(void **state)
{
	struct charset charset;

	assert_int_equal(charset_from_bom(S("\xef\xbb\xbfx"), &charset), 3);
	assert_int_equal(charset.kind, CHARSET_UTF8);
	assert_int_equal(charset_from_bom(S("\xff\xfex\0"), &charset), 2);
	assert_string_equal(charset.name, "UTF-16LE");
	assert_int_equal(charset_from_bom(S("\xff\xfe\0\0"), &charset), 4);
	assert_int_equal(charset.unit, 4);
	assert_int_equal(charset_from_bom(S("\xff"), &charset), 0);
	assert_int_equal(charset_from_bom(S("plain"), &charset), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own),
		cmocka_unit_test(test_wrong_bytes_are_kept),
		cmocka_unit_test(test_iconv),
		cmocka_unit_test(test_utf16),
		cmocka_unit_test(test_names_that_are_none),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_converters),
		cmocka_unit_test(test_converters_start_anew),
		cmocka_unit_test(test_bom),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
