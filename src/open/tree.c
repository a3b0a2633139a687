/*
 * Directories that are held by a lock; see tree.h. Between mkdir(2) and flock(2) a new directory
 * looks like one that was left: a sweeper may take it then. Its maker finds that out, because it
 * cannot get the lock or the directory has no name any more, and makes another. So no lock on tmp
 * itself is needed, and nobody waits for anybody.
 */
#include "open/tree.h"

#include "base/cleanup.h"
#include "open/remove_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>

#define ATTEMPTS   16
#define SWEEP_MAX  8 /* directories removed in one go */
#define RANDOM_LEN 16

/*
 * Opens directory `path` and takes its lock. On a file system that has none for directories (NFS) a
 * maker goes on without, and a sweeper lets it be. Returns the descriptor or a negative errno.
 */
static int hold(int dirfd, const char *path, bool must_lock)
{
	cleanup_fd int fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat status;

	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0 && (must_lock || errno == EWOULDBLOCK))
		return -errno;
	if (fstat(fd, &status) < 0)
		return -errno;
	if (status.st_nlink == 0)
		return -ENOENT;
	if (status.st_uid != geteuid())
		return -EPERM;
	return take_fd(&fd);
}

/* Out with it, or away with it when there is no memory for its name. */
static int hand_over(const char *made, int fd, char **path, int *lock)
{
	char *copy = strdup(made);

	if (!copy) {
		rmdir(made);
		close(fd);
		return -ENOMEM;
	}
	*path = copy;
	*lock = fd;
	return 0;
}

int tree_make(const char *tmp, const char *prefix, char **path, int *lock)
{
	for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
		char made[PATH_MAX];
		uint64_t random;
		int fd;

		if (getrandom(&random, sizeof(random), 0) != sizeof(random))
			return -EIO;
		if (snprintf(made, sizeof(made), "%s/%s.%ld.%016llx", tmp, prefix, (long)getpid(),
			    (unsigned long long)random) >= (int)sizeof(made))
			return -ENAMETOOLONG;
		if (mkdir(made, 0700) < 0) {
			if (errno == EEXIST)
				continue;
			return -errno;
		}
		fd = hold(AT_FDCWD, made, false);
		if (fd >= 0)
			return hand_over(made, fd, path, lock);
		if (fd != -EWOULDBLOCK && fd != -ENOENT) {
			rmdir(made);
			return fd;
		}
	}
	return -EEXIST;
}

static bool is_hex(const char *text, size_t len)
{
	return strspn(text, "0123456789abcdef") == len && strlen(text) == len;
}

/* PREFIX.PID.RANDOM? */
static bool is_tree(const char *name, const char *prefix)
{
	size_t len = strlen(prefix), digits;

	if (strncmp(name, prefix, len) != 0 || name[len] != '.')
		return false;
	name += len + 1;
	digits = strspn(name, "0123456789");
	return digits > 0 && name[digits] == '.' && is_hex(name + digits + 1, RANDOM_LEN);
}

/* Returns whether something was removed. */
static bool sweep_tree(int dirfd, const char *tmp, const char *name)
{
	cleanup_fd int lock = hold(dirfd, name, true);
	char path[PATH_MAX];

	if (lock < 0 || snprintf(path, sizeof(path), "%s/%s", tmp, name) >= (int)sizeof(path))
		return false;
	return remove_tree(path) == 0;
}

/* The name of fd_unlinked(): to go at once anyway, whoever made it. */
static void sweep_file(int dirfd, const char *name)
{
	struct stat status;

	if (fstatat(dirfd, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(status.st_mode) &&
		status.st_uid == geteuid())
		unlinkat(dirfd, name, 0);
}

void tree_sweep(const char *tmp)
{
	cleanup_dir DIR *list = opendir(tmp);
	struct dirent *entry;
	unsigned removed = 0;

	while (list && removed < SWEEP_MAX && (entry = readdir(list))) {
		const char *name = entry->d_name;

		if (is_tree(name, TREE_WORK) || is_tree(name, TREE_CLAMAV))
			removed += sweep_tree(dirfd(list), tmp, name);
		else if (name[0] == 't' && is_hex(name + 1, RANDOM_LEN))
			sweep_file(dirfd(list), name);
	}
}
