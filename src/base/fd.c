/* Descriptors; see fd.h. */
#include "base/fd.h"

#include "base/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>

int fd_write_all(int fd, struct slice bytes)
{
	while (bytes.len > 0) {
		ssize_t written = write(fd, bytes.data, bytes.len);

		if (written < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		bytes = slice_from(bytes, (size_t)written);
	}
	return 0;
}

int fd_read_all(int fd, size_t limit, struct buf *buf)
{
	size_t total = 0;

	for (;;) {
		ssize_t got;

		if (buf_reserve(buf, 65536))
			return -ENOMEM;
		got = read(fd, buf->data + buf->len, 65536);
		if (got < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		if (got == 0)
			return 0;
		buf->len += (size_t)got;
		total += (size_t)got;
		if (total > limit)
			return -EFBIG;
	}
}

int fd_read_file(int dirfd, const char *name, size_t limit, struct buf *buf)
{
	cleanup_fd int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return -errno;
	return fd_read_all(fd, limit, buf);
}

static int unlinked_by_name(const char *dir)
{
	for (int attempt = 0; attempt < 16; attempt++) {
		char path[PATH_MAX];
		uint64_t random;
		int fd;

		if (getrandom(&random, sizeof(random), 0) != sizeof(random))
			return -EIO;
		if (snprintf(path, sizeof(path), "%s/t%016llx", dir, (unsigned long long)random) >=
			(int)sizeof(path))
			return -ENAMETOOLONG;
		fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (fd >= 0) {
			unlink(path);
			return fd;
		}
		if (errno != EEXIST)
			return -errno;
	}
	return -EEXIST;
}

int fd_unlinked(const char *dir)
{
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd >= 0)
		return fd;
	if (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)
		return unlinked_by_name(dir);
	return -errno;
}

int fd_in_memory(struct slice bytes)
{
	cleanup_fd int fd = memfd_create("qmvc", MFD_CLOEXEC);
	size_t at = 0;

	if (fd < 0)
		return -errno;
	while (at < bytes.len) {
		ssize_t written = pwrite(fd, bytes.data + at, bytes.len - at, (off_t)at);

		if (written < 0 && errno != EINTR)
			return -errno;
		at += written < 0 ? 0 : (size_t)written;
	}
	return take_fd(&fd);
}

static int fill(int fd, struct slice bytes, const struct fd_rights *rights, bool durable)
{
	int result = fd_write_all(fd, bytes);

	if (result == 0 && geteuid() == 0 && fchown(fd, rights->owner, rights->group) < 0)
		result = -errno;
	if (result == 0 && fchmod(fd, rights->mode) < 0)
		result = -errno;
	return result == 0 && durable ? fd_sync(fd) : result;
}

int fd_replace(int dirfd, const char *name, struct slice bytes, const struct fd_rights *rights,
	bool durable)
{
	char temporary[NAME_MAX + 1];
	cleanup_fd int fd = -1;
	int result;

	if (snprintf(temporary, sizeof(temporary), ".%s.new", name) >= (int)sizeof(temporary))
		return -ENAMETOOLONG;
	if (unlinkat(dirfd, temporary, 0) < 0 && errno != ENOENT)
		return -errno;
	fd = openat(dirfd, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	result = fill(fd, bytes, rights, durable);
	if (result == 0 && renameat(dirfd, temporary, dirfd, name) < 0)
		result = -errno;
	if (result)
		unlinkat(dirfd, temporary, 0);
	return result;
}

int fd_sync(int fd)
{
	if (fsync(fd) == 0 || errno == EINVAL || errno == EROFS)
		return 0;
	return -errno;
}

int fd_sync_dir(const char *path)
{
	cleanup_fd int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	return fd_sync(fd);
}

int fd_make_dir(const char *path, unsigned mode)
{
	struct stat status;

	if (mkdir(path, mode) == 0)
		return 0;
	if (errno != EEXIST)
		return -errno;
	if (stat(path, &status) < 0)
		return -errno;
	return S_ISDIR(status.st_mode) ? 0 : -ENOTDIR;
}
