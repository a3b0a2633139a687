/*
 * The pages with the mails behind a figure: LINES_ON_PAGE of them a page, how many there are, and the
 * shell command that prints all their lines. They lie in a folder beside the page they belong to:
 * log-2026-11-22/action-keep.html, action-keep-2.html ...
 */
#ifndef QMVC_REPORT_LINES_PAGE_H
#define QMVC_REPORT_LINES_PAGE_H

#include "report/day_log.h"
#include "report/site.h"

#define LINES_ON_PAGE 100

/* Whose lines, and where they are shown. */
struct lines_site {
	struct site *site;
	const struct day_log *log;
	int64_t day; /* or SITE_NO_DAY: of the page that the figures are on */
	bool users;  /* logs of users/ were read as well */
};

/*
 * The path of the first page from the page with the figures; empty when no mail belongs to the
 * selection. In `path`.
 */
struct slice lines_path(const struct lines_site *lines, struct lines_key key, char path[SITE_PATH]);
/* Appends the name of one of its pages: "action-keep.html", "action-keep-2.html". */
void lines_file(
	struct buf *out, const struct lines_site *lines, struct lines_key key, unsigned number);
/* As that, with the folder in front. Returns 0, -ENOMEM or -ENAMETOOLONG. */
int lines_file_path(const struct lines_site *lines, struct lines_key key, unsigned number,
	char path[SITE_PATH]);
/* What it is called, in words. */
void lines_title(struct buf *out, const struct lines_site *lines, struct lines_key key);
/* "14:00 – 15:00", "22 November" */
void lines_slot_name(struct buf *out, enum language language, const struct day_log *log,
	const struct day_slot *slot);

/*
 * Writes all pages, and removes those of an earlier run that are not among them. Returns 0 or a
 * negative errno with *error set.
 */
int lines_write(const struct lines_site *lines, struct error *error);

/*
 * Appends the shell command that prints the lines of all mails of a selection (of the biggest and
 * slowest: all of the period, sorted). Returns false when there is none: a scanner whose name is
 * none that qmvc writes.
 */
bool lines_command(struct buf *out, const struct lines_site *lines, struct lines_key key);

#endif
