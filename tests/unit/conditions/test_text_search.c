/* The search for many strings, against a naive one. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "conditions/text_search.h"

#define cleanup_search __attribute__((cleanup(text_search_release)))

static struct slice S(const char *text)
{
	return slice_cstr(text);
}

/* A generator with a fixed seed: failures repeat. */
static uint32_t random_next(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33);
}

/* The earliest end; of those that end there, the longest; of equal ones, the first. */
static bool naive(const struct slice *strings, size_t count, struct slice text, struct text_hit *hit)
{
	for (size_t end = 1; end <= text.len; end++) {
		size_t longest = 0;

		for (size_t s = 0; s < count; s++) {
			struct slice string = strings[s];

			if (string.len > longest && string.len <= end &&
				memcmp(text.data + end - string.len, string.data, string.len) == 0) {
				longest = string.len;
				*hit = (struct text_hit){s, end};
			}
		}
		if (longest > 0)
			return true;
	}
	return false;
}

/* Feeds `text` in pieces of at most `size` bytes. */
static bool feed_pieces(const struct text_search *search, struct slice text, size_t size,
	struct text_hit *hit)
{
	struct text_search_state state = {0};

	for (size_t at = 0; at < text.len; at += size) {
		if (text_search_feed(search, &state, slice_first(slice_from(text, at), size), hit)) {
			hit->end += at;
			return true;
		}
	}
	return false;
}

static void check(const struct slice *strings, size_t count, struct slice bytes, size_t size)
{
	/* Behind the last byte is nothing: a sanitizer sees what is read there. */
	cleanup_free unsigned char *copy = malloc(bytes.len > 0 ? bytes.len : 1);
	struct slice text = slice_make(copy, bytes.len);
	cleanup_search struct text_search search = {0};
	struct text_hit want = {0, 0}, got = {0, 0};
	bool found;

	assert_non_null(copy);
	if (bytes.len > 0)
		memcpy(copy, bytes.data, bytes.len);
	assert_int_equal(text_search_make(&search, strings, count), 0);
	found = naive(strings, count, text, &want);
	assert_int_equal(feed_pieces(&search, text, size, &got), found);
	assert_int_equal(got.string, want.string);
	assert_int_equal(got.end, want.end);
}

static void test_simple(void **state)
{
	const struct slice strings[] = {S("he"), S("she"), S("his"), S("hers"), S("x"), S("hers")};

	check(strings, 6, S("ushers"), 100);   /* she, not he */
	check(strings, 6, S("ahishers"), 100); /* his */
	check(strings, 6, S("hhhhx"), 100);
	check(strings, 6, S(""), 100);
	check(strings, 6, S("nothing of it"), 100);
	check(strings + 3, 1, S("ushers"), 1);
	check(strings, 0, S("ushers"), 100);
}

static void test_nothing(void **state)
{
	cleanup_search struct text_search search = {0};
	const struct slice strings[] = {S(""), S("")};
	struct text_search_state at = {0};
	struct text_hit hit;

	assert_false(text_search_feed(&search, &at, S("anything"), &hit));
	assert_int_equal(text_search_make(&search, strings, 2), 0);
	assert_false(text_search_feed(&search, &at, S("anything"), &hit));
	text_search_release(&search);
	text_search_release(&search);
}

static void test_empty_among_others(void **state)
{
	const struct slice strings[] = {S(""), S("b"), S("")};

	check(strings, 3, S("aab"), 2);
}

/* Few letters, so that strings share beginnings, overlap and lie in one another. */
static void test_random(void **state)
{
	uint64_t seed = 2;

	for (unsigned round = 0; round < 6000; round++) {
		unsigned char pool[2000];
		struct slice strings[40], text;
		size_t count = random_next(&seed) % 40, used = 0;
		unsigned letters = 2 + random_next(&seed) % 5, longest = 1 + random_next(&seed) % 12;
		unsigned shortest = 1 + random_next(&seed) % 12;

		for (size_t i = 0; i < sizeof(pool); i++)
			pool[i] = (unsigned char)(random_next(&seed) % letters * 37 + (round % 3) * 61);
		for (size_t s = 0; s < count; s++) {
			size_t len = shortest + random_next(&seed) % longest;

			strings[s] = slice_make(pool + used, len);
			used += len;
		}
		text = slice_make(pool + 1000, random_next(&seed) % 900);
		check(strings, count, text, 1 + random_next(&seed) % (round % 2 ? 7 : 900));
	}
}

/* All 256 bytes, and strings of one and two bytes beside long ones. */
static void test_bytes(void **state)
{
	unsigned char all[256], text[512];
	struct slice strings[3];

	for (unsigned i = 0; i < 256; i++)
		all[i] = (unsigned char)i;
	memset(text, 7, sizeof(text));
	memcpy(text + 200, all, sizeof(all));
	for (size_t len = 1; len < 256; len++) {
		strings[0] = slice_make(all + 256 - len, len);
		check(strings, 1, slice_make(text, sizeof(text)), 100);
	}
	strings[0] = slice_make(all + 255, 1);
	strings[1] = slice_make(all + 253, 2);
	strings[2] = slice_make(all + 100, 50);
	for (size_t size = 1; size < 60; size++)
		check(strings, 3, slice_make(text, sizeof(text)), size);
}

/* A text made of beginnings: each byte nearly completes every string. */
static void test_hostile_text(void **state)
{
	enum { LEN = 1000, TEXT = 200000 };
	cleanup_free unsigned char *text = malloc(TEXT), *pool = malloc((size_t)LEN * 2);
	cleanup_search struct text_search search = {0};
	struct slice strings[20];
	struct text_hit hit;

	assert_non_null(text);
	assert_non_null(pool);
	memset(text, 'a', TEXT);
	memset(pool, 'a', LEN);
	memset(pool + LEN, 'b', LEN);
	for (size_t i = 0; i < 20; i++)
		strings[i] = slice_make(pool + i * 40, LEN - i * 40 + 1);
	assert_int_equal(text_search_make(&search, strings, 20), 0);
	assert_false(feed_pieces(&search, slice_make(text, TEXT), 4096, &hit));
	text[TEXT - 1] = 'b';
	assert_true(feed_pieces(&search, slice_make(text, TEXT), 4096, &hit));
	assert_int_equal(hit.string, 0);
	assert_int_equal(hit.end, TEXT);
}

/* Sixteen hundred phrases over a megabyte; prints the time for people, asserts nothing about it. */
static void test_many(void **state)
{
	enum { STRINGS = 1600, TEXT = 1024 * 1024 };
	static const char *const words[] = {"offer", "cheap", "money", "the", "and", "you", "please",
		"account", "bank", "click", "here", "today", "free", "prize", "winner", "meeting", "of",
		"to", "we", "your", "report", "invoice", "attached", "regards", "pharmacy", "online"};
	enum { WORDS = sizeof(words) / sizeof(words[0]) };
	cleanup_free struct slice *strings = calloc(STRINGS, sizeof(*strings));
	cleanup_free char *pool = malloc((size_t)STRINGS * 64), *text = malloc(TEXT + 32);
	cleanup_search struct text_search search = {0};
	struct text_hit hit;
	uint64_t seed = 5, start;
	size_t used = 0;

	assert_non_null(strings);
	assert_non_null(pool);
	assert_non_null(text);
	for (size_t i = 0; i < STRINGS; i++) {
		int len = sprintf(pool + used, "%s %s%u", words[random_next(&seed) % WORDS],
			words[random_next(&seed) % WORDS], (unsigned)i);

		strings[i] = slice_make((unsigned char *)pool + used, (size_t)len);
		used += (size_t)len;
	}
	for (used = 0; used < TEXT;)
		used += (size_t)sprintf(text + used, "%s ", words[random_next(&seed) % WORDS]);
	start = clock_us();
	assert_int_equal(text_search_make(&search, strings, STRINGS), 0);
	print_message("1600 strings: built in %u us", (unsigned)(clock_us() - start));
	start = clock_us();
	assert_false(feed_pieces(&search, slice_make((unsigned char *)text, TEXT), 16384, &hit));
	print_message(", 1 MB searched in %u us\n", (unsigned)(clock_us() - start));
	for (size_t i = 0; i < STRINGS; i += 7) { /* and each is found where it is put */
		memcpy(text + 500000, strings[i].data, strings[i].len);
		text[500000 + strings[i].len] = '.';
		assert_true(feed_pieces(&search, slice_make((unsigned char *)text + 499000, 2000), 333,
			&hit));
		assert_true(strings[hit.string].len <= strings[i].len);
		assert_true(hit.end <= 1000 + strings[i].len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_simple),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_empty_among_others),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_hostile_text),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
