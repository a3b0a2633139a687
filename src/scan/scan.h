/*
 * Runs the scanners: up to four at once, each with its own time, all under one deadline, stopped as
 * soon as their answer no longer matters.
 */
#ifndef QMVC_SCAN_SCAN_H
#define QMVC_SCAN_SCAN_H

#include "base/error.h"
#include "control/patterns.h"
#include "control/profile.h"
#include "control/scanner_list.h"
#include "loop/loop.h"
#include "message/object.h"
#include "outcome/scan_result.h"

struct scan_request {
	struct loop *loop;
	const struct scanner_list *scanners;
	const struct patterns *whitelist;
	const struct profile *profile; /* plug-ins, helpers, tmp */
	const struct objects *objects; /* those not OBJECT_NEGATIVE are given */
	int message_fd;		       /* the raw message, for descriptors */
	const char *files;	       /* the work tree's files, when a process scanner is listed */
	const char *scratch; /* TMPDIR for scanners, for libclamav too; an absolute path */
	bool quitasap;	     /* the first infected or suspicious answer ends the rest */
	struct arena *arena; /* results' strings go here */
};

struct scan_results {
	struct scan_result list[SCANNERS_MAX]; /* in the order of the control file */
	unsigned count;
	uint64_t total_us;
};

/*
 * Runs the loop until every scanner has answered or been ended. A failing scanner is a result, not
 * an error. Returns 0, or a negative errno with *error set (no memory).
 */
int scan_run(const struct scan_request *request, struct scan_results *results, struct error *error);

typedef void scan_report(void *context, bool is_error, const char *text);

/*
 * For `qmvc -t`: asks each scanner whether it is there, which version it has, and (clamd) whether it
 * reports encrypted and oversized objects. `report` gets one line a fact. Returns the number of
 * errors, or a negative errno.
 */
int scan_check(const struct scan_request *request, scan_report *report, void *context);

#endif
