/* Strings and expressions on one text. */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "conditions/text_rules.h"

#define cleanup_rules __attribute__((cleanup(text_rules_release)))

static struct pattern string_rule(const char *text)
{
	return (struct pattern){.kind = PATTERN_STRING, .text = slice_cstr(text), .line = 1};
}

static struct pattern regex_rule(const char *text, unsigned line)
{
	return (struct pattern){.kind = PATTERN_REGEX, .text = slice_cstr(text), .line = line};
}

/* The index of the pattern that is met in `text`, or -1. */
static int search(struct pattern *list, size_t count, bool ignorecase, const char *text)
{
	struct patterns patterns = {.path = "file", .list = list, .count = count};
	cleanup_rules struct text_rules rules = {0};
	struct error error = {0};
	struct text_met met;
	int result;

	assert_int_equal(text_rules_make(&rules, &patterns, ignorecase, &error), 0);
	result = text_rules_search(&rules, slice_cstr(text), &met);
	assert_true(result == TEXT_NONE || result == TEXT_MET);
	return result == TEXT_MET ? (int)(met.pattern - list) : -1;
}

static void test_strings(void **state)
{
	struct pattern list[] = {string_rule("make money fast"), string_rule("Pr\xc3\xa4mie"),
		{.kind = PATTERN_COMMAND, .text = SLICE_LITERAL("true")}};

	assert_int_equal(search(list, 3, false, "how to make money\n  fast!"), 0);
	assert_int_equal(search(list, 3, false, "how to MAKE money fast"), -1);
	assert_int_equal(search(list, 3, true, "how to MAKE money fast"), 0);
	assert_int_equal(search(list, 3, true, "ma\xc2\xadke mo\xe2\x80\x8bney fast"), 0);
	assert_int_equal(search(list, 3, false, "Ihre Pr\xc3\xa4mie"), 1);
	assert_int_equal(search(list, 3, true, "IHRE PR\xc3\x84MIE"), 1);
	assert_int_equal(search(list, 3, true, "true"), -1); /* commands are no strings */
	assert_int_equal(search(list, 3, true, ""), -1);
	assert_int_equal(search(list, 0, true, "x"), -1);
}

static void test_regexes(void **state)
{
	struct pattern list[] = {regex_rule("^win.{1,5}now", 3), regex_rule("c\\s+d", 4)};

	assert_int_equal(search(list, 2, false, "x\nwin it now"), 0);
	assert_int_equal(search(list, 2, false, "x win it now"), -1);
	assert_int_equal(search(list, 2, true, "x\nWIN IT NOW"), 0);
	assert_int_equal(search(list, 2, false, "w\xc2\xadin\xe2\x80\x8b it now"), 0);
	assert_int_equal(search(list, 2, false, "ab c \n d"), 1);
}

static void test_around(void **state)
{
	struct pattern list[] = {string_rule("needle")};
	struct patterns patterns = {.path = "file", .list = list, .count = 1};
	size_t len = 100000;
	cleanup_free unsigned char *text = malloc(len);
	cleanup_rules struct text_rules rules = {0};
	struct error error = {0};

	assert_non_null(text);
	assert_int_equal(text_rules_make(&rules, &patterns, false, &error), 0);
	/* At each place around the seam of two pieces, in two-byte characters. */
	for (size_t at = 16384 - 20; at < 16384 + 20; at += 2) {
		struct text_met met;

		for (size_t i = 0; i < len; i += 2)
			memcpy(text + i, "\xc3\xa4", 2);
		memcpy(text + at, "needle", 6);
		assert_int_equal(text_rules_search(&rules, slice_make(text, len), &met), TEXT_MET);
		assert_non_null(strstr(met.around, "needle"));
		assert_true(strlen(met.around) <= 200);
		assert_true(((unsigned char)met.around[0] & 0xc0) != 0x80);
	}
}

static void test_limit(void **state)
{
	struct pattern list[] = {regex_rule("(a|a)*xb", 7), regex_rule("!.$", 8)};
	struct patterns patterns = {.path = "file", .list = list, .count = 1};
	size_t len = 100000;
	cleanup_free unsigned char *text = malloc(len);
	struct error error = {0};
	struct text_met met;

	assert_non_null(text);
	memset(text, 'a', len);
	memcpy(text + len - 2, "!b", 2);
	for (unsigned count = 1; count <= 2; count++) { /* the slow one does not hide the other */
		cleanup_rules struct text_rules rules = {0};

		patterns.count = count;
		assert_int_equal(text_rules_make(&rules, &patterns, false, &error), 0);
		assert_int_equal(text_rules_search(&rules, slice_make(text, len), &met),
			count == 1 ? TEXT_LIMIT : TEXT_MET);
		assert_ptr_equal(met.pattern, &list[count - 1]);
	}
}

static void test_check(void **state)
{
	struct pattern list[] = {string_rule("a("), regex_rule("a(", 9)};
	struct patterns patterns = {.path = "c/badsubjects", .list = list, .count = 2};
	struct error error = {0};

	assert_int_equal(text_rules_check(&patterns, &error), -EINVAL);
	assert_int_equal(strncmp(error.text, "c/badsubjects:9: '/a(/': ", 25), 0);
	patterns.count = 1;
	assert_int_equal(text_rules_check(&patterns, &error), 0);
}

/* Sixteen hundred rules on a megabyte, all included; the time is printed, not judged. */
static void test_many(void **state)
{
	enum { RULES = 1600, TEXT = 1024 * 1024 };
	cleanup_free struct pattern *list = calloc(RULES, sizeof(*list));
	cleanup_free char *pool = malloc((size_t)RULES * 32), *text = malloc(TEXT + 32);
	struct patterns patterns = {.path = "file", .list = list, .count = RULES};
	cleanup_rules struct text_rules rules = {0};
	struct error error = {0};
	struct text_met met;
	uint32_t number = 1;
	uint64_t start;

	assert_non_null(list);
	assert_non_null(pool);
	assert_non_null(text);
	for (size_t i = 0; i < RULES; i++) { /* pronounceable nonsense: any letter may begin a rule */
		char *word = pool + i * 32;

		for (size_t c = 0; c < 20; c++) {
			number = number * 1664525 + 1013904223;
			word[c] = c % 7 == 6 ? ' ' : c % 2 ? "aeiou"[(number >> 16) % 5]
							    : "bcdfghjklmnprstvw"[(number >> 16) % 17];
		}
		word[20] = 0;
		list[i] = string_rule(word);
	}
	for (size_t i = 0; i < TEXT; i++) {
		number = number * 1664525 + 1013904223;
		text[i] = i % 7 == 6 ? ' ' : i % 2 ? "aeiou"[(number >> 16) % 5]
						    : "bcdfghjklmnprstvw"[(number >> 16) % 17];
	}
	start = clock_us();
	assert_int_equal(text_rules_make(&rules, &patterns, true, &error), 0);
	assert_int_equal(
		text_rules_search(&rules, slice_make((unsigned char *)text, TEXT), &met), TEXT_NONE);
	print_message("1600 rules on 1 MB, folding and building included: %u us\n",
		(unsigned)(clock_us() - start));
	memcpy(text + TEXT / 2, list[1599].text.data, 20);
	assert_int_equal(
		text_rules_search(&rules, slice_make((unsigned char *)text, TEXT), &met), TEXT_MET);
	assert_ptr_equal(met.pattern, &list[1599]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_regexes),
		cmocka_unit_test(test_around),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
