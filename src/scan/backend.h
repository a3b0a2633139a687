/*
 * A kind of scanner. One struct per kind (process.c, clamd.c, libclamav.c); scan.c knows only this.
 */
#ifndef QMVC_SCAN_BACKEND_H
#define QMVC_SCAN_BACKEND_H

#include "scan/scan.h"

/* One scanner at work; each back-end embeds it first in its own struct. */
struct scan_task;

/*
 * Fires exactly once for each started task: never inside start(), also after cancel(). `result` is
 * filled in but for the times, initial and name. The task's memory is freed by the back-end after it.
 */
typedef void scan_task_done(struct scan_task *task, const struct scan_result *result, void *context);

struct scanner_backend {
	const char *name;
	/*
	 * Starts scanning request->objects with `config`. Returns 0 and *task, or a negative errno
	 * with *error set, in which case done never fires.
	 */
	int (*start)(const struct scan_request *request, const struct scanner_config *config,
		scan_task_done *done, void *context, struct scan_task **task, struct error *error);
	/* Ends it as fast as can be; done fires later with VERDICT_CANCELLED. */
	void (*cancel)(struct scan_task *task);
	/* For `qmvc -t`, see scan_check(). Runs the loop itself. */
	int (*check)(const struct scan_request *request, const struct scanner_config *config,
		scan_report *report, void *context);
};

extern const struct scanner_backend backend_process, backend_clamd, backend_libclamav;

#endif
