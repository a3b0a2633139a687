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

/* Does the directory still call this file by that name? */
static bool is_current(int dir, const char *name, const struct stat *opened)
{
	struct stat now;

	return fstatat(dir, name, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
	       now.st_dev == opened->st_dev && now.st_ino == opened->st_ino;
}

/*
 * Returns the locked file, open for appending, or a negative errno. O_NONBLOCK: a FIFO in its
 * place is refused, not waited for.
 */
static int open_current(int dir, const char *name, struct stat *status)
{
	const int how = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK |
			O_NOCTTY;

	for (int attempt = 0; attempt < RENAMES_MAX; attempt++) {
		cleanup_fd int fd = openat(dir, name, how, 0600);

		if (fd < 0)
			return -errno;
		if (fstat(fd, status) < 0)
			return -errno;
		if (!S_ISREG(status->st_mode))
			return -EINVAL;
		lock(fd);
		if (fstat(fd, status) < 0)
			return -errno;
		if (is_current(dir, name, status))
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
	cleanup_fd int directory = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_fd int fd = -1;
	struct stat status;
	int result;

	if (directory < 0)
		return error_set_errno(error, -errno, "%s", dir);
	fd = open_current(directory, name, &status);
	if (fd == -EINVAL)
		return error_set(error, fd, "%s/%s: not a regular file", dir, name);
	if (fd < 0)
		return error_set_errno(error, fd, "%s/%s", dir, name);
	result = fd_write_all(fd, bytes); /* one write(2), unless the disk is full */
	if (result < 0)
		undo(fd, status.st_size);
	return result < 0 ? error_set_errno(error, result, "%s/%s", dir, name) : 0;
}
