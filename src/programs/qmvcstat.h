/* What the parts of qmvcstat(8) share: what there is to tell, and the three ways to tell it. */
#ifndef QMVC_PROGRAMS_QMVCSTAT_H
#define QMVC_PROGRAMS_QMVCSTAT_H

#include "control/terminal.h"
#include "programs/scanner_states.h"
#include "record/json.h"
#include "report/log_files.h"
#include "report/tally.h"

struct stat_report {
	struct tally *tally; /* its calendar is asked */
	const struct log_files *files;
	const char *host;
	const struct scanner_states *scanners; /* none when they were not asked */
	int64_t now_ms;
	bool all;	       /* text: all of it, not just a screenful */
	bool has_since, has_until; /* the period was asked for, and is not just what there is */
};

/* Each appends the whole of it to `out`, where failures are remembered. */
void stat_text(const struct stat_report *report, const struct terminal *terminal, struct buf *out);
void stat_json(const struct stat_report *report, struct buf *out);
void stat_openmetrics(const struct stat_report *report, struct buf *out);

#endif
