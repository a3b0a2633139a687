/*
 * Figures as people read them: groups of three digits, times and sizes with two or three digits that
 * mean something. The decimal sign is a point whatever the locale. On pages groups are set apart by a
 * narrow blank (ISO 80000-1: neither comma nor point, which mean different things in different
 * countries), and no blank breaks. Text is for columns on terminals and in mail, in any locale: ASCII,
 * commas, and zeros at the end are kept.
 */
#ifndef QMVC_REPORT_FIGURE_H
#define QMVC_REPORT_FIGURE_H

#include "base/buf.h"

enum figure_unit {
	FIGURE_COUNT, /* 12 345 */
	FIGURE_TIME,  /* microseconds: "0.8 ms", "12 ms", "1.25 s", "3.5 min", "2.1 h" */
	FIGURE_SIZE,  /* bytes, 1024 a step: "512 B", "1.4 KB", "12 MB" */
};

/* Each appends its figure; failures are remembered in `out`. */
void figure_add(struct buf *out, enum figure_unit unit, uint64_t value);
/* The same for what stands below others: zeros are kept, so that the decimals are as many as theirs. */
void figure_add_column(struct buf *out, enum figure_unit unit, uint64_t value);
/* For text: "12,345", "0.80 ms", "12.0 ms", "1.40 KB"; a time or size has at most eight columns. */
void figure_add_text(struct buf *out, enum figure_unit unit, uint64_t value);
/* `part` of `whole` in percent: "0 %", "0.3 %", "12 %", "< 0.1 %", "100 %"; of nothing: "-". */
void figure_add_share(struct buf *out, uint64_t part, uint64_t whole);

#endif
