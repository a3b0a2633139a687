/*
 * What the configured scanners say of themselves, for reports: engine, version, patterns and their
 * age, whether the circuit breaker leaves them alone. The same as `scanners -l` tells (scanners(8)),
 * but it takes no longer than a report may wait, and what hangs is said to hang.
 */
#ifndef QMVC_PROGRAMS_SCANNER_STATES_H
#define QMVC_PROGRAMS_SCANNER_STATES_H

#include "programs/scanners.h"

/* How long all of them together may take to answer. */
#define SCANNER_STATES_SECONDS 30

/* One address of one scanner. Everything may be empty but the initial, and may be hostile. */
struct scanner_told {
	struct slice initial, name;    /* from its control line */
	struct slice address;	       /* which of its addresses */
	struct slice engine, patterns; /* as it calls itself and them, with version */
	struct slice trouble; /* why it cannot be used or is left alone, or what it warns of */
	int64_t date;	      /* of the patterns: seconds since the epoch, or FACTS_NO_DATE */
	enum scanner_state state;
	bool answered; /* false: it said nothing in time, and all but initial and name is unknown */
};

struct scanner_states {
	struct scanner_told *list;
	unsigned count;
};

/*
 * Asks the scanners of BASEDIR's control file, or of the home's where BASEDIR has none, with the rights
 * of BASEDIR's owner, for the file names programs to be run. Strings are in the arena. Returns 0, 1
 * when no scanner is configured (then *error says where that was looked for), or a negative errno with
 * *error set.
 */
int scanner_states_ask(
	const char *base, struct arena *arena, struct scanner_states *states, struct error *error);

/* Days from the patterns' date until `now_ms`, never negative; -1: no date. */
int64_t scanner_told_age_days(const struct scanner_told *told, int64_t now_ms);

#endif
