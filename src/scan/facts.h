/*
 * What a scanner tells about itself: engine, version, patterns, and what is wrong. One set of facts
 * for each of its addresses, whoever asked and by whatever protocol, so that `qmvc -t`, scanners(8)
 * and vupdate(8) say the same.
 */
#ifndef QMVC_SCAN_FACTS_H
#define QMVC_SCAN_FACTS_H

#include "base/arena.h"
#include "base/slice.h"
#include "scan/scan.h"

/* More notes, warnings and errors than anybody reads; those beyond are dropped. */
#define FACTS_LINES 32
/* No date is known. */
#define FACTS_NO_DATE INT64_MIN
/* Patterns that are older are warned of. */
#define FACTS_OLD_DAYS 3

struct scan_facts {
	struct scan_facts *next; /* of the scanner's next address, or NULL */
	const char *address;	 /* which of its addresses, or NULL */
	const char *engine;	 /* product and version, or NULL */
	const char *patterns;	 /* their version, or NULL */
	int64_t date;		 /* of the patterns: seconds since the epoch, or FACTS_NO_DATE */
	bool failed;		 /* there is an error: it cannot be used */
	unsigned count;
	struct {
		enum scan_fact kind; /* FACT_NOTE, FACT_WARNING, FACT_ERROR */
		const char *text;
	} lines[FACTS_LINES];
};

/* Gathers what facts_collect(), a scan_report, is told. Strings are copied into the arena. */
struct fact_collector {
	struct arena *arena;
	struct scan_facts *first, *last;
	bool no_memory;
};

void facts_collect(void *collector, enum scan_fact fact, const char *text);

/* Days from the patterns' date until `now_ms`, never negative; -1: no date. */
int64_t facts_age_days(const struct scan_facts *facts, int64_t now_ms);

/* The first error's text, or NULL. */
const char *facts_error(const struct scan_facts *facts);

/* Reads YYYY-MM-DDTHH:MM:SSZ as seconds since the epoch. Returns 0 or -EINVAL. */
int facts_read_date(struct slice text, int64_t *date);

/*
 * Reports what check_NAME printed (qmvc-scanners(5), "PLUG-INS"): lines of WORD<TAB>TEXT, the WORD
 * being engine, patterns, date, warning or error. A line of another form is a warning; the output is
 * somebody else's, so texts are cut and control characters in them replaced.
 */
void facts_read(struct slice out, scan_report *report, void *context);

/*
 * Reports what clamd and its relatives say when asked for their VERSION: "ClamAV 1.4.6/27000/Sun Nov
 * 22 09:00:00 2026", the date in their local time (taken for ours), or without patterns and date
 * where there are no official signatures.
 */
void facts_read_clamav(struct slice version, scan_report *report, void *context);

#endif
