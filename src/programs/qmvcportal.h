/*
 * What qmvcportal(8) is made of: the accounts that qmail delivers to, what they publish, the links
 * that lead there and the page. The accounts' directories belong to strangers.
 */
#ifndef QMVC_PROGRAMS_QMVCPORTAL_H
#define QMVC_PROGRAMS_QMVCPORTAL_H

#include "programs/reporting.h"
#include "report/latest.h"

/* The directory of our links, beside the page. */
#define PORTAL_LINKS "qmvc-accounts"
/* An account whose figures were made longer ago has reports that do not run any more. */
#define PORTAL_OLD_MS ((int64_t)2 * 24 * 3600 * 1000)

enum portal_state {
	PORTAL_SHOWN,
	PORTAL_NOTHING, /* no html/, or no `latest` in it */
	PORTAL_CLOSED,	/* everybody may not read it, or (who is not root) we may not */
	PORTAL_UNFIT,	/* a link, somebody else's, or damaged */
	PORTAL_NOBODY,	/* there is no such user */
};

struct portal_account {
	const char *label; /* "bob"; with a home of another name "bob-example.org" */
	const char *html;  /* the directory of the pages, or where it would be */
	const char *link;  /* its name in PORTAL_LINKS; NULL: there is none */
	uid_t uid;
	gid_t gid;
	enum portal_state state;
	const struct latest *latest; /* one for each name that reports are made under (-d) */
	unsigned latest_count;
	struct slice *addresses; /* "example.org", "*.example.org", "info@example.org", "list-*" */
	size_t address_count;
};

struct portal {
	struct reporting reporting;
	const char *base;		 /* BASEDIR, absolute */
	struct portal_account *accounts; /* the home's own first, the others by label */
	size_t count;
	struct buf complaints; /* what needs care: the first few, separated by "; " */
	unsigned complaint_count;
};

/* Reads who there is, and looks what each has. Returns 0 or a negative errno with *error set. */
int portal_accounts_read(struct portal *portal, struct error *error);

/*
 * Looks for DIR/BELOW/html (BELOW may be NULL) and what is in it: sets html, state, latest of an
 * account whose uid is set. All but DIR itself must be the account's and no link. Returns 0 or
 * -ENOMEM.
 */
int portal_look(
	struct portal *portal, const char *dir, const char *below, struct portal_account *account);

/*
 * Makes the links of the accounts that are shown, and removes those of others. An account that gets
 * none is complained of. Returns 0 or a negative errno with *error set.
 */
int portal_links_make(struct portal *portal, struct error *error);

/* What a line of the table is about. */
struct portal_row {
	const struct portal_account *account;
	const struct latest *latest;
};

struct portal_rows {
	const struct portal_row *items;
	size_t count, page_count;
	size_t without; /* accounts that show nothing */
};

#define PORTAL_NAME "qmvcportal"
#define PORTAL_ROWS 100 /* of a page */
#define PORTAL_PATH (SITE_PATH + 24)

/* The name of a page's file: "NAME-qmvcportal-2.html", and of page 0 no number. Returns `path`. */
const char *portal_page_path(const struct site *site, size_t number, char path[PORTAL_PATH]);
/* Appends page `number`, from 0. Returns 0 or -ENOMEM. */
int portal_page_make(
	struct portal *portal, const struct portal_rows *rows, size_t number, struct buf *out);

/* Writes all pages. Returns 0 or a negative errno with *error set. */
int portal_pages_write(struct portal *portal, struct error *error);

/* Was this made too long ago? */
static inline bool portal_is_old(const struct portal *portal, const struct latest *latest)
{
	return latest->made_ms < portal->reporting.site.now_ms - PORTAL_OLD_MS;
}

/* Something needs care. `text` is fit for a line; its failure is remembered. */
void portal_complain(struct portal *portal, const struct buf *text);

#endif
