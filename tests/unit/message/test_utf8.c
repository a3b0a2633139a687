/* UTF-8: what is valid, prefixes around the word size, encoding and decoding as inverses. */
#include "unit.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "message/unicode.h"
#include "message/utf8.h"

#define S(text) slice_make((text), sizeof(text) - 1)

static void test_valid(void **state)
{
	assert_int_equal(utf8_valid_prefix(S("plain")), 5);
	assert_int_equal(
		utf8_valid_prefix(S("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80!")), 16);
	assert_int_equal(utf8_valid_prefix(SLICE_EMPTY), 0);
	assert_int_equal(utf8_valid_prefix(S("ab\xc0\xaf")), 2);       /* overlong "/" */
	assert_int_equal(utf8_valid_prefix(S("\xe0\x80\xaf")), 0);     /* overlong */
	assert_int_equal(utf8_valid_prefix(S("\xe0\x9f\xbf")), 0);     /* overlong U+07FF */
	assert_int_equal(utf8_valid_prefix(S("\xf0\x80\x80\xaf")), 0); /* overlong */
	assert_int_equal(utf8_valid_prefix(S("\xed\xa0\x80")), 0);     /* surrogate */
	assert_int_equal(utf8_valid_prefix(S("\xf4\x90\x80\x80")), 0); /* above U+10FFFF */
	assert_int_equal(utf8_valid_prefix(S("x\xe2\x82")), 1);	       /* cut short */
	assert_int_equal(utf8_valid_prefix(S("\x80")), 0);
}

static size_t plainly_valid(struct slice bytes)
{
	size_t at = 0, valid = 0;

	while (at < bytes.len && utf8_next(bytes, &at) != UTF8_WRONG)
		valid = at;
	return valid;
}

/*
 * All pairs of bytes where a block begins, ends, and at both sides of its end, among letters of one
 * byte and of two. Behind the last byte is nothing: a sanitizer sees what is read there.
 */
static void test_valid_in_blocks(void **state)
{
	enum { LEN = 36 };
	cleanup_free unsigned char *text = malloc(LEN);

	assert_non_null(text);
	for (unsigned pair = 0; pair < 65536; pair++)
		for (size_t at = 14, phase = 0; at < 18; at += phase == 2, phase = (phase + 1) % 3) {
			for (size_t i = 0; i < LEN; i++)
				text[i] = (unsigned char)"x\xc3\xb6"[(i + phase) % 3];
			text[at] = (unsigned char)(pair >> 8);
			text[at + 1] = (unsigned char)pair;
			assert_int_equal(utf8_valid_prefix(slice_make(text, LEN)),
				plainly_valid(slice_make(text, LEN)));
			assert_int_equal(utf8_valid_prefix(slice_make(text + at, LEN - at)),
				plainly_valid(slice_make(text + at, LEN - at)));
		}
}

static void test_ascii_prefix(void **state)
{
	unsigned char text[100];

	memset(text, 'a', sizeof(text));
	for (size_t len = 0; len < sizeof(text); len++) {
		assert_int_equal(utf8_ascii_prefix(slice_make(text, len)), len);
		text[len] = 0xe9;
		assert_int_equal(utf8_ascii_prefix(slice_make(text, sizeof(text))), len);
		text[len] = 'a';
	}
}

static void test_round_trip(void **state)
{
	for (uint32_t c = 0; c <= 0x10ffff; c += c < 0x3000 ? 1 : 251) {
		unsigned char bytes[UTF8_MAX];
		size_t at = 0, len;

		if (c >= 0xd800 && c <= 0xdfff)
			continue;
		len = utf8_encode(c, bytes);
		assert_int_equal(utf8_next(slice_make(bytes, len), &at), c);
		assert_int_equal(at, len);
	}
}

static void test_add_what_is_no_character(void **state)
{
	cleanup_buf struct buf out = {0};

	assert_int_equal(utf8_add(&out, 0xd800), 0);
	assert_int_equal(utf8_add(&out, 0x110000), 0);
	assert_slice(buf_slice(&out), "\xef\xbf\xbd\xef\xbf\xbd");
}

static void test_invisible(void **state)
{
	static const uint32_t hidden[] = {0, 9, 0x1f, 0x7f, 0x9f, 0xad, 0x200b, 0x200f, 0x202a,
		0x202e, 0x2060, 0x2066, 0x206f, 0x61c, 0xfeff, 0x180e, 0xfe0f, 0xe0041};
	static const uint32_t seen[] = {' ', 'a', 0xa0, 0xe9, 0x2010, 0x3042, 0xff41, 0x1f600};

	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (!unicode_is_invisible(hidden[i]))
			fail_msg("U+%04X is taken for visible", hidden[i]);
	for (size_t i = 0; i < sizeof(seen) / sizeof(seen[0]); i++)
		if (unicode_is_invisible(seen[i]))
			fail_msg("U+%04X is taken for invisible", seen[i]);
}

static void test_fold(void **state)
{
	static const uint32_t pairs[][2] = {{0xff45, 'e'}, {0xff0e, '.'}, {0x3000, ' '},
		{0x2024, '.'}, {0x3002, '.'}, {0xfe52, '.'}, {0x1d400, 'A'}, {0x1d41a, 'a'},
		{0x1d5ba, 'a'}, {0x1d7d8, '0'}, {0x24d4, 'e'}, {0x212f, 'e'}, {0x2113, 'l'},
		{0xa0, ' '}, {0xe9, 0xe9}, {'x', 'x'}, {0x1d6a8, 0x1d6a8}};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (unicode_fold(pairs[i][0]) != pairs[i][1])
			fail_msg("U+%04X folds to U+%04X", pairs[i][0], unicode_fold(pairs[i][0]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_valid),
		cmocka_unit_test(test_valid_in_blocks),
		cmocka_unit_test(test_ascii_prefix),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_add_what_is_no_character),
		cmocka_unit_test(test_invisible),
		cmocka_unit_test(test_fold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
