/* What the parts of virulator(8) share. */
#ifndef QMVC_PROGRAMS_VIRULATOR_H
#define QMVC_PROGRAMS_VIRULATOR_H

#include "programs/reporting.h"
#include "report/log_files.h"
#include "report/virus_page.h"

/* One period: counted in a first pass over the records, its mails kept in a second. */
struct counting {
	int64_t day; /* or SITE_NO_DAY */
	struct virus_tally *tally;
	struct virus_lines lines;
};

struct virulator {
	struct reporting reporting;
	bool ask; /* -s */
	struct virus_scanner_now *scanners;
	unsigned scanner_count;
	/* What somebody has to see to: */
	unsigned scanners_failed, days_kept;
	uint64_t files_failed;
	struct error file_failed; /* the first of them */
	struct error not_asked;	  /* why the scanners could not be asked */
};

/* Asks the scanners for -s. What goes wrong there is told, and stops nothing. 0 or -ENOMEM. */
int virulator_ask(struct virulator *virulator, struct error *error);

/*
 * Counts the periods, whose tallies are new, in one pass, and finds their mails in another. The caller
 * frees with virulator_end(). Returns 0 or a negative errno with *error set.
 */
int virulator_count(
	struct virulator *virulator, struct counting *list, unsigned count, struct error *error);
/* A period to be counted: a tally that is empty. Returns 0 or -ENOMEM. */
int virulator_begin(struct counting *counting, int64_t day, int64_t since_ms, int64_t until_ms);
void virulator_end(struct counting *list, unsigned count);

/* Writes a page with what is behind it, and says so. 0 or a negative errno with *error set. */
int virulator_write(struct virulator *virulator, struct counting *counting, int64_t previous,
	int64_t next, struct error *error);

/* -m: every day that is not closed, then months and years. 0 or a negative errno with *error set. */
int virulator_days(struct virulator *virulator, struct error *error);

#endif
