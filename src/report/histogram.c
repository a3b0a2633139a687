/* A log-scale histogram of bounded size; see histogram.h. */
#include "report/histogram.h"

#include <math.h>
#include <stddef.h>

#define CELLS_PER_DOUBLING (UINT64_C(1) << HISTOGRAM_CELL_BITS)

const uint64_t histogram_bounds[HISTOGRAM_BOUNDS] = {500, 1000, 2000, 5000, 10000, 20000, 50000,
	100000, 200000, 500000, 1000000, 2000000, 5000000, 10000000, 30000000, 60000000};

static size_t cell_of(uint64_t us)
{
	unsigned shift;

	if (us < CELLS_PER_DOUBLING)
		return (size_t)us;
	if (us >> HISTOGRAM_VALUE_BITS)
		return HISTOGRAM_CELLS - 1;
	shift = 63 - (unsigned)__builtin_clzll(us) - HISTOGRAM_CELL_BITS;
	return ((size_t)shift << HISTOGRAM_CELL_BITS) + (size_t)(us >> shift);
}

/* The middle of a cell; the opposite of cell_of(). */
static uint64_t middle_of(size_t cell)
{
	unsigned shift;
	uint64_t lower;

	if (cell < CELLS_PER_DOUBLING)
		return cell;
	shift = (unsigned)(cell >> HISTOGRAM_CELL_BITS) - 1;
	lower = (uint64_t)(cell - ((size_t)shift << HISTOGRAM_CELL_BITS)) << shift;
	return lower + ((UINT64_C(1) << shift) >> 1);
}

/* How many bounds are less. Halving without a branch: which way it goes nobody can foresee. */
static unsigned bound_of(uint64_t us)
{
	unsigned below = 0;

	_Static_assert(HISTOGRAM_BOUNDS == 16, "the steps below");
	for (unsigned step = 8; step > 0; step /= 2)
		below += (us > histogram_bounds[below + step - 1]) * step;
	return below + (us > histogram_bounds[below]);
}

void histogram_add(struct histogram *histogram, uint64_t us)
{
	if (histogram->count++ == 0 || us < histogram->least)
		histogram->least = us;
	if (us > histogram->greatest)
		histogram->greatest = us;
	if (__builtin_add_overflow(histogram->sum, us, &histogram->sum))
		histogram->sum = UINT64_MAX;
	histogram->within[bound_of(us)]++;
	histogram->cells[cell_of(us)]++;
}

void histogram_merge(struct histogram *histogram, const struct histogram *from)
{
	if (from->count == 0)
		return;
	if (histogram->count == 0 || from->least < histogram->least)
		histogram->least = from->least;
	if (from->greatest > histogram->greatest)
		histogram->greatest = from->greatest;
	histogram->count += from->count;
	if (__builtin_add_overflow(histogram->sum, from->sum, &histogram->sum))
		histogram->sum = UINT64_MAX;
	for (size_t i = 0; i <= HISTOGRAM_BOUNDS; i++)
		histogram->within[i] += from->within[i];
	for (size_t i = 0; i < HISTOGRAM_CELLS; i++)
		histogram->cells[i] += from->cells[i];
}

uint64_t histogram_quantile(const struct histogram *histogram, unsigned permille)
{
	uint64_t rank, before = 0, middle;
	size_t cell = 0;

	if (histogram->count == 0)
		return 0;
	/* count * permille / 1000, rounded up, without overflow */
	rank = histogram->count / 1000 * permille +
	       (histogram->count % 1000 * permille + 999) / 1000;
	if (rank <= 1)
		return histogram->least;
	if (rank >= histogram->count)
		return histogram->greatest;
	while (before + histogram->cells[cell] < rank)
		before += histogram->cells[cell++];
	middle = middle_of(cell);
	if (middle < histogram->least)
		return histogram->least;
	return middle < histogram->greatest ? middle : histogram->greatest;
}

/* The first duration of a cell. */
static uint64_t lower_of(size_t cell)
{
	unsigned shift = (unsigned)(cell >> HISTOGRAM_CELL_BITS);

	shift = shift > 0 ? shift - 1 : 0;
	return (uint64_t)(cell - ((size_t)shift << HISTOGRAM_CELL_BITS)) << shift;
}

unsigned histogram_bounds_of_steps(uint64_t bounds[HISTOGRAM_STEPS + 1])
{
	unsigned count = 0;
	size_t cell = 0;

	for (unsigned tenth = 1; cell < HISTOGRAM_CELLS; tenth++) {
		uint64_t bound = (uint64_t)round(pow(10, tenth / 10.0));
		size_t end = bound >> HISTOGRAM_VALUE_BITS ? HISTOGRAM_CELLS : cell_of(bound);

		if (end == cell)
			continue; /* below 10 us a tenth is less than one of them */
		bounds[count++] = lower_of(cell);
		cell = end;
	}
	bounds[count] = lower_of(HISTOGRAM_CELLS);
	return count;
}

unsigned histogram_step_of(const uint64_t *bounds, unsigned count, uint64_t us)
{
	unsigned low = 0, high = count;

	while (high - low > 1) {
		unsigned middle = (low + high) / 2;

		if (us < bounds[middle])
			high = middle;
		else
			low = middle;
	}
	return low;
}

unsigned histogram_steps(
	const struct histogram *histogram, struct histogram_step steps[HISTOGRAM_STEPS])
{
	uint64_t bounds[HISTOGRAM_STEPS + 1];
	unsigned all = histogram_bounds_of_steps(bounds), count = 0, used = 0;
	size_t cell = 0;

	for (unsigned i = 0; i < all; i++) {
		struct histogram_step step = {.low = bounds[i], .high = bounds[i + 1]};

		while (cell < HISTOGRAM_CELLS && lower_of(cell) < step.high)
			step.count += histogram->cells[cell++];
		if (count == 0 && step.count == 0)
			continue;
		steps[count++] = step;
		if (step.count > 0)
			used = count;
	}
	return used;
}

uint64_t histogram_up_to(const struct histogram *histogram, unsigned bound)
{
	uint64_t count = 0;

	for (unsigned i = 0; i <= bound; i++)
		count += histogram->within[i];
	return count;
}
