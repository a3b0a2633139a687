/*
 * A histogram as a few bytes, for the day database: numbers as varints (7 bits a byte, the lowest
 * first, as in Protocol Buffers) and of the cells only those that are not empty. A day's delay takes
 * some hundred bytes instead of 18 KB.
 *
 *	1 (the form), least, greatest, sum, the 17 counts of `within`,
 *	then for each cell that is not empty its distance from the one before (from -1) and its count
 */
#ifndef QMVC_REPORT_HISTOGRAM_BLOB_H
#define QMVC_REPORT_HISTOGRAM_BLOB_H

#include "base/buf.h"
#include "report/histogram.h"

/* Appends it; failures are remembered in `out`. */
void histogram_pack(const struct histogram *histogram, struct buf *out);

/*
 * Reads all of `bytes`, whoever wrote them: a form of later, numbers that are too long, cells that
 * are not there, counts that contradict each other or could overflow when a year of them is merged
 * are refused. Returns whether it is a histogram; else *histogram is not touched.
 */
bool histogram_unpack(struct slice bytes, struct histogram *histogram);

#endif
