/*
 * Changes to kept mail; see kept.h. Whoever changes an entry holds the lock of its directory, and
 * looks again then: what was read before may be an hour old.
 */
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "react/kept.h"
#include "record/escape.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#define DAY_S (24 * 60 * 60)

int kept_take(const struct kept_list *list, const struct kept *kept)
{
	cleanup_fd int dir = kept_open(list, kept);
	struct stat status;

	if (dir < 0)
		return dir;
	if (flock(dir, LOCK_EX | LOCK_NB) < 0 || fstat(dir, &status) < 0)
		return -errno;
	return status.st_nlink > 0 ? take_fd(&dir) : -ENOENT;
}

int kept_is_released(int dir)
{
	struct stat status;

	if (fstatat(dir, "released", &status, AT_SYMLINK_NOFOLLOW) == 0)
		return 1;
	return errno == ENOENT ? 0 : -errno;
}

int kept_mark_released(int dir, int64_t now_ms, struct slice address)
{
	cleanup_fd int fd = openat(dir, "released",
		O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	cleanup_buf struct buf line = {0};
	char time[CLOCK_UTC_SIZE];
	int result;

	if (fd < 0)
		return -errno;
	clock_format_utc(now_ms, time);
	buf_addf(&line, "%s ", time);
	escape_add(&line, address);
	buf_add_byte(&line, '\n');
	result = line.failed ? -ENOMEM : fd_write_all(fd, buf_slice(&line));
	if (result == 0)
		result = fd_sync(fd);
	return result ? result : fd_sync(dir);
}

static int remove_file(int dir, const char *name)
{
	return unlinkat(dir, name, 0) == 0 || errno == ENOENT ? 0 : -errno;
}

static int remove_directory(int save, int dir, const char *name)
{
	static const char *const files[] = {"message", "result", "released"};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		int result = remove_file(dir, files[i]);

		if (result)
			return result;
	}
	return unlinkat(save, name, AT_REMOVEDIR) == 0 ? 0 : -errno;
}

int kept_remove(const struct kept_list *list, const struct kept *kept, int dir)
{
	return remove_directory(list->save, dir, kept->name);
}

void kept_sweep(const struct kept_list *list, int64_t now_ms)
{
	int again =
		list->save < 0 ? -1 : openat(list->save, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_dir DIR *names = again < 0 ? NULL : fdopendir(again);
	struct dirent *entry;

	if (!names) {
		if (again >= 0)
			close(again);
		return;
	}
	while ((entry = readdir(names))) {
		cleanup_fd int dir = -1;
		struct stat status;

		if (!slice_starts(slice_cstr(entry->d_name), ".new-"))
			continue;
		dir = openat(
			list->save, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (dir >= 0 && fstat(dir, &status) == 0 && status.st_uid == geteuid() &&
			status.st_mtime < now_ms / 1000 - DAY_S)
			remove_directory(list->save, dir, entry->d_name);
	}
}
