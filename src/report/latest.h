/*
 * The file `latest` beside a user's pages: his newest day in one line, so that a page over all
 * accounts (qmvcportal(8), where the format stands) opens nobody's database. Who writes it owns
 * html/ and may write there what he likes; so it is read as a stranger's, by root perhaps: no link
 * is followed, nothing waited for, and a line in which anything is not as it should be is no line.
 */
#ifndef QMVC_REPORT_LATEST_H
#define QMVC_REPORT_LATEST_H

#include "base/arena.h"
#include "base/buf.h"

#include <sys/types.h>

/* The file's name, behind "NAME-" where reports are made under a name (-d). */
#define LATEST_FILE "latest"
#define LATEST_SIZE 4096 /* bytes of a file, at most */
#define LATEST_DAYS 31	 /* of the trend, at most */
/* Counts are at most this, durations at most as many microseconds: sums of 10^7 do not overflow. */
#define LATEST_MOST UINT64_C(1000000000000)

struct latest {
	int64_t day;	 /* as days since 1970-01-01, local to who counted */
	int64_t made_ms; /* when it was counted, wall clock */
	uint64_t mails;
	uint64_t stopped, infected, deferred; /* each of `mails` */
	uint64_t median_us, p95_us;	      /* of the delay; 0 without mail */
	struct slice page;		      /* the page to go to, beside the file: "index.html" */
	uint64_t trend[LATEST_DAYS]; /* mails of the days up to this one, the oldest first */
	unsigned trend_count;
	struct slice name; /* -d; may be empty */
};

/*
 * Appends the line, newline included; of a name over 200 bytes the beginning. Returns 0,
 * -EINVAL when latest_read() would refuse it (a bug of the caller), -ENOMEM.
 */
int latest_format(const struct latest *latest, struct buf *out);

enum latest_found {
	LATEST_MISSING = 1, /* there is no such file */
	LATEST_CLOSED,	    /* it may not be read */
	LATEST_UNFIT,	    /* no regular file of `owner`'s, too long, or not such a line */
};

/*
 * Reads `file` in directory `dir`; both it and the page that it names must be regular files of
 * `owner`. Texts are in the arena. Returns 0, an enum latest_found, or a negative errno.
 */
int latest_read(int dir, const char *file, uid_t owner, struct arena *arena, struct latest *latest);

#endif
