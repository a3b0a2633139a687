/*
 * The memory of what has been sent; see sent.h. It needs no lock: qmail delivers one mail to one
 * recipient once at a time, and the digest has both in it. A directory a day makes forgetting cheap:
 * at most nine places to look at, and no file is ever read.
 */
#include "react/sent.h"

#include "base/cleanup.h"
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#define DAY_MS (24 * 60 * 60 * (int64_t)1000)

/* "DAY/.NAME" until it has been sent, "DAY/NAME" then. */
#define ENTRY_SIZE (KEYED_HEX + 32)

int sent_name(const char *run, const struct sent_item *item, char name[KEYED_HEX + 1],
	struct error *error)
{
	static const struct slice end = SLICE_LITERAL("\0");
	const struct slice pieces[] = {
		SLICE_LITERAL("qmvc sent 1"), end,
		slice_cstr(item->kind), end,
		item->recipient, end,
		slice_cstr(item->address), end,
		item->message,
	};

	return keyed_digest(run, pieces, sizeof(pieces) / sizeof(pieces[0]), name, error);
}

/* RUN/sent, opened, or a negative errno. */
static int open_memory(const char *run, struct error *error)
{
	cleanup_free char *path = NULL;
	int fd;

	if (asprintf(&path, "%s/sent", run) < 0)
		return error_set(error, -ENOMEM, "no memory");
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 && errno != ENOENT)
		return error_set_errno(error, -errno, "%s", path);
	return fd < 0 ? -ENOENT : fd;
}

int sent_look(const char *run, const char *name, struct error *error)
{
	cleanup_dir DIR *days = NULL;
	struct dirent *day;
	int fd = open_memory(run, error);

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	days = fdopendir(fd);
	if (!days) {
		int result = -errno;

		close(fd);
		return error_set_errno(error, result, "%s/sent", run);
	}
	for (errno = 0; (day = readdir(days)); errno = 0) {
		char path[ENTRY_SIZE];

		if (!ascii_digit((unsigned char)day->d_name[0]))
			continue;
		snprintf(path, sizeof(path), "%.16s/%s", day->d_name, name);
		if (faccessat(dirfd(days), path, F_OK, 0) == 0)
			return 1;
		if (errno != ENOENT)
			return error_set_errno(error, -errno, "%s/sent/%s", run, path);
	}
	return errno ? error_set_errno(error, -errno, "%s/sent", run) : 0;
}

/* Removes the directory of one day with all that is in it. What cannot be removed stays. */
static void forget_day(int memory, const char *name)
{
	int fd = openat(memory, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	cleanup_dir DIR *day = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!day) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((entry = readdir(day)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			unlinkat(fd, entry->d_name, 0);
	unlinkat(memory, name, AT_REMOVEDIR);
}

/* The days before the one `oldest`, numbered from the epoch. */
static void forget_before(int memory, long long oldest)
{
	int fd = openat(memory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_dir DIR *days = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *day;

	if (!days) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((day = readdir(days)))
		if (ascii_digit((unsigned char)day->d_name[0]) && atoll(day->d_name) < oldest)
			forget_day(memory, day->d_name);
}

static void entry_path(int64_t now_ms, const char *name, bool counts, char path[ENTRY_SIZE])
{
	snprintf(path, ENTRY_SIZE, "%lld/%s%s", (long long)(now_ms / DAY_MS), counts ? "" : ".",
		name);
}

/* Makes the entry, and its day when it is the first. Returns 0 or a negative errno. */
static int make_entry(int memory, const char *day, const char *path, bool *new_day)
{
	cleanup_fd int fd = -1;
	int result;

	*new_day = mkdirat(memory, day, 0700) == 0;
	if (!*new_day && errno != EEXIST)
		return -errno;
	fd = openat(memory, path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	result = fd_sync(fd);
	return result == 0 && *new_day ? fd_sync(memory) : result;
}

int sent_prepare(const char *run, const char *name, int64_t now_ms, struct error *error)
{
	cleanup_free char *path = NULL;
	cleanup_fd int memory = -1;
	char day[24], entry[ENTRY_SIZE];
	bool new_day;
	int result;

	if (asprintf(&path, "%s/sent", run) < 0)
		return error_set(error, -ENOMEM, "no memory");
	result = fd_make_dir(path, 0700);
	if (result)
		return error_set_errno(error, result, "%s", path);
	memory = open_memory(run, error);
	if (memory < 0)
		return error_set_errno(error, memory, "%s", path);
	snprintf(day, sizeof(day), "%lld", (long long)(now_ms / DAY_MS));
	entry_path(now_ms, name, false, entry);
	result = make_entry(memory, day, entry, &new_day);
	if (result)
		return error_set_errno(error, result, "%s/%s", path, day);
	if (new_day)
		forget_before(memory, now_ms / DAY_MS - SENT_DAYS);
	return 0;
}

/* The name changes, and the day knows it. */
static int count_entry(int memory, const char *name, int64_t now_ms)
{
	char from[ENTRY_SIZE], to[ENTRY_SIZE], day[24];
	cleanup_fd int directory = -1;

	entry_path(now_ms, name, false, from);
	entry_path(now_ms, name, true, to);
	snprintf(day, sizeof(day), "%lld", (long long)(now_ms / DAY_MS));
	if (renameat(memory, from, memory, to) < 0)
		return -errno;
	directory = openat(memory, day, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return directory < 0 ? -errno : fd_sync(directory);
}

int sent_note(const char *run, const char *name, int64_t now_ms, struct error *error)
{
	cleanup_fd int memory = open_memory(run, error);
	int result = memory < 0 ? memory : count_entry(memory, name, now_ms);

	return result ? error_set_errno(error, result, "%s/sent", run) : 0;
}

void sent_forget(const char *run, const char *name, int64_t now_ms)
{
	cleanup_fd int memory = open_memory(run, NULL);
	char path[ENTRY_SIZE];

	entry_path(now_ms, name, false, path);
	if (memory >= 0)
		(void)unlinkat(memory, path, 0);
}
