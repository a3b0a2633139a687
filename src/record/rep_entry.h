/*
 * What a record of qmvc.rep says of a mail, for those who add records up. The fields behind each
 * other in a record belong together: a Condition with the File and the Type it was met by, a Virus
 * with those it was found in. Format: qmvc-log(5).
 */
#ifndef QMVC_RECORD_REP_ENTRY_H
#define QMVC_RECORD_REP_ENTRY_H

#include "record/rep_record.h"

/* Everything is borrowed from the record. Whatever stands in a mail or an envelope is hostile. */
struct rep_entry {
	const struct rep_record *record;
	int64_t time_ms;					      /* since the epoch */
	struct slice id, sender, recipient, subject, action, decided; /* empty: not there */
	uint64_t size;
};

/*
 * Returns 0, or 1: the record is none of qmvc's (no Id or no Time that can be read) or of a version
 * newer than this reader.
 */
int rep_entry_read(const struct rep_record *record, struct rep_entry *entry);

/* One thing found in the mail. */
struct rep_finding {
	struct slice condition;	 /* "filename"; "virus" of each Virus too */
	struct slice rule;	 /* that was met, as far as its first " ("; of a Virus its name */
	struct slice file, type; /* empty: not known */
	bool virus;		 /* a Virus, not a Condition */
};

/*
 * Goes through the findings; *at begins with 0. A Condition that only repeats a Virus is left out.
 * Returns false when there is none left.
 */
bool rep_finding_next(const struct rep_record *record, size_t *at, struct rep_finding *finding);

/* What one scanner said: "C infected 10.900 ms Eicar-Test (ClamAV daemon)". */
struct rep_scan {
	struct slice initial, verdict;
	struct slice virus; /* one of the record's; empty: it named none */
	struct slice name;  /* "ClamAV daemon" */
};

/* Goes through the scanners; *at begins with 0. Returns false when there is none left. */
bool rep_scan_next(const struct rep_record *record, size_t *at, struct rep_scan *scan);

#endif
