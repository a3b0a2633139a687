/*
 * The mails behind the figures of virulator's pages: of each name that is shown, each hour, condition
 * and scanner the first ones. It takes a second reading of the records, when it is known which names
 * are frequent; so memory depends on what the pages show (some 2 MB), not on what the records hold.
 */
#ifndef QMVC_REPORT_VIRUS_LINES_H
#define QMVC_REPORT_VIRUS_LINES_H

#include "base/arena.h"
#include "report/virus_tally.h"

#define VIRUS_LISTED 15	 /* names of a list */
#define VIRUS_ROWS   180 /* mails on a sheet, shared by what is on it */

/* A page with mails on it, behind the day's: one for each list of names, and these. */
enum virus_sheet_kind {			 /* below VIRUS_LISTS: as enum virus_list */
	VIRUS_SHEET_MAILS = VIRUS_LISTS, /* selections: as enum virus_kind */
	VIRUS_SHEET_TIME,		 /* the slots of an axis of hours */
	VIRUS_SHEET_CONDITIONS,		 /* enum condition_id, and CONDITION_COUNT */
	VIRUS_SHEET_SCANNERS,		 /* as in the tally */
	VIRUS_SHEETS
};

struct virus_line {
	int64_t time_ms;
	struct slice id, sender, recipient, subject, found, file,
		action; /* cut where they are long */
};

struct virus_selection {
	uint64_t count;	   /* of all mails that belong to it */
	struct slice name; /* of a list's: borrowed from the tally */
	unsigned kept, room;
	const struct virus_line **lines; /* the first that were read */
};

struct virus_sheet {
	struct virus_selection *selections;
	unsigned count;
};

struct virus_lines {
	struct arena arena;
	struct virus_tally *tally; /* borrowed */
	struct virus_sheet sheets[VIRUS_SHEETS];
};

/* What is looked for: what `tally` has counted. Returns 0 or -ENOMEM; virus_lines_release() always. */
int virus_lines_init(struct virus_lines *lines, struct virus_tally *tally);
void virus_lines_release(struct virus_lines *lines);

/* A mail of the period. Returns 0 or -ENOMEM. */
int virus_lines_take(struct virus_lines *lines, const struct virus_mail *mail);

#endif
