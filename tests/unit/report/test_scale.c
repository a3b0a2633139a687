/* Axes: nice numbers, everything inside, labels that do not touch. */
#include "unit.h"

#include "report/scale.h"

#include <math.h>

static void assert_ticks(const struct scale *scale, const double *want, unsigned count)
{
	assert_int_equal(scale->tick_count, count);
	for (unsigned i = 0; i < count; i++)
		assert_true(fabs(scale->ticks[i] - want[i]) <= want[i] * 1e-9);
}

static void test_linear(void **state)
{
	static const struct {
		enum figure_unit unit;
		double highest, ticks[7];
		unsigned count;
	} cases[] = {
		{FIGURE_COUNT, 0, {0, 1}, 2},
		{FIGURE_COUNT, 1, {0, 1}, 2},
		{FIGURE_COUNT, 2, {0, 1, 2}, 3},
		{FIGURE_COUNT, 5, {0, 1, 2, 3, 4, 5}, 6},
		{FIGURE_COUNT, 6, {0, 2, 4, 6}, 4},
		{FIGURE_COUNT, 11, {0, 5, 10, 15}, 4},
		{FIGURE_COUNT, 100, {0, 20, 40, 60, 80, 100}, 6},
		{FIGURE_COUNT, 101, {0, 50, 100, 150}, 4},
		{FIGURE_SIZE, 3000000, {0, 1048576, 2097152, 3145728}, 4},
		{FIGURE_COUNT, NAN, {0, 1}, 2},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct scale scale = scale_linear(cases[i].unit, cases[i].highest);

		assert_ticks(&scale, cases[i].ticks, cases[i].count);
	}
}

/* Whatever the data: they fit, the top is not far above them, and there are 2 to 6 ticks. */
static void test_linear_fits(void **state)
{
	for (double highest = 2; highest < 1e18; highest *= 1.037) {
		double value = floor(highest);
		struct scale scale = scale_linear(FIGURE_COUNT, value);

		assert_true(scale.high >= value * (1 - 1e-9));
		assert_true(scale.high <= value * 2);
		assert_in_range(scale.tick_count, 2, 6);
		assert_true(scale.ticks[1] >= 1);
		scale = scale_linear(FIGURE_SIZE, value);
		assert_true(scale.high >= value * (1 - 1e-9));
		assert_in_range(scale.tick_count, 2, 7);
	}
}

static void test_logarithmic(void **state)
{
	static const struct {
		double lowest, highest, low, high, ticks[8];
		unsigned count;
	} cases[] = {
		{1300, 84e6, 1000, 1e8, {1e3, 1e4, 1e5, 1e6, 1e7, 1e8}, 6},
		{2000, 200000, 2000, 200000, {1e4, 1e5}, 2},
		{110, 900, 100, 1000, {100, 200, 500, 1000}, 4},
		{118000, 119000, 50000, 500000, {50000, 100000, 200000, 500000}, 4},
		{0, 0, 1, 10, {1, 2, 5, 10}, 4},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct scale scale = scale_logarithmic(cases[i].lowest, cases[i].highest);

		assert_true(fabs(scale.low - cases[i].low) <= cases[i].low * 1e-9);
		assert_true(fabs(scale.high - cases[i].high) <= cases[i].high * 1e-9);
		assert_ticks(&scale, cases[i].ticks, cases[i].count);
	}
}

static void test_logarithmic_fits(void **state)
{
	for (double low = 1; low < 1e12; low *= 1.7)
		for (double high = low; high < 1e13; high *= 2.3) {
			struct scale scale = scale_logarithmic(low, high);

			assert_true(scale.low <= low * (1 + 1e-9));
			assert_true(scale.high >= high * (1 - 1e-9));
			assert_true(scale.high >= scale.low * 10 * (1 - 1e-9));
			assert_in_range(scale.tick_count, 2, SCALE_TICKS);
			for (unsigned i = 1; i < scale.tick_count; i++)
				assert_true(scale.ticks[i] > scale.ticks[i - 1]);
		}
}

static void test_places(void **state)
{
	struct scale linear = scale_linear(FIGURE_COUNT, 100);
	struct scale logarithmic = scale_logarithmic(10, 1000);

	assert_true(scale_at(&linear, -5) == 0);
	assert_true(scale_at(&linear, 25) == 0.25);
	assert_true(scale_at(&linear, 1000) == 1);
	assert_true(scale_at(&linear, NAN) == 0);
	assert_true(fabs(scale_at(&logarithmic, 100) - 0.5) < 1e-9);
	assert_true(scale_at(&logarithmic, 0) == 0);
}

static void test_label_steps(void **state)
{
	assert_int_equal(scale_label_step(24, 24, 20, 700), 1);
	assert_int_equal(scale_label_step(24, 24, 24, 250), 3);
	assert_int_equal(scale_label_step(24, 24, 50, 250), 6); /* 5 does not divide the day */
	assert_int_equal(scale_label_step(31, 0, 24, 250), 3);
	assert_int_equal(scale_label_step(12, 12, 30, 250), 2);
	assert_int_equal(scale_label_step(1, 0, 500, 250), 2);
	assert_int_equal(scale_label_step(0, 0, 10, 250), 1);
	assert_int_equal(scale_label_step(366, 0, 100, 100), 366);
	/* Never too near. */
	for (unsigned count = 1; count < 400; count++)
		for (double width = 8; width < 80; width += 7) {
			unsigned step = scale_label_step(count, count % 2 ? 0 : 24, width, 250);

			assert_true(step >= 1);
			assert_true(step >= count || 250.0 / count * step >= width);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_linear),
		cmocka_unit_test(test_linear_fits),
		cmocka_unit_test(test_logarithmic),
		cmocka_unit_test(test_logarithmic_fits),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_label_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
