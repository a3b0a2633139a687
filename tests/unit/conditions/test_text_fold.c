/* The form in which texts are compared. */
#include "unit.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "conditions/text_fold.h"
#include "message/utf8.h"

/* Folded one character a time, which is never done in blocks. Returns the bytes written. */
static size_t fold_slowly(bool ignorecase, struct slice text, unsigned char *out)
{
	struct text_fold fold = {.ignorecase = ignorecase};
	size_t at = 0, len = 0;

	while (at < text.len) {
		size_t start = at;

		utf8_next(text, &at);
		len += text_fold(&fold, slice_first(slice_from(text, start), at - start), out + len);
	}
	return len;
}

/* The whole text at once gives the same; nothing is read or written behind the text's length. */
static void check_same(struct slice bytes)
{
	unsigned char fast[512], slow[512];
	cleanup_free unsigned char *copy = malloc(bytes.len > 0 ? bytes.len : 1);
	struct slice text = slice_make(copy, bytes.len);

	assert_non_null(copy);
	assert_true(text.len < sizeof(fast));
	if (bytes.len > 0)
		memcpy(copy, bytes.data, bytes.len);
	for (int ignorecase = 0; ignorecase < 2; ignorecase++) {
		struct text_fold fold = {.ignorecase = ignorecase};
		size_t len = fold_slowly(ignorecase, text, slow);

		fast[text.len] = 0xee;
		assert_int_equal(text_fold(&fold, text, fast), len);
		assert_memory_equal(fast, slow, len);
		assert_int_equal(fast[text.len], 0xee);
		assert_int_equal(fold.after_blank, len > 0 && slow[len - 1] == ' ');
	}
}

static void check(const char *text, bool ignorecase, const char *want)
{
	unsigned char out[512];
	struct slice in = slice_cstr(text);

	/* However it is cut, the result is the same, and never longer than the input. */
	for (size_t piece = 4; piece <= in.len + 4; piece++) {
		struct text_fold fold = {.ignorecase = ignorecase};
		struct slice rest = in;
		size_t len = 0;

		while (rest.len > 0) {
			size_t cut = text_fold_cut(rest, piece);
			size_t written;

			assert_true(cut > 0 && cut <= piece);
			written = text_fold(&fold, slice_first(rest, cut), out + len);
			assert_true(written <= cut);
			len += written;
			rest = slice_from(rest, cut);
		}
		assert_slice(slice_make(out, len), want);
	}
}

static void test_case(void **state)
{
	check("Viagra NOW", false, "Viagra NOW");
	check("Viagra NOW [@`{", true, "viagra now [@`{");
	check("\xc3\x84\xc3\x96\xc3\x9c \xc3\x97 \xc3\x9f", true, "\xc3\xa4\xc3\xb6\xc3\xbc \xc3\x97 \xc3\x9f");
	check("\xc3\x84", false, "\xc3\x84");
	check("\xc3\x80\xc3\x9e\xd0\x90\xd0\xaf\xd1\xa0", true, "\xc3\xa0\xc3\xbe\xd0\xb0\xd1\x8f\xd1\xa1");
	check("\xc5\x81\xc3\xb3\xc5\xb9\xc5\xb8", true, "\xc5\x82\xc3\xb3\xc5\xba\xc3\xbf"); /* Łóź, Ÿ */
	check("\xce\x91\xce\xa3\xcf\x82\xce\x89", true, "\xce\xb1\xcf\x83\xcf\x83\xce\xae"); /* ΑΣς, Ή */
	check("\xd0\x9f\xd0\xa0\xd0\x81\xd2\x90", true, "\xd0\xbf\xd1\x80\xd1\x91\xd2\x91"); /* ПРЁ, Ґ */
	check("\xe1\xba\xa0\xe1\xba\xa1", true, "\xe1\xba\xa1\xe1\xba\xa1");		       /* Vietnamese */
	check("\xe2\x84\xaa\xc4\xb0\xc5\xbf\xe2\x84\xab", true, "kis\xc3\xa5"); /* Kelvin, I dot, long s */
	check("\xd4\xb1\xd5\x96", true, "\xd5\xa1\xd6\x86");			/* Armenian */
	check("\xef\xbc\xa1\xef\xbc\xba", true, "\xef\xbd\x81\xef\xbd\x9a");	/* fullwidth */
}

static void test_blanks(void **state)
{
	check("a \r\n\t b", false, "a b");
	check("  a  ", false, " a ");
	check("a\xc2\xa0 \xe3\x80\x80\xe2\x80\x83z", false, "a z");
	check("a \xe2\x80\x8b b", false, "a b"); /* a zero-width blank between two blanks */
}

static void test_hidden(void **state)
{
	check("Vi\xc2\xad" "a\xe2\x80\x8bgr\xe2\x80\x8d" "a\xef\xbb\xbf!", false, "Viagra!");
	check("a\x01\x1b" "b\x7f", false, "ab");
	check("\xe2\x80\xae" "exe\xe2\x81\xa6", false, "exe");
	check("\xf3\xa0\x81\x81" "x", false, "x"); /* a tag character */
	check("\xf0\x9f\x98\x80", true, "\xf0\x9f\x98\x80");
}

static void test_not_utf8(void **state)
{
	check("\xff\xc3(\xe2\x80", true, "\xff\xc3(\xe2\x80");
	check("\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80", false, "\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80");
	check("\x80\x80\x80\x80\x80\x80\x80\x80\x80", false, "\x80\x80\x80\x80\x80\x80\x80\x80\x80");
}

static void test_unhide(void **state)
{
	cleanup_buf struct buf out = {0};

	assert_int_equal(text_fold_unhide(slice_cstr("A  b\n\tc\xc3\xa4"), &out), 0);
	assert_int_equal(out.len, 0);
	assert_int_equal(text_fold_unhide(slice_cstr("A\xc2\xad  b\n\xe2\x80\x8b"), &out), 1);
	assert_slice(buf_slice(&out), "A  b\n");
	assert_int_equal(text_fold_unhide(slice_cstr("\xe2\x80\x8b"), &out), 1);
	assert_slice(buf_slice(&out), "");
	assert_int_equal(text_fold_unhide(SLICE_EMPTY, &out), 0);
}

/* All pairs of bytes, in the middle of a block and where one ends and the next begins. */
static void test_pairs(void **state)
{
	unsigned char text[36];

	for (unsigned pair = 0; pair < 65536; pair++)
		for (size_t at = 5; at <= 15; at += 10) {
			memset(text, 'x', sizeof(text));
			text[at] = (unsigned char)(pair >> 8);
			text[at + 1] = (unsigned char)pair;
			check_same(slice_make(text, sizeof(text)));
			text[at + 2] = ' ';
			check_same(slice_make(text, sizeof(text)));
		}
}

/* A generator with a fixed seed: failures repeat. */
static uint32_t random_next(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33);
}

/* Writes at most 40 bytes: a word, blanks, a character of any script, or any byte. */
static size_t random_piece(uint64_t *seed, unsigned char *out)
{
	static const uint32_t few[] = {0x20, 0x85, 0xa0, 0xad, 0x130, 0x17f, 0x200b, 0x2028, 0x212a,
		0x3000, 0xfeff, 0xe0041};
	size_t len = random_next(seed) % 41;
	uint32_t character;

	switch (random_next(seed) % 9) {
	case 0:
		out[0] = (unsigned char)random_next(seed);
		return 1;
	case 1:
		memcpy(out, "\r\n \t", 4);
		return 1 + random_next(seed) % 4;
	case 2:
		return utf8_encode(few[random_next(seed) % (sizeof(few) / sizeof(few[0]))], out);
	case 3:
		character = random_next(seed) % (random_next(seed) % 2 ? 0x600 : 0x110000);
		return utf8_encode(character, out);
	case 4: /* a word in one alphabet */
		character = random_next(seed) % 0x700;
		for (len = 0; len < 30;)
			len += utf8_encode(character + random_next(seed) % 0x30, out + len);
		return len;
	case 5:
		out[0] = random_next(seed) % 2 ? ' ' : '\n';
		return 1;
	default:
		for (size_t i = 0; i < len; i++)
			out[i] = (unsigned char)('!' + random_next(seed) % ('~' - '!' + 1));
		return len;
	}
}

static void test_random(void **state)
{
	uint64_t seed = 3;

	for (unsigned round = 0; round < 20000; round++) {
		unsigned char text[400];
		size_t len = 0, wanted = random_next(&seed) % (sizeof(text) - 40);

		while (len < wanted)
			len += random_piece(&seed, text + len);
		check_same(slice_make(text, len));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_case),
		cmocka_unit_test(test_blanks),
		cmocka_unit_test(test_hidden),
		cmocka_unit_test(test_not_utf8),
		cmocka_unit_test(test_unhide),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
