/* What qmvcbench(8) tells, and its forms. */
#ifndef QMVC_PROGRAMS_BENCH_REPORT_H
#define QMVC_PROGRAMS_BENCH_REPORT_H

#include "base/buf.h"
#include "control/terminal.h"
#include "programs/bench_room.h"
#include "report/site.h"

struct bench_report {
	const struct bench_data *data;
	const struct bench_ways *ways; /* what is recommended from */
	const char *source;	       /* "the log below /var/qmvc", "400 mails, 3 rounds" */
	bool all;		       /* every way, not just those that matter */
	const struct bench_profile *profile;
	struct bench_way present; /* how the profile asks */
	struct slice file;	  /* `scanners` for the recommended way; empty when there is none */
	struct slice lines;	  /* of it, those that say something */

	/* Of mails that were filtered for it: */
	const struct bench_ways *reckoned; /* from the first round; NULL: `ways` are reckoned */
	uint64_t runs, failed;		   /* of qmvc; those without an outcome */
	const char *failure;		   /* what the first of them said */
	unsigned commands;		   /* of badbodytexts, not run */
	unsigned mails, rounds;
};

/* The recommended way; only when data->scanner_count > 0. */
static inline const struct bench_way *bench_best(const struct bench_report *report)
{
	return &report->ways->list[report->ways->best];
}

/* A sum over the rounds that `ways` were measured in, as it is for one. */
static inline uint64_t bench_a_round(
	const struct bench_report *report, const struct bench_ways *ways, uint64_t sum)
{
	unsigned rounds = report->reckoned && ways != report->reckoned ? report->rounds : 1;

	return (sum + rounds / 2) / rounds;
}

/* The way in use among ways->list; NULL: not known. */
const struct bench_way *bench_present(const struct bench_report *report);

/* "F > C", one after the other; "F + C", at once. As it came from the log. */
void bench_way_words(const struct bench_data *data, const struct bench_way *way, struct buf *out);
/* Why, in some sentences; figures as on a page or as in text (figure.h). */
void bench_why(
	const struct bench_report *report, enum language language, bool is_page, struct buf *out);

void bench_text(
	const struct bench_report *report, const struct terminal *terminal, struct buf *out);
/* A page by itself; of `site` nothing counts but language, name, now_ms and calendar. 0 or -ENOMEM. */
int bench_page(const struct bench_report *report, struct site *site, struct buf *out);
void bench_json(const struct bench_report *report, struct buf *out);

#endif
