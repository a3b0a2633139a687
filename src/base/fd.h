/* Descriptors: whole reads and writes, durable files, mappings, unlinked temporary files. */
#ifndef QMVC_BASE_FD_H
#define QMVC_BASE_FD_H

#include "base/buf.h"

#include <sys/types.h>

/* Writes all bytes, through EINTR and short writes. Returns 0 or a negative errno. */
int fd_write_all(int fd, struct slice bytes);

/*
 * Appends what `fd` gives until its end to `buf`. Returns 0, -EFBIG when more than `limit` bytes
 * came, or another negative errno.
 */
int fd_read_all(int fd, size_t limit, struct buf *buf);

/* Reads file `name` in `dirfd` (AT_FDCWD allowed) whole; errors as open(2) and fd_read_all. */
int fd_read_file(int dirfd, const char *name, size_t limit, struct buf *buf);

/*
 * A new file without a name in directory `dir` (O_TMPFILE; where the file system has none, created
 * with a random name and unlinked at once), mode 0600, close-on-exec. Returns the descriptor, owned
 * by the caller, or a negative errno.
 */
int fd_unlinked(const char *dir);

/*
 * A descriptor that holds a copy of `bytes` in memory (memfd_create(2)), offset 0, close-on-exec.
 * Returns the descriptor or a negative errno.
 */
int fd_in_memory(struct slice bytes);

/* Whose a file is to be, and who may do what with it. */
struct fd_rights {
	mode_t mode;
	uid_t owner; /* only root gives files away; for others it is not looked at */
	gid_t group;
};

/*
 * Makes file `name` in `dirfd`, whole or not at all, in the place of one that is there: by way of
 * `.NAME.new`, no link followed. `durable`: on disk before it has its name. Returns 0 or a negative
 * errno, and the old file is as it was.
 */
int fd_replace(int dirfd, const char *name, struct slice bytes, const struct fd_rights *rights,
	bool durable);

/* fsync; a file system that cannot (EINVAL, EROFS on special files) counts as done. 0 or errno. */
int fd_sync(int fd);
/* fsync of directory `path`. Returns 0 or a negative errno. */
int fd_sync_dir(const char *path);

/*
 * Makes directory `path` with `mode`; one that is there already is fine when it is a directory.
 * Returns 0 or a negative errno (-ENOTDIR when something else stands there).
 */
int fd_make_dir(const char *path, unsigned mode);

#endif
