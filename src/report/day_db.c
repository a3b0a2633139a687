/*
 * Opening the day database, and what all its statements need; see day_db.h.
 *
 * SQLite opens files by their path and resolves links in it first. It gets a VFS of its own here, a
 * copy of the default one but for that step, and the path /proc/self/fd/N/days.db: so it works in the
 * very directory that was looked at. The last component it never opens through a link.
 *
 * A new database is made beside its place and linked there when it is whole. So days.db is never
 * empty, and one that is has been damaged.
 */
#include "report/day_db_private.h"

#include "base/cleanup.h"
#include "base/fd.h"
#include "record/escape.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>

#define VERSION	    1
#define APPLICATION 0x514d5643 /* "QMVC" */
#define BUSY_MS	    60000

static const char schema[] =
	"BEGIN IMMEDIATE;"
	"CREATE TABLE day("
	"source TEXT, day INTEGER, closed INTEGER, mails INTEGER, bytes INTEGER, stopped INTEGER,"
	"bad INTEGER, infected INTEGER, disagreed INTEGER, sealed INTEGER, forwarded INTEGER,"
	"PRIMARY KEY(source, day)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE amount("
	"source TEXT, day INTEGER, kind TEXT, subject TEXT, name TEXT, count INTEGER,"
	"PRIMARY KEY(source, day, kind, subject, name)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE duration("
	"day INTEGER, kind TEXT, subject TEXT, cells BLOB,"
	"PRIMARY KEY(day, kind, subject)) STRICT, WITHOUT ROWID;"
	"PRAGMA application_id=0x514d5643;"
	"PRAGMA user_version=1;"
	"COMMIT;";

const char *day_source_name(enum day_source source)
{
	return source == DAY_LOG ? "log" : "rep";
}

/* --- what went wrong ------------------------------------------------------- */

static int errno_of(int code)
{
	switch (code & 0xff) {
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EAGAIN;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return -EROFS;
	case SQLITE_CANTOPEN:
		return -EACCES;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_ERROR: /* all statements are ours: a table is not what it was */
	case SQLITE_CONSTRAINT:
	case SQLITE_MISMATCH:
		return -EBADMSG;
	default:
		return -EIO;
	}
}

int day_db_damaged(const struct day_db *db, const char *why, struct error *error)
{
	return error_set(error, -EBADMSG,
		"%s: the database is damaged (%s); see qmvc-days(5) for what to do", db->path, why);
}

int day_db_failed(const struct day_db *db, int code, struct error *error)
{
	int result = errno_of(code);

	if (result == -EBADMSG)
		return day_db_damaged(db, sqlite3_errmsg(db->handle), error);
	if (result == -EAGAIN)
		return error_set(error, result, "%s: another program keeps it locked", db->path);
	return error_set(error, result, "%s: %s", db->path, sqlite3_errmsg(db->handle));
}

/* --- statements ------------------------------------------------------------ */

int day_db_run(struct day_db *db, const char *statements, struct error *error)
{
	int code = sqlite3_exec(db->handle, statements, NULL, NULL, NULL);

	return code ? day_db_failed(db, code, error) : 0;
}

sqlite3_stmt *day_db_prepare(struct day_db *db, const char *statement, struct error *error)
{
	sqlite3_stmt *prepared = NULL;
	int code = sqlite3_prepare_v2(db->handle, statement, -1, &prepared, NULL);

	if (code)
		day_db_failed(db, code, error);
	return prepared;
}

int day_db_step(struct day_db *db, sqlite3_stmt *statement, struct error *error)
{
	int code = sqlite3_step(statement);

	if (code == SQLITE_ROW)
		return 0;
	return code == SQLITE_DONE ? 1 : day_db_failed(db, code, error);
}

void day_db_bind_number(sqlite3_stmt *statement, int *at, uint64_t number)
{
	sqlite3_bind_int64(
		statement, (*at)++, number > INT64_MAX ? INT64_MAX : (sqlite3_int64)number);
}

void day_db_bind_cstr(sqlite3_stmt *statement, int *at, const char *text)
{
	sqlite3_bind_text(statement, (*at)++, text, -1, SQLITE_STATIC);
}

int day_db_bind_text(sqlite3_stmt *statement, int *at, struct slice text)
{
	cleanup_buf struct buf shown = {0};
	const char *bytes;

	escape_add(&shown, text);
	bytes = buf_cstr(&shown);
	if (!bytes || shown.failed ||
		sqlite3_bind_text(statement, (*at)++, bytes, (int)shown.len, SQLITE_TRANSIENT))
		return -ENOMEM;
	return 0;
}

int day_db_number(const struct day_db *db, sqlite3_stmt *statement, int column, uint64_t *number,
	struct error *error)
{
	sqlite3_int64 value = sqlite3_column_int64(statement, column);

	if (value < 0)
		return day_db_damaged(db, "a number is below 0", error);
	*number = (uint64_t)value;
	return 0;
}

/* --- opening --------------------------------------------------------------- */

/* The path is /proc/self/fd/N/days.db: absolute, and its links are to be followed by the kernel alone. */
static int keep_path(sqlite3_vfs *vfs, const char *path, int size, char *full)
{
	(void)vfs;
	return (size_t)snprintf(full, (size_t)size, "%s", path) < (size_t)size ? SQLITE_OK
									       : SQLITE_CANTOPEN;
}

static int attach(struct day_db *db, const char *name, struct error *error)
{
	sqlite3_vfs *usual = sqlite3_vfs_find(NULL);
	char path[64];
	int code;

	if (!usual)
		return error_set_errno(error, -ENOMEM, "%s", db->path);
	if (!db->vfs.zName) {
		snprintf(db->vfs_name, sizeof(db->vfs_name), "qmvc-%p", (void *)db);
		db->vfs = *usual;
		db->vfs.zName = db->vfs_name;
		db->vfs.xFullPathname = keep_path;
		sqlite3_vfs_register(&db->vfs, 0);
	}
	snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", db->dir, name);
	code = sqlite3_open_v2(path, &db->handle,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE,
		db->vfs_name);
	if (code)
		return day_db_failed(db, code, error);
	sqlite3_busy_timeout(db->handle, BUSY_MS);
	return day_db_run(db,
		"PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY;"
		"PRAGMA synchronous=FULL;",
		error);
}

static void detach(struct day_db *db)
{
	sqlite3_close(db->handle);
	db->handle = NULL;
}

/* Root, or ourselves. */
static bool is_ours(const struct stat *status)
{
	return status->st_uid == geteuid() || status->st_uid == 0;
}

#define OPEN_FOLDER (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

/* A folder of root's below another one of root's. Returns its descriptor or a negative errno. */
static int make_folder(int above, const char *name)
{
	struct stat status;
	int fd;

	if (mkdirat(above, name, 0700) < 0 && errno != EEXIST)
		return -errno;
	fd = openat(above, name, OPEN_FOLDER | O_NOFOLLOW);
	if (fd >= 0 && fstat(fd, &status) == 0 && status.st_uid == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return fd >= 0 ? -EPERM : -errno;
}

/* HOME/users/0/log: what root keeps of a home that is not root's. */
static int open_roots(int home)
{
	cleanup_fd int users = openat(home, "users", OPEN_FOLDER | O_NOFOLLOW);
	cleanup_fd int own = -1;
	struct stat status;

	if (users < 0 || fstat(users, &status) < 0)
		return -errno;
	if (status.st_uid != 0)
		return -EPERM;
	own = make_folder(users, "0");
	return own < 0 ? own : make_folder(own, "log");
}

static int open_folder(struct day_db *db, const char *base, struct error *error)
{
	cleanup_fd int home = open(base, OPEN_FOLDER);
	const char *below = "log";
	struct stat status;

	if (home < 0 || fstat(home, &status) < 0)
		return error_set_errno(error, -errno, "%s", base);
	if (is_ours(&status)) {
		db->dir = openat(home, below, OPEN_FOLDER);
		if (db->dir < 0)
			db->dir = -errno;
		/* Where only users below have logs. */
		if (db->dir == -ENOENT && geteuid() == 0 &&
			faccessat(home, "users", F_OK, AT_SYMLINK_NOFOLLOW) == 0)
			db->dir = make_folder(home, below);
	} else if (geteuid() == 0) {
		below = "users/0/log";
		db->dir = open_roots(home);
	} else {
		return error_set(error, -EPERM, "%s: belongs to uid %lu", base,
			(unsigned long)status.st_uid);
	}
	if (db->dir < 0)
		return error_set_errno(error, db->dir, "%s/%s", base, below);
	if (fstat(db->dir, &status) < 0 || !is_ours(&status) || (status.st_mode & 022))
		return error_set(error, -EPERM,
			"%s/%s: others may write there, so %s cannot be trusted", base, below,
			DAY_DB_FILE);
	if (asprintf(&db->path, "%s/%s/%s", base, below, DAY_DB_FILE) < 0) {
		db->path = NULL;
		return error_set_errno(error, -ENOMEM, "%s/%s", base, below);
	}
	return 0;
}

/* Returns 0, 1 when it is not there, or a negative errno with *error set. */
static int look(const struct day_db *db, struct error *error)
{
	struct stat status;

	if (fstatat(db->dir, DAY_DB_FILE, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 1 : error_set_errno(error, -errno, "%s", db->path);
	if (!S_ISREG(status.st_mode))
		return error_set(error, -EPERM, "%s: is no regular file", db->path);
	if (!is_ours(&status) || (status.st_mode & 022))
		return error_set(error, -EPERM, "%s: others may write it", db->path);
	return status.st_size > 0 ? 0 : day_db_damaged(db, "it is empty", error);
}

static int make_at(struct day_db *db, const char *name, struct error *error)
{
	int fd = openat(db->dir, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int result;

	if (fd < 0)
		return error_set_errno(error, -errno, "%s", db->path);
	close(fd);
	result = attach(db, name, error);
	if (result == 0)
		result = day_db_run(db, schema, error);
	detach(db);
	/* Who was faster made it just as well. */
	if (result == 0 && linkat(db->dir, name, db->dir, DAY_DB_FILE, 0) < 0 && errno != EEXIST)
		result = error_set_errno(error, -errno, "%s", db->path);
	unlinkat(db->dir, name, 0);
	if (result == 0) {
		result = fd_sync(db->dir);
		if (result)
			error_set_errno(error, result, "%s", db->path);
	}
	return result;
}

static int make(struct day_db *db, struct error *error)
{
	char name[40];
	uint64_t number;

	if (getrandom(&number, sizeof(number), 0) != sizeof(number))
		return error_set_errno(error, -EIO, "%s", db->path);
	snprintf(name, sizeof(name), ".%s.%016llx", DAY_DB_FILE, (unsigned long long)number);
	return make_at(db, name, error);
}

static int read_pragma(struct day_db *db, const char *pragma, uint64_t *number, struct error *error)
{
	cleanup_statement sqlite3_stmt *statement = day_db_prepare(db, pragma, error);
	int result = statement ? day_db_step(db, statement, error) : -EBADMSG;

	if (result > 0)
		return day_db_damaged(db, "it has no version", error);
	return result ? result : day_db_number(db, statement, 0, number, error);
}

static int check_version(struct day_db *db, struct error *error)
{
	uint64_t application, version;
	int result = read_pragma(db, "PRAGMA application_id", &application, error);

	if (result == 0)
		result = read_pragma(db, "PRAGMA user_version", &version, error);
	if (result)
		return result;
	if (application != APPLICATION || version == 0)
		return day_db_damaged(db, "it is none of qmvc's", error);
	if (version > VERSION)
		return error_set(error, -EPROTO,
			"%s: is of version %llu, which a newer qmvc has made; this one knows %d",
			db->path, (unsigned long long)version, VERSION);
	return 0;
}

static int open_it(struct day_db *db, const char *base, bool write, struct error *error)
{
	int result = open_folder(db, base, error);

	if (result == 0)
		result = look(db, error);
	if (result > 0 && write) {
		result = make(db, error);
		if (result == 0)
			result = look(db, error);
	}
	if (result == 0)
		result = attach(db, DAY_DB_FILE, error);
	if (result == 0)
		result = check_version(db, error);
	/* Somebody may have given it a WAL. */
	return result ? result : day_db_run(db, "PRAGMA journal_mode=DELETE;", error);
}

int day_db_open(const char *base, bool write, struct day_db **db, struct error *error)
{
	struct day_db *made = calloc(1, sizeof(*made));
	int result;

	if (!made)
		return error_set_errno(error, -ENOMEM, "%s/log/%s", base, DAY_DB_FILE);
	made->dir = -1;
	result = open_it(made, base, write, error);
	if (result) {
		day_db_close(made);
		return result;
	}
	*db = made;
	return 0;
}

void day_db_close(struct day_db *db)
{
	if (!db)
		return;
	detach(db);
	if (db->vfs.zName)
		sqlite3_vfs_unregister(&db->vfs);
	if (db->dir >= 0)
		close(db->dir);
	free(db->path);
	free(db);
}
