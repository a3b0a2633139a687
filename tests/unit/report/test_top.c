/* Space-Saving: exact while there is room, and within the error it tells when there is none. */
#include "unit.h"

#include "record/number.h"
#include "report/top.h"

#include <stdio.h>
#include <stdlib.h>

#define DIFFERENT 5000

static void add(struct top *top, unsigned number)
{
	char name[32];

	snprintf(name, sizeof(name), "name%u", number);
	top_add(top, slice_cstr(name));
}

static unsigned number_of(const struct top_name *name)
{
	unsigned number = 0;

	assert_true(number_read_unsigned(slice_from(top_text(name), 4), &number));
	return number;
}

static void test_exact(void **state)
{
	struct top *top = calloc(1, sizeof(*top));
	const struct top_name *best[TOP_NAMES];

	assert_non_null(top);
	assert_int_equal(top_best(top, best, 5), 0);
	for (unsigned i = 0; i < TOP_NAMES; i++)
		for (unsigned j = 0; j <= i % 50; j++)
			add(top, i);
	assert_true(top_is_exact(top));
	assert_int_equal(top_best(top, best, TOP_NAMES), TOP_NAMES);
	for (unsigned i = 0; i < TOP_NAMES; i++) {
		assert_int_equal(best[i]->count, number_of(best[i]) % 50 + 1);
		assert_int_equal(best[i]->error, 0);
		assert_true(i == 0 || best[i - 1]->count >= best[i]->count);
	}
	free(top);
}

/* A few who send much in a flood of names that come once or a few times. */
static void test_flood(void **state)
{
	struct top *top = calloc(1, sizeof(*top));
	static unsigned counts[DIFFERENT];
	const struct top_name *best[TOP_NAMES];
	uint64_t sum = 0;
	bool seen[5] = {0};

	assert_non_null(top);
	srand(3);
	for (unsigned i = 0; i < 200000; i++) {
		unsigned number =
			rand() % 100 < 10 ? (unsigned)rand() % 5 : (unsigned)rand() % DIFFERENT;

		counts[number]++;
		add(top, number);
	}
	assert_false(top_is_exact(top));
	assert_int_equal(top_best(top, best, TOP_NAMES), TOP_NAMES);
	for (unsigned i = 0; i < TOP_NAMES; i++) {
		unsigned number = number_of(best[i]);

		assert_true(best[i]->count >= counts[number]);
		assert_true(best[i]->count - best[i]->error <= counts[number]);
		assert_true(best[i]->error <= top->total / TOP_NAMES);
		if (number < 5)
			seen[number] = true;
		sum += best[i]->count;
	}
	assert_int_equal(sum, top->total); /* what the algorithm keeps */
	for (unsigned i = 0; i < 5; i++)
		assert_true(seen[i]);
	free(top);
}

static void test_odd_names(void **state)
{
	struct top *top = calloc(1, sizeof(*top));
	const struct top_name *best[4];
	char longer[TOP_NAME_SIZE + 9];

	assert_non_null(top);
	memset(longer, 'x', sizeof(longer));
	top_add(top, SLICE_EMPTY);
	top_add(top, SLICE_EMPTY);
	top_add(top, slice_make("a\0b", 3));
	top_add(top, slice_make("a\0c", 3));
	top_add(top, slice_make(longer, sizeof(longer)));
	assert_int_equal(top_best(top, best, 4), 4);
	assert_slice(top_text(best[0]), "<>");
	assert_int_equal(best[0]->count, 2);
	assert_memory_equal(best[1]->text, "a\0b", 3);
	assert_memory_equal(best[2]->text, "a\0c", 3);
	assert_int_equal(best[3]->len, TOP_NAME_SIZE);
	free(top);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exact),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_odd_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
