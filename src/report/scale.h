/*
 * Axes: from the data to a scale with nice numbers on it, and how many labels fit beside each
 * other. Pure arithmetic, so that it can be proved without a picture.
 */
#ifndef QMVC_REPORT_SCALE_H
#define QMVC_REPORT_SCALE_H

#include "report/figure.h"

#define SCALE_TICKS 16

struct scale {
	double low, high; /* low < high; above 0 when logarithmic */
	bool logarithmic;
	double ticks[SCALE_TICKS]; /* rising, within low and high */
	unsigned tick_count;	   /* at least 2 */
};

/*
 * From 0 to the first nice number at or above `highest`, with at most five steps of 1, 2 or 5
 * times a power of ten; of sizes times a power of 1024 as well. No step is below 1: there is no
 * half mail. Nothing at all gives 0 to 1.
 */
struct scale scale_linear(enum figure_unit unit, double highest);
/*
 * From a 1, 2 or 5 times a power of ten at or below `lowest` to one at or above `highest`, at least
 * a decade; ticks at powers of ten, over less than two decades at 1, 2 and 5. Values below 1 count
 * as 1.
 */
struct scale scale_logarithmic(double lowest, double highest);

/* Where `value` lies: 0 at low, 1 at high; what is outside lies on the edge. */
double scale_at(const struct scale *scale, double value);

/*
 * Of `count` labels in a row, each `label_width` wide (one blank of air included), where `width` is
 * there for all: every how manyth is shown so that none touches its neighbour. Steps that people
 * count in: 1, 2, 3, 4, 5, 6, 7, 10, 12, 15 ... that divide `cycle` when one of them does (24 hours
 * go by 2, 3, 4, 6, not 5); cycle 0: any. Never 0.
 */
unsigned scale_label_step(unsigned count, unsigned cycle, double label_width, double width);

#endif
