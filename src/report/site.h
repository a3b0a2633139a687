/*
 * Where the pages of a profile are, what they are called, and how a file gets there: whole or not at
 * all. BASEDIR may belong to a user while root runs the report, so nothing below it is followed when
 * it is a link, and all is done through the descriptor of a folder that was looked at once.
 *
 * Pages tell who wrote to whom. They are as readable as the folder they are in: html/ is made with
 * mode 0750, and `chmod 755` on it publishes what is written from then on, and what is there already
 * at the next site_set_modes().
 */
#ifndef QMVC_REPORT_SITE_H
#define QMVC_REPORT_SITE_H

#include "base/error.h"
#include "control/scanner_list.h"
#include "report/calendar.h"
#include "report/page.h"
#include "report/words.h"

#include <sys/types.h>

struct site {
	const char *base;   /* the directory with log/ in it; borrowed */
	const char *folder; /* of the pages, for messages; borrowed or BASE/html, owned */
	struct slice name;  /* of -d; may be empty; borrowed */
	enum language language;
	const struct scanner_list
		*scanners; /* of the profile, for their names; borrowed, or NULL */
	int64_t now_ms;
	struct calendar calendar;
	char *made_folder;
	int fd;	     /* of the folder; locked */
	int lock_fd; /* -1, or what is locked in its place */
	uid_t owner; /* BASE's: whose the files will be */
	gid_t group;
	mode_t mode; /* of files */
};

/* What a site without anything in it looks like; site_release() is fine with it. */
#define SITE_NONE ((struct site){.fd = -1, .lock_fd = -1})

/*
 * Opens `folder`, or BASE/html when it is NULL, which is made when it is missing; it and BASE belong
 * to the caller or, when that is root, to one and the same user. Takes the lock under which pages
 * are written, and waits for it when another report runs. `name`, `language`, `now_ms` are the
 * caller's to set. Returns 0 or a negative errno with *error set.
 */
int site_open(struct site *site, const char *base, const char *folder, struct error *error);
void site_release(struct site *site);

/* Is this fit for -d: at most 64 bytes of UTF-8, all of it to be seen, no '/', no '.' in front? */
bool site_name_is_fit(struct slice name);

enum site_page {
	SITE_LOG,	  /* log-2026-11-22.html; of no day: log.html */
	SITE_VIRUS,	  /* virus-2026-11-22.html, virus.html */
	SITE_MONTH,	  /* month-2026-11.html, of any day of it */
	SITE_YEAR,	  /* year-2026.html */
	SITE_INDEX,	  /* index.html: the newest month */
	SITE_LATEST,	  /* latest: for qmvcportal(8) */
	SITE_LINES,	  /* log-2026-11-22, log: the folder of what is behind SITE_LOG's figures */
	SITE_VIRUS_LINES, /* virus-2026-11-22, virus: what is behind SITE_VIRUS' */
};

#define SITE_NO_DAY INT64_MIN
#define SITE_PATH   192

/* The name of a page in its folder, with -d's in front; `day` as in calendar.h. Returns `path`. */
const char *site_path(
	const struct site *site, enum site_page page, int64_t day, char path[SITE_PATH]);

/*
 * What people call the scanner with that initial in the log: "C ClamAV daemon"; the initial alone when
 * the profile has no such scanner (any more). Returns what is in `text`, or the initial.
 */
#define SITE_SCANNER 160
struct slice site_scanner(const struct site *site, struct slice initial, char text[SITE_SCANNER]);

/* Is there such a file? `path` may have one folder in front. */
bool site_has(const struct site *site, const char *path);
/* As html_href() takes it: the path when there is such a file, else empty. */
struct slice site_link(const struct site *site, const char *path);

/*
 * Writes the file `path`, whose folder (one level) is made when it is missing, whole or not at all.
 * Returns 0 or a negative errno with *error naming it.
 */
int site_write(const struct site *site, const char *path, struct slice text, struct error *error);

/*
 * Removes all pages (*.html) in the folder `path` for which `keep` says no. No such folder is fine.
 * Returns 0 or a negative errno with *error set.
 */
int site_sweep(const struct site *site, const char *path,
	bool (*keep)(void *context, const char *name), void *context, struct error *error);

/*
 * Gives all pages that are there, those of this name, the mode that the folder asks for now. Links,
 * files of others and such as have a second name are left alone. Returns 0 or a negative errno with
 * *error set.
 */
int site_set_modes(const struct site *site, struct error *error);

/* Sets what all pages have in common; the caller adds title, period, ways. */
void site_frame(const struct site *site, struct page *page);
/* Ends the page with a line that says how and when it was made. Returns 0 or -ENOMEM. */
int site_page_end(struct site *site, struct html *html);

#endif
