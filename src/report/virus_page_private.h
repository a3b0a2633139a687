/* What the files of virulator's pages share. */
#ifndef QMVC_REPORT_VIRUS_PAGE_PRIVATE_H
#define QMVC_REPORT_VIRUS_PAGE_PRIVATE_H

#include "report/virus_page.h"

#define VIRUS_SHOWN 10 /* names of a list on the page; its sheet has VIRUS_LISTED */

/* A page that is being written. Strings made for it are in the arena; the first lack of memory stays. */
struct virus_writing {
	const struct virus_page *page;
	struct html html;
	struct arena arena;
	char folder[SITE_PATH]; /* of the sheets */
};

struct slice virus_say(const struct virus_writing *writing, enum word word);
/* With a capital letter. */
struct slice virus_title(struct virus_writing *writing, enum word word);
struct slice virus_figure(struct virus_writing *writing, uint64_t value);
struct slice virus_keep(struct virus_writing *writing, const struct buf *text);
/* What the page is called, and what of: its date, or "Viruses and bad mail" and a period. */
struct slice virus_heading(struct virus_writing *writing);
struct slice virus_period(struct virus_writing *writing);

/* "time.html": in the folder. */
const char *virus_sheet_name(unsigned sheet);
struct slice virus_sheet_title(struct virus_writing *writing, unsigned sheet);
struct slice virus_slot_name(struct virus_writing *writing, unsigned slot);
/* What a selection is called: a name from a mail, a word, an hour. */
struct slice virus_selection_name(struct virus_writing *writing, unsigned sheet, unsigned at);

/*
 * Where a figure leads: to its place on a sheet. Path and fragment are empty when it has no mails or no
 * such sheet is written.
 */
struct virus_way {
	struct slice path, fragment;
};

struct virus_way virus_way_to(struct virus_writing *writing, unsigned sheet, unsigned at);

/* The sections of the page. */
void virus_page_sections(struct virus_writing *writing);
void virus_page_scanners(struct virus_writing *writing);
/* Writes all sheets. Returns 0 or a negative errno with *error set. */
int virus_sheets_write(const struct virus_page *page, struct error *error);

#endif
