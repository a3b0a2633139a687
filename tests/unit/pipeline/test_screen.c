/* What is shown of hostile text, and that no line is wider than the screen. */
#include "unit.h"

#include "../record/hostile.h"
#include "message/unicode.h"
#include "message/utf8.h"
#include "pipeline/screen.h"

#include <locale.h>
#include <string.h>

static struct screen make_screen(struct buf *out, bool utf8, unsigned width)
{
	struct terminal terminal = {.width = width, .utf8 = utf8};
	struct screen screen;

	screen_init(&screen, &terminal, out);
	return screen;
}

static void test_shown(void **state)
{
	static const struct {
		struct slice text;
		const char *utf8, *ascii;
	} cases[] = {
		{SLICE_LITERAL("a b.exe"), "a b.exe", "a b.exe"},
		{SLICE_LITERAL("\x1b[2J\n\0\x7f"), "\\x1B[2J\\x0A\\x00\\x7F",
			"\\x1B[2J\\x0A\\x00\\x7F"},
		{SLICE_LITERAL("C:\\a"), "C:\\\\a", "C:\\\\a"},
		{SLICE_LITERAL("gr\xc3\xbc"), "gr\xc3\xbc", "gr\\u{FC}"},
		{SLICE_LITERAL("\xff\xe2\x80"), "\\xFF\\xE2\\x80", "\\xFF\\xE2\\x80"},
		{SLICE_LITERAL("\xc2\x9b"), "\\u{9B}", "\\u{9B}"},
		{SLICE_LITERAL("a\xe2\x80\xae"
			       "b"),
			"a\\u{202E}b", "a\\u{202E}b"},
		{SLICE_LITERAL("a\xe2\x80\x8b"
			       "b"),
			"a\\u{200B}b", "a\\u{200B}b"},
		/* Two marks may stand on a letter, a third may not, and none on nothing. */
		{SLICE_LITERAL("o\xcc\x88\xcc\x84\xcc\x81"), "o\xcc\x88\xcc\x84\\u{301}",
			"o\\u{308}\\u{304}\\u{301}"},
		{SLICE_LITERAL("\xcc\x88"
			       "o"),
			"\\u{308}o", "\\u{308}o"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cleanup_buf struct buf utf8 = {0}, ascii = {0};
		struct screen screen = make_screen(&utf8, true, 80);

		screen_shown(&screen, cases[i].text, &utf8);
		assert_string_equal(buf_cstr(&utf8), cases[i].utf8);
		screen = make_screen(&ascii, false, 80);
		screen_shown(&screen, cases[i].text, &ascii);
		assert_string_equal(buf_cstr(&ascii), cases[i].ascii);
	}
}

static void test_shown_hostile(void **state)
{
	uint32_t seed = 42;

	for (int i = 0; i < 3000; i++) {
		cleanup_arena struct arena arena = {0};
		cleanup_buf struct buf out = {0};
		struct screen screen = make_screen(&out, i & 1, 80);
		struct slice shown;

		screen_shown(&screen, hostile_text(&arena, &seed, 60), &out);
		shown = buf_slice(&out);
		for (size_t at = 0; at < shown.len;) {
			uint32_t character = utf8_next(shown, &at);

			assert_true(character != UTF8_WRONG && !unicode_is_invisible(character));
			assert_true((i & 1) || character < 0x80);
		}
	}
}

static void test_fit(void **state)
{
	static const struct {
		const char *text;
		unsigned columns;
		const char *fitted;
	} cases[] = {
		{"invoice.pdf", 11, "invoice.pdf"},
		{"invoice.pdf.exe", 11, "invoi…f.exe"},
		{"日本語の添付", 12, "日本語の添付"},
		{"日本語の添付", 8, "日…添付"},
		{"abc", 1, "a"},
		{"abc", 0, ""},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cleanup_buf struct buf out = {0};
		struct screen screen = make_screen(&out, true, 80);

		screen_fit(&screen, STYLE_PLAIN, slice_cstr(cases[i].text), cases[i].columns);
		assert_string_equal(buf_cstr(&out) ? buf_cstr(&out) : "", cases[i].fitted);
		assert_true(screen_columns(buf_slice(&out)) <= cases[i].columns);
	}
}

static void test_wrap(void **state)
{
	cleanup_buf struct buf out = {0};
	struct screen screen = make_screen(&out, true, 20);

	screen.margin = 8;
	screen.bars = slice_cstr("  │");
	screen_to(&screen, 8);
	screen_wrap_cstr(&screen, STYLE_PLAIN, "one two three four");
	screen_wrap_cstr(&screen, STYLE_PLAIN, " abcdefghijklmnop");
	screen_end(&screen);
	assert_string_equal(buf_cstr(&out), "        one two\n"
					    "  │     three four\n"
					    "  │     abcdefghijkl\n"
					    "  │     mnop\n");
}

/* Whatever is wrapped: no line is wider than the screen, and nothing is lost but blanks. */
static void test_wrap_hostile(void **state)
{
	uint32_t seed = 7;

	for (int i = 0; i < 2000; i++) {
		cleanup_arena struct arena arena = {0};
		cleanup_buf struct buf out = {0}, shown = {0};
		struct screen screen = make_screen(&out, true, 24);
		struct slice rest, line;
		size_t letters = 0, printed = 0;

		screen.margin = 4;
		screen_shown(&screen, hostile_text(&arena, &seed, 120), &shown);
		screen_to(&screen, 4);
		screen_wrap(&screen, STYLE_PLAIN, buf_slice(&shown));
		screen_end(&screen);
		rest = buf_slice(&out);
		while (slice_next_line(&rest, &line))
			assert_true(screen_columns(line) <= 24);
		for (size_t b = 0; b < shown.len; b++)
			letters += shown.data[b] != ' ';
		for (size_t b = 0; b < out.len; b++)
			printed += out.data[b] != ' ' && out.data[b] != '\n';
		assert_int_equal(letters, printed);
	}
}

static void test_size(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} cases[] = {{0, "0 B"}, {1023, "1023 B"}, {1024, "1.0 KB"}, {1048575, "1.0 MB"},
		{26214400, "25.0 MB"}, {UINT64_MAX, "16777216.0 TB"}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[SCREEN_SIZE_MAX];

		screen_size(cases[i].bytes, text);
		assert_string_equal(text, cases[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shown),
		cmocka_unit_test(test_shown_hostile),
		cmocka_unit_test(test_fit),
		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_wrap_hostile),
		cmocka_unit_test(test_size),
	};

	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		return 77; /* meson's word for a test that was skipped */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
