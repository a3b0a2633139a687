/* What the files of the day database share: SQLite's types, and how its failures are told. */
#ifndef QMVC_REPORT_DAY_DB_PRIVATE_H
#define QMVC_REPORT_DAY_DB_PRIVATE_H

#include "base/buf.h"
#include "report/day_db.h"

#include <sqlite3.h>

struct day_db {
	sqlite3 *handle;
	sqlite3_vfs vfs;
	char vfs_name[32];
	int dir;    /* log/ */
	char *path; /* of the file, to speak of it */
};

/* What SQLite said last, in words; returns the errno that stands for `code`, SQLITE_OK is 0. */
int day_db_failed(const struct day_db *db, int code, struct error *error);

/* Runs statements without values. Returns 0 or a negative errno with *error set. */
int day_db_run(struct day_db *db, const char *statements, struct error *error);
/* NULL with *error set when it fails; day_db_finalize() as cleanup. */
sqlite3_stmt *day_db_prepare(struct day_db *db, const char *statement, struct error *error);
/* Returns 0 a row, 1 no further one, or a negative errno with *error set. */
int day_db_step(struct day_db *db, sqlite3_stmt *statement, struct error *error);

/* Binds from `at` on, which goes on. Failures come out when the statement is run. */
void day_db_bind_number(sqlite3_stmt *statement, int *at, uint64_t number);
void day_db_bind_cstr(sqlite3_stmt *statement, int *at, const char *text);
/* Escaped (record/escape.h): fit for who looks into the database on a terminal. 0 or -ENOMEM. */
int day_db_bind_text(sqlite3_stmt *statement, int *at, struct slice text);

/* A number that was never negative. Returns 0, or -EBADMSG with *error set. */
int day_db_number(const struct day_db *db, sqlite3_stmt *statement, int column, uint64_t *number,
	struct error *error);
int day_db_damaged(const struct day_db *db, const char *why, struct error *error);

const char *day_source_name(enum day_source source);

static inline void day_db_finalize(sqlite3_stmt **statement)
{
	sqlite3_finalize(*statement);
}

#define cleanup_statement __attribute__((cleanup(day_db_finalize)))

#endif
