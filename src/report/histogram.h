/*
 * How durations are distributed, in a size that does not depend on how many there are.
 *
 * The scale is logarithmic, as in HdrHistogram: durations below 64 us are counted one by one, and
 * each doubling above is cut into 64 equal cells. A cell is at most 1/64 of its lower end wide, and
 * what is told of it is its middle, so a percentile is off by less than 0.8 % of itself. Count, sum,
 * least and greatest are exact, and so are the counts up to the few bounds that metrics use. From
 * 2^40 us (12 days) on everything is in the last cell. One takes 18 KB; two are merged by adding.
 */
#ifndef QMVC_REPORT_HISTOGRAM_H
#define QMVC_REPORT_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_CELL_BITS  6
#define HISTOGRAM_VALUE_BITS 40
#define HISTOGRAM_CELLS	     ((HISTOGRAM_VALUE_BITS - HISTOGRAM_CELL_BITS + 1) << HISTOGRAM_CELL_BITS)
#define HISTOGRAM_BOUNDS     16

/* 0.5 ms to 60 s, ascending. */
extern const uint64_t histogram_bounds[HISTOGRAM_BOUNDS];

/* A zeroed one is empty. */
struct histogram {
	uint64_t count, sum, least, greatest;  /* us; least and greatest only when count > 0 */
	uint64_t within[HISTOGRAM_BOUNDS + 1]; /* above the bound before, up to this one */
	uint64_t cells[HISTOGRAM_CELLS];
};

void histogram_add(struct histogram *histogram, uint64_t us);
/* Adds all that `from` counted. */
void histogram_merge(struct histogram *histogram, const struct histogram *from);

/*
 * The duration (us) that `permille` of all do not exceed, by nearest rank: 500 the median, 1000 the
 * greatest. Within 0.8 % of the true one, and never outside of least and greatest; 0 when empty.
 */
uint64_t histogram_quantile(const struct histogram *histogram, unsigned permille);

/* low <= duration < high, and how many there were. */
struct histogram_step {
	uint64_t low, high, count;
};

#define HISTOGRAM_STEPS 128

/*
 * Where the steps below begin, the same for all histograms, and behind the last one its end. Returns
 * how many steps there are.
 */
unsigned histogram_bounds_of_steps(uint64_t bounds[HISTOGRAM_STEPS + 1]);
/* The step, of so many, that a duration is counted in. */
unsigned histogram_step_of(const uint64_t *bounds, unsigned count, uint64_t us);

/*
 * The same in coarse steps for a picture: ten a decade, their bounds those of cells, so that counts
 * are exact; from the first that is not empty to the last. Returns how many.
 */
unsigned histogram_steps(
	const struct histogram *histogram, struct histogram_step steps[HISTOGRAM_STEPS]);

/* How many lasted at most histogram_bounds[bound]; exact. */
uint64_t histogram_up_to(const struct histogram *histogram, unsigned bound);

#endif
