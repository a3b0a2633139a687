/* A histogram's percentiles are within 0.8 % of the true ones, and what is exact is exact. */
#include "unit.h"

#include "report/histogram.h"

#include <stdlib.h>

#define MANY 20000

static struct histogram histogram;

static int clear(void **state)
{
	histogram = (struct histogram){0};
	return 0;
}

static int compare(const void *a, const void *b)
{
	uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;

	return (one > other) - (one < other);
}

static void check_near(uint64_t got, uint64_t want)
{
	uint64_t off = got > want ? got - want : want - got;

	if (off * 1000 > want * 8)
		fail_msg("got %llu, want %llu within 0.8 %%", (unsigned long long)got,
			(unsigned long long)want);
}

static void test_empty(void **state)
{
	assert_int_equal(histogram_quantile(&histogram, 500), 0);
	assert_int_equal(histogram_up_to(&histogram, HISTOGRAM_BOUNDS - 1), 0);
}

/* Each value alone, and between two others, so that it is not known as the least or greatest. */
static void test_every_size(void **state)
{
	for (unsigned bit = 0; bit < HISTOGRAM_VALUE_BITS; bit++) {
		for (int add = -3; add <= 3; add++) {
			uint64_t value = (UINT64_C(1) << bit) + (uint64_t)add + 3;

			if (value >> HISTOGRAM_VALUE_BITS)
				continue;
			clear(NULL);
			histogram_add(&histogram, 0);
			histogram_add(&histogram, value);
			histogram_add(&histogram, UINT64_C(1) << 50);
			check_near(histogram_quantile(&histogram, 500), value);
			if (value < 64)
				assert_int_equal(histogram_quantile(&histogram, 500), value);
		}
	}
}

static void test_percentiles(void **state)
{
	static uint64_t values[MANY];
	static const unsigned asked[] = {1, 10, 250, 500, 900, 950, 990, 999, 1000};
	uint64_t sum = 0;

	srand(7);
	for (size_t i = 0; i < MANY; i++) { /* evenly over the scale, not over the values */
		unsigned bits = (unsigned)rand() % 38;

		values[i] =
			((uint64_t)rand() << 20 ^ (uint64_t)rand()) & ((UINT64_C(2) << bits) - 1);
		sum += values[i];
		histogram_add(&histogram, values[i]);
	}
	qsort(values, MANY, sizeof(values[0]), compare);
	assert_int_equal(histogram.count, MANY);
	assert_int_equal(histogram.sum, sum);
	assert_int_equal(histogram.least, values[0]);
	assert_int_equal(histogram.greatest, values[MANY - 1]);
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++)
		check_near(histogram_quantile(&histogram, asked[i]),
			values[MANY * asked[i] / 1000 - 1]);
	for (unsigned i = 0; i < HISTOGRAM_BOUNDS; i++) {
		uint64_t count = 0;

		while (count < MANY && values[count] <= histogram_bounds[i])
			count++;
		assert_int_equal(histogram_up_to(&histogram, i), count);
	}
}

static void test_bounds(void **state)
{
	for (unsigned i = 0; i < HISTOGRAM_BOUNDS; i++) {
		clear(NULL);
		histogram_add(&histogram, histogram_bounds[i]);
		histogram_add(&histogram, histogram_bounds[i] + 1);
		assert_int_equal(histogram_up_to(&histogram, i), 1);
		assert_true(i == 0 || histogram_bounds[i] > histogram_bounds[i - 1]);
	}
}

static void test_merge(void **state)
{
	static struct histogram parts[3], whole;

	for (uint64_t i = 0; i < 900; i++) {
		histogram_add(&parts[i % 2], i * i * 37);
		histogram_add(&whole, i * i * 37);
	}
	for (size_t i = 0; i < 3; i++) /* the last one is empty */
		histogram_merge(&histogram, &parts[i]);
	assert_memory_equal(&histogram, &whole, sizeof(whole));
}

/* No gap, nothing lost, each counted exactly between the bounds that are told. */
static void test_steps(void **state)
{
	struct histogram_step steps[HISTOGRAM_STEPS];
	unsigned count, at = 0;

	for (uint64_t us = 3; us < 3000000; us += us / 7 + 1)
		histogram_add(&histogram, us);
	count = histogram_steps(&histogram, steps);
	assert_in_range(count, 40, 60);
	assert_int_equal(steps[0].low, 3);
	for (uint64_t us = 3; us < 3000000; us += us / 7 + 1) {
		while (us >= steps[at].high) {
			assert_int_equal(steps[at].count, 0);
			at++;
			assert_int_equal(steps[at].low, steps[at - 1].high);
		}
		assert_true(at < count && us >= steps[at].low);
		assert_true(steps[at].count-- > 0);
		assert_true(us < 100 || steps[at].high * 100 < steps[at].low * 131);
	}
	assert_int_equal(at, count - 1);
	assert_int_equal(steps[at].count, 0);
}

static void test_steps_at_the_ends(void **state)
{
	struct histogram_step steps[HISTOGRAM_STEPS];

	assert_int_equal(histogram_steps(&histogram, steps), 0);
	histogram_add(&histogram, 0);
	assert_int_equal(histogram_steps(&histogram, steps), 1);
	assert_int_equal(steps[0].high, 1);
	histogram_add(&histogram, UINT64_MAX);
	assert_in_range(histogram_steps(&histogram, steps), 100, HISTOGRAM_STEPS);
}

static void test_beyond_the_scale(void **state)
{
	histogram_add(&histogram, 1);
	histogram_add(&histogram, UINT64_MAX);
	histogram_add(&histogram, UINT64_MAX);
	assert_int_equal(histogram.sum, UINT64_MAX);
	assert_int_equal(histogram_quantile(&histogram, 1000), UINT64_MAX);
	assert_true(histogram_quantile(&histogram, 500) >= UINT64_C(1) << 39);
	assert_int_equal(histogram_up_to(&histogram, HISTOGRAM_BOUNDS - 1), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_empty, clear),
		cmocka_unit_test_setup(test_every_size, clear),
		cmocka_unit_test_setup(test_percentiles, clear),
		cmocka_unit_test_setup(test_bounds, clear),
		cmocka_unit_test_setup(test_merge, clear),
		cmocka_unit_test_setup(test_steps, clear),
		cmocka_unit_test_setup(test_steps_at_the_ends, clear),
		cmocka_unit_test_setup(test_beyond_the_scale, clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
