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
	const char *files;	       /* the work tree's files, when a scanner reads them */
	const char *scratch; /* TMPDIR for scanners, for libclamav too; an absolute path */
	bool quitasap;	     /* the first infected or suspicious answer ends the rest */
	struct arena *arena; /* results' strings go here */
	struct scan *begun;  /* from scan_begin() with the same loop, scanners and arena; or NULL */
};

struct scan_results {
	struct scan_result list[SCANNERS_MAX]; /* in the order of the control file */
	unsigned count;
	uint64_t total_us;
};

/*
 * Asks the scanners that can be asked early about the mail itself, before it is taken apart: those in
 * whose turn nothing stands (mode=sequential), over a local socket, by descriptor; while the rest of the
 * filter works they do too. request->objects is the list that will be filled in later. Turns the
 * loop, and does not wait. Nothing that goes wrong matters: scan_run() does it all then. Returns what
 * scan_run() or scan_drop() is to be given, or NULL: nothing was begun.
 */
struct scan *scan_begin(const struct scan_request *request, struct slice message);
/* The list has grown: asks about the new ones too. NULL is legal. */
void scan_add(struct scan *begun);
/* Nobody wants to know any more: leaves nothing behind, waiting for nobody. NULL is legal. */
void scan_drop(struct scan *begun);

/*
 * Takes over request->begun, and runs the loop until every scanner has answered or been ended. A
 * failing scanner is a result, not an error. Returns 0, or a negative errno with *error set (no
 * memory).
 */
int scan_run(const struct scan_request *request, struct scan_results *results, struct error *error);

/* What a scanner tells about itself; the words of check_NAME's protocol, qmvc-scanners(5). */
enum scan_fact {
	FACT_NOTE,  /* for people */
	FACT_ERROR, /* why it cannot be used */
	FACT_WARNING,
	FACT_ENGINE,   /* product and version */
	FACT_PATTERNS, /* version of the patterns */
	FACT_DATE,     /* of the patterns, YYYY-MM-DDTHH:MM:SSZ */
	FACT_ADDRESS,  /* what follows is about this one of its addresses */
};

/* One fact, in one line. The scanner's name is not part of it: who asks knows whom. */
typedef void scan_report(void *context, enum scan_fact fact, const char *text);

struct scan_facts;

/*
 * Asks one scanner whether it is there, which version of what it has, and (clamd) whether it reports
 * encrypted and oversized objects. Returns 0 when it can be used, 1 when not (an error is among the
 * facts), or a negative errno; *facts is a list in the arena (facts.h), never empty but with an
 * errno.
 */
int scan_ask(const struct scan_request *request, const struct scanner_config *config,
	struct scan_facts **facts);

/* A line for people; `is_error`: the scanner cannot be used. */
typedef void scan_line(void *context, bool is_error, const char *text);

/*
 * For `qmvc -t`: asks each scanner, and tells what it said and the state of its circuit breaker,
 * which is closed when the scanner can be used. Returns the number of errors, or a negative errno.
 */
int scan_check(const struct scan_request *request, scan_line *line, void *context);

#endif
