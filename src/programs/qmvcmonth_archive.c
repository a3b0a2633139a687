/*
 * Whose logs are put away; see qmvcmonth.h. Root does it with the rights of whom a folder belongs to
 * (seteuid(2)): what stands there, a link, somebody else's file, gets nobody further than its owner
 * is already, and the archives are the owner's too.
 */
#include "programs/qmvcmonth.h"

#include "base/cleanup.h"
#include "record/number.h"
#include "report/day_db.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>

#define OPEN_FOLDER (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

struct archiving {
	struct reporting *reporting;
	int64_t before;
	const int64_t *closed;
	struct archive_done *done;
	struct error *error;
	int result; /* the first failure */
};

static void complain(struct archiving *archiving, int code, const char *path)
{
	if (archiving->result == 0)
		archiving->result = code;
	error_set_errno(archiving->error, code, "%s", path);
}

/* --- rights ---------------------------------------------------------------- */

/* Root goes on as somebody else. Returns 0 or a negative errno. */
static int become(uid_t uid, gid_t gid)
{
	if (geteuid() != 0 || uid == 0)
		return 0;
	if (setgroups(0, NULL) < 0 || setegid(gid) < 0 || seteuid(uid) < 0)
		return -errno;
	return 0;
}

/* The way back, however far become() got. Others were themselves all the time. */
static int become_root(void)
{
	if (getuid() != 0 || (geteuid() == 0 && getegid() == getgid()))
		return 0;
	return seteuid(0) < 0 || setegid(getgid()) < 0 ? -errno : 0;
}

/* --- folders --------------------------------------------------------------- */

/* Do the pages go there (-o)? Then we have its lock, and would wait for ourselves. */
static bool is_locked(const struct site *site, int dir)
{
	struct stat pages, logs;

	return fstat(site->fd, &pages) == 0 && fstat(dir, &logs) == 0 &&
	       pages.st_dev == logs.st_dev && pages.st_ino == logs.st_ino;
}

/* The folder log/ below `above`, with the rights of whom `above` belongs to. */
static void work_below(struct archiving *archiving, int above, const struct stat *owner,
	const char *path, int flags)
{
	struct site *site = &archiving->reporting->site;
	int result = become(owner->st_uid, owner->st_gid);
	cleanup_fd int dir = result ? -1 : openat(above, "log", OPEN_FOLDER | flags);

	if (dir < 0) {
		if (result || errno != ENOENT)
			complain(archiving, result ? result : -errno, path);
	} else {
		result = archive_logs(dir, path, is_locked(site, dir),
			calendar_look(&site->calendar, site->now_ms).day, archiving->done,
			archiving->error);
		if (archiving->result == 0)
			archiving->result = result;
		result = archive_expire(dir, path, archiving->before, archiving->closed,
			archiving->done, archiving->error);
		if (archiving->result == 0)
			archiving->result = result;
	}
	result = become_root();
	if (result)
		complain(archiving, result, path);
}

/* users/UID, when it is that user's, and no database says that he archives himself. */
static void work_user(struct archiving *archiving, int users, const char *name)
{
	cleanup_fd int home = -1;
	struct stat status, database;
	const char *path;
	unsigned uid;

	if (!number_read_unsigned(slice_cstr(name), &uid))
		return;
	home = openat(users, name, OPEN_FOLDER | O_NOFOLLOW);
	if (home < 0 || fstat(home, &status) < 0 || status.st_uid != uid)
		return;
	if (uid != 0 && fstatat(home, "log/" DAY_DB_FILE, &database, AT_SYMLINK_NOFOLLOW) == 0)
		return;
	path = arena_printf(
		&archiving->reporting->arena, "%s/users/%s/log", archiving->reporting->base, name);
	if (path)
		work_below(archiving, home, &status, path, O_NOFOLLOW);
	else
		complain(archiving, -ENOMEM, archiving->reporting->base);
}

static void work_users(struct archiving *archiving, int base)
{
	int fd = openat(base, "users", OPEN_FOLDER | O_NOFOLLOW);
	cleanup_dir DIR *users = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!users) {
		complain(archiving, -errno, archiving->reporting->base);
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((entry = readdir(users)))
		work_user(archiving, fd, entry->d_name);
}

int month_archive(struct reporting *reporting, int64_t before, const int64_t closed[ARCHIVE_KINDS],
	struct archive_done *done, struct error *error)
{
	struct archiving archiving = {.reporting = reporting,
		.before = before,
		.closed = closed,
		.done = done,
		.error = error};
	cleanup_fd int base = open(reporting->base, OPEN_FOLDER);
	const char *path = arena_printf(&reporting->arena, "%s/log", reporting->base);
	struct stat status;

	if (!path)
		return error_set_errno(error, -ENOMEM, "%s", reporting->base);
	if (base < 0 || fstat(base, &status) < 0)
		return error_set_errno(error, -errno, "%s", reporting->base);
	work_below(&archiving, base, &status, path, 0);
	if (reporting->users)
		work_users(&archiving, base);
	return archiving.result;
}
