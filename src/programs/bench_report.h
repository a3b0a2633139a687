/* What qmvcbench(8) tells, and its forms. */
#ifndef QMVC_PROGRAMS_BENCH_REPORT_H
#define QMVC_PROGRAMS_BENCH_REPORT_H

#include "control/terminal.h"
#include "programs/bench.h"

struct bench_report {
	const struct bench_data *data;
	const struct bench_ways *ways;
	const char *source; /* "the log below /var/qmvc" */
	bool all;	    /* every way, not just those that matter */

	/* The control files of today; without a file `scanners` the others are not set. */
	const struct scanner_list *list;
	struct bench_way present; /* how it asks: order, sequential, quitasap */
	bool virus_stops; /* the line of `virus` in filters stops the mail: quitasap may stand there */
	bool has_filters;  /* `filters` could be read: present.quitasap, virus_stops are known */
	struct slice file; /* `scanners` for the recommended way; empty when there is no list */
	const char *path;  /* of the present one */
};

/* The recommended way; only when data->scanner_count > 0. */
static inline const struct bench_way *bench_best(const struct bench_report *report)
{
	return &report->ways->list[report->ways->best];
}

/* The way in use among ways->list; NULL: not known. */
const struct bench_way *bench_present(const struct bench_report *report);

/* "F > C", one after the other; "F + C", at once. As it came from the log. */
void bench_way_words(const struct bench_data *data, const struct bench_way *way, struct buf *out);
/* Why, in two or three sentences. */
void bench_why(const struct bench_report *report, struct buf *out);

void bench_text(
	const struct bench_report *report, const struct terminal *terminal, struct buf *out);
void bench_json(const struct bench_report *report, struct buf *out);

#endif
