/* The parts of scanners(8): finding engines, a control file of what was found, a table. */
#ifndef QMVC_PROGRAMS_SCANNERS_H
#define QMVC_PROGRAMS_SCANNERS_H

#include "base/buf.h"
#include "programs/asking.h"
#include "scan/known.h"

#define FOUND_MAX  512
#define PLACES_MAX 16

/* An engine that was looked at. */
struct found {
	const char *engine;		  /* the first field */
	const struct known_engine *known; /* or NULL */
	const struct scanner_config *config;
	struct scan_facts *facts;
	bool configured; /* a line of the profile has it */
	bool usable, tested;
	/* What becomes of it in a control file: */
	bool active;
	const struct found *instead; /* the same engine by a cheaper door, or NULL */
	char initial[8];
};

struct finding_engines {
	struct asking *asking;
	const char *places[PLACES_MAX]; /* -s: looked at instead of the known ones */
	unsigned place_count;
	struct found *list; /* in the order of what they cost */
	size_t count;
};

/*
 * Looks for engines and asks each. Those that are not there are left out; what is there and cannot be
 * used is in the list. Returns 0, or a negative errno with *error set.
 */
int scanners_find(struct finding_engines *finding, struct error *error);

/*
 * Writes the control file for what was found: the cheapest door of each engine, up to four. Returns
 * how many are active, or a negative errno with *error set.
 */
int scanners_compose(struct finding_engines *finding, struct buf *text, struct error *error);

enum scanner_state {
	STATE_OK,
	STATE_UNTESTED,	   /* it has not said what its patterns are */
	STATE_OLD,	   /* patterns older than FACTS_OLD_DAYS */
	STATE_LEFT_ALONE,  /* by the circuit breaker */
	STATE_NO_PATTERNS, /* from here on it cannot be used */
	STATE_UNUSABLE,
	STATE_NOT_REACHED,
	STATES
};

const char *scanner_state_name(enum scanner_state state);

/* One line of the table, by scanner and address. */
struct scanner_row {
	const struct scanner_config *config;
	const struct scan_facts *facts;
	bool configured;
	enum scanner_state state;
	const char *paused; /* why it is left alone, or NULL */
	bool usable;
};

struct scanner_table {
	struct scanner_row *rows;
	size_t count;
	int64_t now_ms;
};

/*
 * Asks the configured scanners, and with `all` also what scanners_find() finds. Returns 0, 1 when a
 * configured one cannot be used, or a negative errno with *error set.
 */
int scanners_list(struct finding_engines *finding, bool all, struct scanner_table *table,
	struct error *error);

/* The table for people, in 80 columns, and for programs. */
void scanners_print_text(const struct scanner_table *table, struct buf *out);
void scanners_print_json(const struct scanner_table *table, struct buf *out);

#endif
