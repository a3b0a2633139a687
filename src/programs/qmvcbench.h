/* What the two halves of qmvcbench(8) share: what is asked for, and how it is told. */
#ifndef QMVC_PROGRAMS_QMVCBENCH_H
#define QMVC_PROGRAMS_QMVCBENCH_H

#include "control/options.h"
#include "programs/bench_replay.h"
#include "programs/bench_report.h"
#include "programs/reporting.h"

struct qmvcbench {
	struct reporting reporting; /* of a log: BASEDIR, the period; `arena` for both */
	bool json, write;
	const char *page; /* --html, or NULL */

	/* Of mails: */
	bool is_replay;
	char **corpus;		/* NULL-terminated; paths */
	struct options options; /* -c, -u, -n */
	unsigned rounds, generate;
	bool fresh;

	struct bench_profile profile;
	struct bench_data data;
	struct bench_report report;
	struct buf file, lines; /* `scanners` for the recommended way */
};

/* Reads the control files; the scanners in them are those of the data. 0 or errno, *error set. */
int qmvcbench_profile(struct qmvcbench *bench, struct error *error);

/*
 * Makes the report on `ways` and prints it; writes the file when that is asked for. Returns 0, or a
 * negative errno with *error set.
 */
int qmvcbench_tell(struct qmvcbench *bench, const struct bench_ways *ways, struct error *error);

/* Has mails filtered, in a private directory, and tells. Returns the exit code of this process. */
int qmvcbench_replay(struct qmvcbench *bench);

/* Says on stderr what is wrong. Returns EXIT_USAGE. */
int qmvcbench_fail(const struct error *error);

#endif
