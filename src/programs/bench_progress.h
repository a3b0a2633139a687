/* How far qmvcbench(8) is, on a terminal: one line, drawn over again and wiped at the end. */
#ifndef QMVC_PROGRAMS_BENCH_PROGRESS_H
#define QMVC_PROGRAMS_BENCH_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct bench_progress {
	uint64_t done, all; /* runs; `all` may become less, but not more: it never goes back */
	bool shown;	    /* standard error is a terminal */
	uint64_t shown_us;  /* when it was drawn */
	unsigned drawn;	    /* columns */
};

/* Nothing is shown but on a terminal. */
struct bench_progress bench_progress_begin(uint64_t all);
/* One run more is about to begin; draws at most ten times a second. */
void bench_progress_step(struct bench_progress *progress);
/* Wipes it. To be called before anything else is said. */
void bench_progress_end(struct bench_progress *progress);

#endif
