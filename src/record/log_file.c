/*
 * Appending to the logs; see log_file.h. The file is opened for each write, because qmvcmonth may
 * have renamed it since; and because it may do so between our open and our write, we lock the file
 * and look whether it is still the one of that name. So whoever renames a log and then takes the
 * lock once knows that nobody writes to it any more.
 */
#include "record/log_file.h"

#include "base/cleanup.h"
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>

#define RENAMES_MAX 16 /* nobody renames that often */

/* A file system without locks (ENOLCK, EOPNOTSUPP) still gets its line: O_APPEND keeps it whole. */
static void lock(int fd)
{
	while (flock(fd, LOCK_EX) < 0 && errno == EINTR)
		;
}

/*
 * Is that still the file of that name? Then *size is how long it is, now that we have the lock. Links
 * are not followed, so a name that leads elsewhere is another file.
 */
static bool is_current(const char *path, const struct stat *opened, off_t *size)
{
	struct stat now;

	if (lstat(path, &now) < 0 || now.st_dev != opened->st_dev || now.st_ino != opened->st_ino)
		return false;
	*size = now.st_size;
	return true;
}

/*
 * Returns the locked file, open for appending, or a negative errno. O_NONBLOCK: a FIFO in its
 * place is refused, not waited for.
 */
static int open_current(const char *path, off_t *size)
{
	const int how = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK |
			O_NOCTTY;

	for (int attempt = 0; attempt < RENAMES_MAX; attempt++) {
		cleanup_fd int fd = open(path, how, 0600);
		struct stat status;

		if (fd < 0)
			return -errno;
		if (fstat(fd, &status) < 0)
			return -errno;
		if (!S_ISREG(status.st_mode))
			return -EINVAL;
		lock(fd);
		if (is_current(path, &status, size))
			return take_fd(&fd);
	}
	return -EAGAIN;
}

/* Takes back what a full disk let through of a line, unless somebody without lock wrote behind. */
static void undo(int fd, off_t start)
{
	off_t end = lseek(fd, 0, SEEK_CUR);
	struct stat now;
	int ignored;

	if (end <= start || fstat(fd, &now) < 0 || now.st_size != end)
		return;
	ignored = ftruncate(fd, start);
	(void)ignored; /* the write's own error is the one to tell */
}

int log_file_append(const char *dir, const char *name, struct slice bytes, struct error *error)
{
	cleanup_fd int fd = -1;
	char path[PATH_MAX];
	off_t size = 0;
	int result;

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= (int)sizeof(path))
		return error_set_errno(error, -ENAMETOOLONG, "%s", dir);
	fd = open_current(path, &size);
	if (fd == -EINVAL)
		return error_set(error, fd, "%s: not a regular file", path);
	if (fd < 0)
		return error_set_errno(error, fd, "%s", path);
	result = fd_write_all(fd, bytes); /* one write(2), unless the disk is full */
	if (result < 0)
		undo(fd, size);
	return result < 0 ? error_set_errno(error, result, "%s", path) : 0;
}
