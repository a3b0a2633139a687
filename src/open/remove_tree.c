/*
 * Removes a tree; see remove_tree.h. Without recursion: a directory found inside another is moved
 * up to the top, and there emptied in its turn. So a chain of a million directories, which nobody
 * could walk down by path or by descriptors, costs a million renames and nothing else.
 */
#include "open/remove_tree.h"

#include "base/cleanup.h"

#include <errno.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_SIZE 32
#define LIST_SIZE 8192

struct removal {
	int top;
	unsigned long next; /* of the names given to what is moved up */
	bool moved;	    /* something was removed or moved in this pass */
	int failed;	    /* what last stood in the way, a negative errno */
};

static bool is_dot(const char *name)
{
	return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

static bool is_directory(int dirfd, const char *name)
{
	struct stat status;

	return fstatat(dirfd, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode);
}

static void note(struct removal *removal, int result)
{
	if (result == 0)
		removal->moved = true;
	else
		removal->failed = -errno;
}

/*
 * Gives ourselves all rights on directory `name`. By a descriptor of the directory itself, never by
 * its name: a scanner that is still alive may put a symbolic link in its place, and fchmodat(2)
 * follows it to wherever it points. (O_PATH needs no right to read; fchmod(2) refuses such
 * descriptors, the path below /proc does not.)
 */
static void open_up(struct removal *removal, int dirfd, const char *name)
{
	cleanup_fd int fd = openat(dirfd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	char path[NAME_SIZE];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (fd < 0 || chmod(path, 0700) < 0)
		removal->failed = -errno;
}

/*
 * The entries of a directory, by getdents64(2) itself: opendir(3) wants 32 KB of memory, and when
 * there is none, that is just when a tree has to be taken away.
 */
struct list {
	int fd;
	size_t at, len;
	alignas(struct dirent64) char room[LIST_SIZE];
};

static void list_release(struct list *list)
{
	if (list->fd >= 0)
		close(list->fd);
}

#define cleanup_list __attribute__((cleanup(list_release)))

/* The next entry but "." and "..", or NULL: there is none, or it cannot be read. */
static const struct dirent64 *list_next(struct list *list)
{
	for (;;) {
		const struct dirent64 *entry;

		if (list->at == list->len) {
			ssize_t got = list->fd < 0 ? -1
						   : getdents64(list->fd, list->room, LIST_SIZE);

			if (got <= 0)
				return NULL;
			list->at = 0;
			list->len = (size_t)got;
		}
		entry = (const void *)(list->room + list->at);
		list->at += entry->d_reclen;
		if (!is_dot(entry->d_name))
			return entry;
	}
}

/* Moves directory `name` to the top. It must be writable itself, since its ".." changes. */
static void move_up(struct removal *removal, int dirfd, const char *name)
{
	char fresh[NAME_SIZE];
	int result;

	open_up(removal, dirfd, name);
	/* An entry of that name may be there: a file or a full directory refuses to be replaced. */
	do {
		snprintf(fresh, sizeof(fresh), "moved-%lu", removal->next++);
		result = renameat(dirfd, name, removal->top, fresh);
	} while (result < 0 && (errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR));
	note(removal, result);
}

/* Empties directory `name` at the top of files, and moves up the directories in it. */
static void empty(struct removal *removal, const char *name)
{
	const int how = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	cleanup_list struct list list = {.fd = -1};
	const struct dirent64 *entry;

	open_up(removal, removal->top, name);
	list.fd = openat(removal->top, name, how);
	while ((entry = list_next(&list))) {
		if (is_directory(list.fd, entry->d_name))
			move_up(removal, list.fd, entry->d_name);
		else
			note(removal, unlinkat(list.fd, entry->d_name, 0));
	}
	note(removal, unlinkat(removal->top, name, AT_REMOVEDIR));
}

/* Goes through the top once. Returns whether there was anything. */
static bool pass(struct removal *removal)
{
	cleanup_list struct list list = {
		.fd = openat(removal->top, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
	const struct dirent64 *entry;
	bool any = false;

	while ((entry = list_next(&list))) {
		any = true;
		if (is_directory(removal->top, entry->d_name))
			empty(removal, entry->d_name);
		else
			note(removal, unlinkat(removal->top, entry->d_name, 0));
	}
	return any;
}

int remove_tree(const char *path)
{
	struct removal removal = {0};
	cleanup_fd int top = -1;

	if (!is_directory(AT_FDCWD, path)) {
		if (unlink(path) == 0 || errno == ENOENT)
			return 0;
		return -errno;
	}
	open_up(&removal, AT_FDCWD, path);
	top = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (top < 0)
		return -errno;
	removal.top = top;
	do {
		removal.moved = false;
	} while (pass(&removal) && removal.moved);
	if (rmdir(path) == 0)
		return 0;
	return removal.failed ? removal.failed : -errno;
}
