/* Axes; see scale.h. */
#include "report/scale.h"

#include <math.h>

/* The least 1, 2 or 5 times a power of ten at or above `value` (> 0). */
static double nice_above(double value)
{
	static const double nice[] = {1, 2, 5, 10};
	double power = pow(10, floor(log10(value)));

	for (size_t i = 0; i < sizeof(nice) / sizeof(nice[0]); i++)
		if (nice[i] * power >= value * (1 - 1e-9))
			return nice[i] * power;
	return 10 * power;
}

/* The greatest at or below. */
static double nice_below(double value)
{
	static const double nice[] = {10, 5, 2, 1};
	double power = pow(10, floor(log10(value)));

	for (size_t i = 0; i < sizeof(nice) / sizeof(nice[0]); i++)
		if (nice[i] * power <= value * (1 + 1e-9))
			return nice[i] * power;
	return power;
}

struct scale scale_linear(enum figure_unit unit, double highest)
{
	struct scale scale = {.low = 0, .high = 1, .ticks = {0, 1}, .tick_count = 2};
	double prefix = 1, step;

	if (!(highest > 1))
		return scale;
	while (unit == FIGURE_SIZE && highest / prefix >= 1024)
		prefix *= 1024;
	step = nice_above(highest / prefix / 5) * prefix;
	if (step < 1)
		step = 1;
	scale.tick_count = 1;
	do {
		scale.ticks[scale.tick_count] = step * scale.tick_count;
		scale.tick_count++;
	} while (scale.ticks[scale.tick_count - 1] < highest * (1 - 1e-9) &&
		 scale.tick_count < SCALE_TICKS);
	scale.high = scale.ticks[scale.tick_count - 1];
	return scale;
}

static bool is_power_of_ten(double value)
{
	double exponent = log10(value);

	return fabs(exponent - round(exponent)) < 1e-9;
}

struct scale scale_logarithmic(double lowest, double highest)
{
	struct scale scale = {.logarithmic = true};
	double decades;

	scale.low = nice_below(fmax(lowest, 1));
	scale.high = nice_above(fmax(highest, fmax(lowest, 1)));
	if (scale.high < scale.low * 10 * (1 - 1e-9)) {
		/* The data lie in less than a decade: they come to stand in the middle. */
		scale.low = nice_below(fmax(scale.low / 2, 1));
		scale.high = nice_above(scale.low * 10);
		if (scale.high < highest)
			scale.high = nice_above(highest);
	}
	decades = log10(scale.high / scale.low);
	for (double tick = scale.low; tick <= scale.high * (1 + 1e-9);
		tick = nice_above(tick * 1.5)) {
		if ((decades < 2 || is_power_of_ten(tick)) && scale.tick_count < SCALE_TICKS)
			scale.ticks[scale.tick_count++] = tick;
	}
	return scale;
}

double scale_at(const struct scale *scale, double value)
{
	double at;

	if (!(value > scale->low))
		return 0;
	if (scale->logarithmic)
		at = log(value / scale->low) / log(scale->high / scale->low);
	else
		at = (value - scale->low) / (scale->high - scale->low);
	return at < 1 ? at : 1;
}

unsigned scale_label_step(unsigned count, unsigned cycle, double label_width, double width)
{
	static const unsigned steps[] = {1, 2, 3, 4, 5, 6, 7, 10, 12, 14, 15, 20, 24, 30, 60};
	double least = width > 0 ? count * label_width / width : count;
	unsigned any = 0;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (steps[i] < least)
			continue;
		if (any == 0)
			any = steps[i];
		if (cycle > 0 && cycle % steps[i] == 0 && steps[i] < cycle)
			return steps[i];
	}
	if (any > 0)
		return any;
	return count > 0 ? count : 1;
}
