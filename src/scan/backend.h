/*
 * A kind of scanner. One struct per kind, or for several (process.c, clamd.c, libclamav.c, daemon_engine.c); scan.c knows only this.
 */
#ifndef QMVC_SCAN_BACKEND_H
#define QMVC_SCAN_BACKEND_H

#include "scan/scan.h"

struct scan_task;

/*
 * Fires exactly once for each started task: never inside start(), also after cancel(). `result` is
 * filled in but for wait_us, latency_us, scan_us, initial and name. The task's memory is freed by the
 * back-end after it.
 */
typedef void scan_task_done(
	struct scan_task *task, const struct scan_result *result, void *context);

/* One scanner at work; each back-end embeds it first in its own struct. */
struct scan_task {
	const struct scan_request *request;
	const struct scanner_config *config;
	scan_task_done *done;
	void *context;
	/*
	 * To be looked at when done fires: the engine could not be started or reached at all, which
	 * no mail can bring about. Counts for the breaker (breaker.h).
	 */
	bool unreachable;
	/*
	 * Likewise: it had been begun early, and what was begun is lost. It is to be started like one
	 * that was not; what it found stays found.
	 */
	bool again;
};

/*
 * For those that can be asked before the scan begins, when that costs nothing but the question
 * (scan_begin()); see engine_early.h.
 */
struct scanner_early {
	/*
	 * Starts with the mail alone: request->objects may be empty, and `message` stands for object 0.
	 * No timeout runs. Returns 0 and *task, or a negative errno, in which case done never fires:
	 * it cannot be asked early. done before take_turn(): it came to nothing, unless its result is
	 * infected or suspicious.
	 */
	int (*begin)(const struct scan_request *request, const struct scanner_config *config,
		const struct object *message, scan_task_done *done, void *context,
		struct scan_task **task);
	/* More objects are in request->objects, and they may have moved. */
	void (*add)(struct scan_task *task);
	/* Has all that can be asked left this process, or failed to? */
	bool (*has_sent)(const struct scan_task *task);
	/*
	 * From here on it is as if it had just been started, with the objects that are there now.
	 * False: it is not fit for that, and is to be cancelled.
	 */
	bool (*take_turn)(struct scan_task *task);
};

struct scanner_backend {
	const char *name;
	const struct scanner_early *early; /* NULL: it cannot be asked before its turn */
	/*
	 * Starts scanning request->objects with `config`, bounded by its timeout. Returns 0 and
	 * *task, or a negative errno with *error set, in which case done never fires; every errno but
	 * -ENOMEM means that the engine could not be started.
	 */
	int (*start)(const struct scan_request *request, const struct scanner_config *config,
		scan_task_done *done, void *context, struct scan_task **task, struct error *error);
	/*
	 * Ends it as fast as can be; done fires later with VERDICT_CANCELLED, or with what had been
	 * found until then when that is infected or suspicious. Twice is legal.
	 */
	void (*cancel)(struct scan_task *task);
	/*
	 * Reports what is known about it, see scan_ask(); the first fact about one of several
	 * addresses is FACT_ADDRESS. Runs the loop itself. Returns how many FACT_ERROR it reported,
	 * or a negative errno.
	 */
	int (*check)(const struct scan_request *request, const struct scanner_config *config,
		scan_report *report, void *context);
};

extern const struct scanner_backend backend_process, backend_clamd, backend_libclamav, backend_daemon;
extern const struct scanner_backend backend_icap;

/* The back-end for a kind of scanner. */
const struct scanner_backend *scanner_backend(enum scanner_kind kind);

/* Is this object given to scanners? Empty ones hold nothing, and clamd may not answer for them. */
static inline bool scan_gives(const struct object *object)
{
	return !(object->flags & OBJECT_NEGATIVE) && object->content->bytes.len > 0;
}

#endif
