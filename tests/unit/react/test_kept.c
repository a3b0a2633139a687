/* Kept mail: which names are entries, what their ids say, and which one a word means. */
#include "unit.h"

#include "pipeline/id.h"
#include "react/kept.h"

#include <errno.h>

#define ID "1k81p7drb0c5m3h8tr4e"

static void test_names(void **state)
{
	static const struct {
		const char *name, *id;
	} cases[] = {
		{ID, ID},
		{"alice@example.org." ID, ID},
		{"alice.x." ID, ID},
		{ID ".0123abcd", ID},
		{"alice@example.org." ID ".0123abcd", ID},
		{"00000000000000000000." ID, ID},
		{"" ID ".00000000000000000000", "00000000000000000000"},
		{"", NULL},
		{"." ID, NULL},
		{"..", NULL},
		{".new-" ID, NULL},
		{"x" ID, NULL},
		{ID "x", NULL},
		{ID ".", NULL},
		{ID ".0123abc", NULL},
		{ID ".0123abcde", NULL},
		{ID ".0123ABCD", NULL},
		{"x" ID ".0123abcd", NULL},
		{".0123abcd", NULL},
		{"1K81P7DRB0C5M3H8TR4E", NULL},
		{"1k81p7drb0c5m3h8tr4w", NULL},
		{"1k81p7drb0c5m3h8tr4", NULL},
		{"lost+found", NULL},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char id[KEPT_ID_SIZE] = "untouched";

		assert_int_equal(kept_id(cases[i].name, id), cases[i].id != NULL);
		assert_string_equal(id, cases[i].id ? cases[i].id : "untouched");
	}
}

/* What the pipeline makes is what is taken apart here. */
static void test_ids_of_our_own(void **state)
{
	static const int64_t times[] = {0, 1, 1766412342123, 253402300799999};
	char made[ID_SIZE], id[KEPT_ID_SIZE];

	assert_int_equal(ID_SIZE, KEPT_ID_SIZE);
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		assert_int_equal(id_make(times[i] % ((int64_t)1 << 45), made), 0);
		assert_true(kept_id(made, id));
		assert_int_equal(kept_id_time(id), times[i] % ((int64_t)1 << 45));
	}
}

static void test_words(void **state)
{
	static const struct kept items[] = {
		{.name = "aaaaabbbbbaaaaabbbbb",
			.path = "/s/aaaaabbbbbaaaaabbbbb",
			.id = "aaaaabbbbbaaaaabbbbb"},
		{.name = "x@y.aaaaabbbbbaaaaaccccc",
			.path = "/s/x@y.aaaaabbbbbaaaaaccccc",
			.id = "aaaaabbbbbaaaaaccccc"},
		{.name = "aaaaa", .path = "/s/aaaaa", .id = "ddddddddddeeeeeeeeee"},
		{.name = "ffffffffffffffffffff",
			.path = "/s/ffffffffffffffffffff",
			.id = "ffffffffffffffffffff"},
		{.name = "ffffffffffffffffffff",
			.path = "/t/ffffffffffffffffffff",
			.id = "ffffffffffffffffffff"},
	};
	const struct kept *list[] = {&items[0], &items[1], &items[2], &items[3], &items[4]};
	static const struct {
		const char *word;
		long want;
	} cases[] = {
		{"aaaaabbbbbaaaaab", 0},
		{"aaaaabbbbbaaaaa", -EEXIST},
		{"aaaaabbbbbaaaaaccccc", 1},
		{"x@y.aaaaabbbbbaaaaaccccc", 1},
		{"x@y", -ENOENT},
		{"aaaaa", 2}, /* a whole name is nobody's beginning */
		{"d", 2},
		{"ffffffffffffffffffff", -EEXIST},
		{"f", -EEXIST},
		{"/t/ffffffffffffffffffff", 4},
		{"/s/../s/aaaaa", -ENOENT},
		{"", -ENOENT},
		{"aaaaabbbbbaaaaabbbbbb", -ENOENT},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(kept_find(list, 5, cases[i].word), cases[i].want);
	assert_int_equal(kept_find(list, 0, "a"), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_ids_of_our_own),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
