/*
 * The day database, BASEDIR/log/days.db: what each day added up to, so that months and years are
 * told without reading their logs again. SQLite, described in qmvc-days(5).
 *
 * A day is replaced as a whole in one transaction, so counting it twice counts it once and a crash
 * leaves the old figures. SQLite's rollback journal and synchronous=FULL are used and not its WAL:
 * that wants memory shared between all who have the file open, which NFS homes do not have, and there
 * is one writer at a time anyway. A writer waits a minute for another one.
 *
 * Nobody believes a file that somebody else can forge: BASEDIR, log/ and days.db have to belong to the
 * effective user or to root, and nobody else may write in log/. Root has the database of a home that
 * is another user's where its own logs are, BASEDIR/users/0/log: it counts the logs of all users, which
 * the owner cannot. Nothing is opened through a link but log/ itself, which is looked at once, and all
 * files in it by way of that descriptor.
 */
#ifndef QMVC_REPORT_DAY_DB_H
#define QMVC_REPORT_DAY_DB_H

#include "base/error.h"
#include "report/tally.h"

#define DAY_DB_FILE  "days.db"
#define DAY_DB_NAMES 100 /* of each kind and day */

struct day_db;

enum day_source { /* who counts */
	DAY_LOG,  /* qmvclog2html, from qmvc.log */
	DAY_REP,  /* virulator, from qmvc.rep */
};

/* What put says besides 0: it had more mails before, so logs are gone, and the old figures stay. */
#define DAY_DB_KEPT 1

/*
 * Opens the database of `base`; one that is not there is made when `write` is set. Returns 0, 1 when
 * there is none, or a negative errno with *error naming the file: -EBADMSG when it is damaged (it is
 * left as it is), -EPROTO when a newer qmvc wrote it, -EPERM when it is not to be believed.
 */
int day_db_open(const char *base, bool write, struct day_db **db, struct error *error);
/* NULL is legal. */
void day_db_close(struct day_db *db);

/*
 * The last day up to which nothing has to be counted any more. Returns 0, 1 when there is none, or a
 * negative errno.
 */
int day_db_closed_until(
	struct day_db *db, enum day_source source, int64_t *day, struct error *error);

/*
 * Each replaces what `source` has of a day. `tally` counted that day and nothing else; a day without
 * mail is put too. A day that was closed stays so. Returns 0, DAY_DB_KEPT (the day is closed when
 * `closed` is set), or a negative errno.
 */
int day_db_put_log(struct day_db *db, int64_t day, const struct tally *tally, bool closed,
	struct error *error);

enum day_rep_kind { /* what virulator counts names of */
	DAY_REP_VIRUS,
	DAY_REP_SENDER, /* of mails with a virus */
	DAY_REP_DOMAIN, /* theirs */
	DAY_REP_RECIPIENT,
	DAY_REP_FILE,
	DAY_REP_TYPE,
	DAY_REP_KINDS
};

/* What qmvc-days(5) calls it. */
const char *day_rep_kind_name(enum day_rep_kind kind);

struct day_name {
	struct slice name;
	uint64_t count;
};

struct day_names {
	const struct day_name
		*list; /* the most frequent first; more than DAY_DB_NAMES are left out */
	unsigned count;
};

struct day_rep {
	uint64_t mails, bad, infected;
	struct day_names names[DAY_REP_KINDS];
};

int day_db_put_virus(struct day_db *db, int64_t day, const struct day_rep *rep, bool closed,
	struct error *error);

#endif
