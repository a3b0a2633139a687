/*
 * badmailfrom as a file: read, and replaced whole. Two of us keep apart by a lock; an administrator's
 * editor knows no lock, so the file is looked at once more when the new one lies ready, and when it
 * is another one by then, all begins anew. qmail-smtpd opens it for each connection and finds the
 * old one or the new one.
 *
 * The new one has a fixed name meanwhile: what a killed run leaves behind the next one removes.
 */
#include "programs/block_file.h"

#include "base/cleanup.h"
#include "base/fd.h"
#include "programs/block_qmail.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>

#define NAME	  "badmailfrom"
#define NEW_NAME  ".badmailfrom.new"
#define LOCK_NAME ".badmailfrom.lock"

/* A run needs milliseconds. */
#define LOCK_WAIT_MS 60000
#define LOCK_TURN_MS 100

/* A file of its own and not the directory, which everybody may open and lock for ever. */
int block_file_lock(int dir, const char *control, struct error *error)
{
	cleanup_fd int fd = openat(dir, LOCK_NAME,
		O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, 0600);

	if (fd < 0)
		return error_set_errno(error, -errno, "%s/%s", control, LOCK_NAME);
	for (int waited = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; waited += LOCK_TURN_MS) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return error_set_errno(error, -errno, "%s/%s", control, LOCK_NAME);
		if (waited >= LOCK_WAIT_MS)
			return error_set(error, -EBUSY,
				"%s/%s: another blockvirussender has held it for a minute", control,
				LOCK_NAME);
		poll(NULL, 0, LOCK_TURN_MS);
	}
	return take_fd(&fd);
}

/*
 * The status is taken first: what is changed while it is read is found to be another file later. A
 * link would be replaced and what it leads to left as it is, which nobody wants.
 */
int block_file_read(int dir, const char *control, struct arena *arena, struct block_file *file,
	struct error *error)
{
	struct block_file found = {.present = true};
	int result = 0;

	if (fstatat(dir, NAME, &found.status, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno != ENOENT)
			return error_set_errno(error, -errno, "%s/%s", control, NAME);
		found.present = false;
	} else if (S_ISLNK(found.status.st_mode)) {
		return error_set(
			error, -ELOOP, "%s/%s: is a link, and is not replaced", control, NAME);
	} else {
		result = block_control_read(dir, control, NAME, arena, &found.text, error);
	}
	if (result == 0)
		*file = found;
	return result;
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool is_unchanged(int dir, const struct block_file *file)
{
	const struct stat *old = &file->status;
	struct stat now;

	if (fstatat(dir, NAME, &now, AT_SYMLINK_NOFOLLOW) < 0)
		return !file->present && errno == ENOENT;
	return file->present && now.st_dev == old->st_dev && now.st_ino == old->st_ino &&
	       now.st_size == old->st_size && same_time(&now.st_mtim, &old->st_mtim) &&
	       same_time(&now.st_ctim, &old->st_ctim);
}

/* For a new one: qmail-smtpd runs under a uid of its own, and reads it. */
static int set_rights(int fd, const struct block_file *file)
{
	mode_t mode = file->present ? file->status.st_mode & 07777 : 0644;
	struct stat status;

	if (file->present) {
		if (fstat(fd, &status) < 0)
			return -errno;
		if ((status.st_uid != file->status.st_uid ||
			    status.st_gid != file->status.st_gid) &&
			fchown(fd, file->status.st_uid, file->status.st_gid) < 0)
			return -errno;
	}
	return fchmod(fd, mode) < 0 ? -errno : 0;
}

static int write_new(int dir, const struct block_file *file, struct slice text)
{
	cleanup_fd int fd = -1;
	int result;

	if (unlinkat(dir, NEW_NAME, 0) < 0 && errno != ENOENT)
		return -errno;
	fd = openat(dir, NEW_NAME, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	result = fd_write_all(fd, text);
	if (result == 0)
		result = set_rights(fd, file);
	return result ? result : fd_sync(fd);
}

int block_file_replace(int dir, const char *control, const struct block_file *file,
	struct slice text, struct error *error)
{
	int result = write_new(dir, file, text);

	if (result == 0 && !is_unchanged(dir, file))
		result = 1;
	if (result == 0 && renameat(dir, NEW_NAME, dir, NAME) < 0)
		result = -errno;
	if (result)
		unlinkat(dir, NEW_NAME, 0);
	else
		result = fd_sync(dir);
	return result < 0
		       ? error_set_errno(error, result, "%s/%s: cannot be replaced", control, NAME)
		       : result;
}
