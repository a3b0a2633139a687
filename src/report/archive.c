/* Putting logs away; see archive.h. */
#include "report/archive.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "record/number.h"
#include "report/calendar.h"
#include "report/log_files.h"
#include "report/log_pack.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>

#define NAME_SIZE 64
#define RUNS_MAX  1000 /* archives of one day */

static const char *const kinds[ARCHIVE_KINDS] = {
	[LOG_KIND_LOG] = "log", [LOG_KIND_REP] = "rep", [LOG_KIND_ERROR] = "error"};

struct folder {
	int dir;
	const char *path;
	struct archive_done *done;
	struct error *error;
	int result; /* the first failure */
};

static void complain(struct folder *folder, const char *name, int code)
{
	if (folder->result == 0)
		folder->result = code;
	if (code == LOG_SOURCE_DAMAGED)
		error_set(folder->error, code, "%s/%s.zst: the compressed data are damaged",
			folder->path, name);
	else
		error_set_errno(folder->error, code, "%s/%s", folder->path, name);
}

/* --- names ----------------------------------------------------------------- */

/* What our own names say: qmvc-2026-11-22.log, qmvc-2026-11-22.2.log.zst. */
struct archive_name {
	int64_t day;
	enum log_kind kind;
	bool packed;
};

static void make_name(char name[NAME_SIZE], int64_t day, unsigned run, enum log_kind kind)
{
	char date[CALENDAR_DATE_SIZE];

	calendar_date_text(day, date);
	if (run == 1)
		snprintf(name, NAME_SIZE, "qmvc-%s.%s", date, kinds[kind]);
	else
		snprintf(name, NAME_SIZE, "qmvc-%s.%u.%s", date, run, kinds[kind]);
}

/* Read by making it again, so that only what make_name() writes is ours. */
static bool read_name(const char *text, struct archive_name *name)
{
	struct slice rest = slice_cstr(text), date;
	char again[NAME_SIZE], whole[32];
	int64_t wall_ms;
	uint64_t run = 1;

	name->packed = slice_ends_nocase(rest, ".zst");
	if (name->packed)
		rest = slice_first(rest, rest.len - strlen(".zst"));
	date = slice_first(slice_from(rest, strlen("qmvc-")), CALENDAR_DATE_SIZE - 1);
	snprintf(whole, sizeof(whole), "%.*sT00:00:00.000Z", SLICE_ARGS(date));
	if (!number_read_time(slice_cstr(whole), &wall_ms))
		return false;
	name->day = wall_ms / ((int64_t)24 * 3600 * 1000);
	rest = slice_from(rest, strlen("qmvc-") + date.len + 1);
	if (rest.len > 0 && ascii_digit(rest.data[0])) {
		size_t point = slice_find_byte(rest, '.', 0);

		if (!number_read(slice_first(rest, point), &run) || run < 2 || run > RUNS_MAX)
			return false;
	}
	for (unsigned kind = 0; kind < ARCHIVE_KINDS; kind++) {
		make_name(again, name->day, (unsigned)run, (enum log_kind)kind);
		snprintf(again + strlen(again), sizeof(again) - strlen(again), "%s",
			name->packed ? ".zst" : "");
		name->kind = (enum log_kind)kind;
		if (strcmp(again, text) == 0)
			return true;
	}
	return false;
}

static bool is_there(int dir, const char *name, const char *suffix)
{
	char whole[NAME_SIZE + 8];
	struct stat status;

	snprintf(whole, sizeof(whole), "%s%s", name, suffix);
	return fstatat(dir, whole, &status, AT_SYMLINK_NOFOLLOW) == 0;
}

/* A regular file of ours, with something in it? */
static bool is_ours(int dir, const char *name)
{
	struct stat status;

	return fstatat(dir, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(status.st_mode) &&
	       status.st_uid == geteuid() && status.st_size > 0;
}

/* --- renaming -------------------------------------------------------------- */

/* Never over another one. File systems that cannot promise that (NFS) have our lock to go by. */
static int rename_log(int dir, const char *from, const char *to)
{
	if (renameat2(dir, from, dir, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL)
		return -errno;
	return renameat(dir, from, dir, to) < 0 ? -errno : 0;
}

/* A log of somebody else's stays, and grows: that is said. */
static bool is_others(int dir, const char *name)
{
	struct stat status;

	return fstatat(dir, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(status.st_mode) &&
	       status.st_uid != geteuid() && status.st_size > 0;
}

static void rename_kind(struct folder *folder, enum log_kind kind, int64_t today)
{
	char name[NAME_SIZE], current[NAME_SIZE];
	int result = -EEXIST;

	snprintf(current, sizeof(current), "qmvc.%s", kinds[kind]);
	if (is_others(folder->dir, current))
		complain(folder, current, -EPERM);
	if (!is_ours(folder->dir, current))
		return;
	for (unsigned run = 1; result == -EEXIST && run <= RUNS_MAX; run++) {
		make_name(name, today, run, kind);
		if (!is_there(folder->dir, name, "") && !is_there(folder->dir, name, ".zst") &&
			!is_there(folder->dir, name, ".gz"))
			result = rename_log(folder->dir, current, name);
	}
	if (result)
		complain(folder, current, result);
}

/* --- compressing ----------------------------------------------------------- */

/*
 * Waits until the last writer of a renamed log is done: who locks it later sees that it is renamed.
 * Returns 0, 1 when nobody can tell (a file system without locks), or a negative errno.
 */
static int wait_for_writers(int dir, const char *name)
{
	cleanup_fd int fd = openat(dir, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	while (flock(fd, LOCK_EX) < 0)
		if (errno != EINTR)
			return 1;
	return 0;
}

/* No writer takes that long between opening a log and writing to it. */
static bool is_old(int dir, const char *name)
{
	struct stat status;

	return fstatat(dir, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	       clock_wall_ms() / 1000 - status.st_ctim.tv_sec > 3600;
}

/* Where locks are missing the log waits for the next run, as it is: readers read it. */
static void pack(struct folder *folder, const char *name)
{
	int result = wait_for_writers(folder->dir, name);

	if (result > 0 && !is_old(folder->dir, name))
		return;
	if (result >= 0)
		result = log_pack(folder->dir, name);
	if (result > 0)
		result = -EEXIST;
	if (result)
		complain(folder, name, result);
	else
		folder->done->archived++;
}

/* --- the folder ------------------------------------------------------------ */

/* Calls `take` for each archive of ours; a copy of the names, for `take` changes the folder. */
static void each(struct folder *folder,
	void (*take)(struct folder *, const char *, const struct archive_name *, void *),
	void *context)
{
	struct dirent **list = NULL;
	int count = scandirat(folder->dir, ".", &list, NULL, alphasort);

	if (count < 0) {
		complain(folder, ".", -errno);
		return;
	}
	for (int i = 0; i < count; i++) {
		struct archive_name name;

		if (read_name(list[i]->d_name, &name) && is_ours(folder->dir, list[i]->d_name))
			take(folder, list[i]->d_name, &name, context);
		free(list[i]);
	}
	free(list);
}

static void take_plain(
	struct folder *folder, const char *text, const struct archive_name *name, void *context)
{
	if (!name->packed)
		pack(folder, text);
}

int archive_logs(int dir, const char *path, bool locked, int64_t today, struct archive_done *done,
	struct error *error)
{
	struct folder folder = {.dir = dir, .path = path, .done = done, .error = error};
	cleanup_fd int lock = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int result;

	if (lock < 0)
		return error_set_errno(error, -errno, "%s", path);
	while (!locked && flock(lock, LOCK_EX) < 0 && errno == EINTR)
		;
	for (unsigned kind = 0; kind < ARCHIVE_KINDS; kind++)
		rename_kind(&folder, (enum log_kind)kind, today);
	result = fd_sync(dir);
	if (result)
		complain(&folder, ".", result);
	each(&folder, take_plain, NULL);
	return folder.result;
}

struct expiry {
	int64_t before;
	const int64_t *closed;
};

static void take_old(
	struct folder *folder, const char *text, const struct archive_name *name, void *context)
{
	const struct expiry *expiry = context;

	if (name->day >= expiry->before)
		return;
	/* The next day too: midnight may have come between the name and the renaming. */
	if (expiry->closed[name->kind] <= name->day)
		folder->done->kept++;
	else if (unlinkat(folder->dir, text, 0) < 0)
		complain(folder, text, -errno);
	else
		folder->done->removed++;
}

int archive_expire(int dir, const char *path, int64_t before, const int64_t closed[ARCHIVE_KINDS],
	struct archive_done *done, struct error *error)
{
	struct folder folder = {.dir = dir, .path = path, .done = done, .error = error};
	struct expiry expiry = {before, closed};

	each(&folder, take_old, &expiry);
	return folder.result;
}
