/*
 * The work tree; see work_tree.h. The directory is held by a lock for as long as it is in use (see
 * tree.h), so that the next run can take it away after a crash. Files are written, not linked: what
 * a scanner does to its copy must not reach what the next one is given.
 */
#include "open/work_tree.h"

#include "base/cleanup.h"
#include "base/fd.h"
#include "open/remove_tree.h"
#include "open/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define GROUP_ROOM 65536
#define NO_GROUP   ((gid_t)-1)

static int find_group(const char *name, gid_t *gid, struct error *error)
{
	cleanup_free char *room = malloc(GROUP_ROOM);
	struct group entry, *found = NULL;
	int failed;

	if (!room)
		return -ENOMEM;
	failed = getgrnam_r(name, &entry, room, GROUP_ROOM, &found);
	if (failed)
		return error_set_errno(error, -failed, "group %s", name);
	if (!found)
		return error_set(error, -EINVAL, "there is no group %s", name);
	*gid = found->gr_gid;
	return 0;
}

/* Gives what `fd` is to the group, with `mode` (which the umask has no say in). */
static int give(int fd, gid_t gid, mode_t mode)
{
	if (gid == NO_GROUP)
		return 0;
	return fchown(fd, (uid_t)-1, gid) < 0 || fchmod(fd, mode) < 0 ? -errno : 0;
}

static int give_dir(const char *path, gid_t gid)
{
	cleanup_fd int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : give(fd, gid, 0750);
}

/* Before it takes room of its own, it takes away what others left. */
static int make_top(struct work_tree *tree, const char *tmp)
{
	tree_sweep(tmp);
	return tree_make(tmp, TREE_WORK, &tree->path, &tree->lock);
}

static int make_below(const struct work_tree *tree, const char *name, char **path)
{
	char made[PATH_MAX];

	if (snprintf(made, sizeof(made), "%s/%s", tree->path, name) >= (int)sizeof(made))
		return -ENAMETOOLONG;
	*path = strdup(made);
	if (!*path)
		return -ENOMEM;
	return mkdir(made, 0700) < 0 ? -errno : 0;
}

static int make_dirs(struct work_tree *tree, const char *tmp, gid_t gid)
{
	int failed = make_top(tree, tmp);

	if (!failed)
		failed = make_below(tree, "files", &tree->files);
	if (!failed)
		failed = make_below(tree, "tmp", &tree->scratch);
	if (!failed)
		failed = give_dir(tree->path, gid);
	if (!failed)
		failed = give_dir(tree->files, gid);
	return failed;
}

static int write_object(int dirfd, const struct object *object, gid_t gid)
{
	cleanup_fd int fd = -1;
	char name[OBJECT_FILE_NAME];
	int failed;

	object_file_name(object->index, name);
	fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	failed = give(fd, gid, 0640);
	if (!failed)
		failed = fd_write_all(fd, object->content->bytes);
	return failed;
}

static int write_objects(const struct work_tree *tree, const struct objects *objects, gid_t gid)
{
	cleanup_fd int dirfd = open(tree->files, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dirfd < 0)
		return -errno;
	for (size_t i = 0; i < objects->count; i++) {
		const struct object *object = &objects->list[i];
		bool left_out = (object->flags & OBJECT_NEGATIVE) ||
				object->content->bytes.len == 0;
		int failed = left_out ? 0 : write_object(dirfd, object, gid);

		if (failed)
			return failed;
	}
	return 0;
}

int work_tree_make(struct work_tree *tree, const char *tmp, const struct objects *objects,
	const char *group, struct error *error)
{
	gid_t gid = NO_GROUP;
	int failed;

	*tree = (struct work_tree){0};
	failed = group ? find_group(group, &gid, error) : 0;
	if (!failed)
		failed = make_dirs(tree, tmp, gid);
	if (!failed && objects)
		failed = write_objects(tree, objects, gid);
	if (failed)
		error_set_errno(error, failed, "work tree in %s", tmp);
	return failed;
}

int work_tree_check_group(const struct work_tree *tree, const char *group, struct error *error)
{
	cleanup_free char *path = realpath(tree->files, NULL);
	gid_t gid = NO_GROUP;
	struct stat status;
	int failed = find_group(group, &gid, error);

	if (failed)
		return failed;
	if (!path)
		return error_set_errno(error, -errno, "%s", tree->files);
	/* Each directory above files/, from the root on. */
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (stat(path, &status) < 0)
			return error_set_errno(error, -errno, "%s", path);
		if (!(status.st_mode & (status.st_gid == gid ? S_IXGRP : S_IXOTH)))
			return error_set(error, 1,
				"group=%s: cannot pass %s: chgrp %s %s && chmod g+x %s", group,
				path, group, path, path);
		*slash = '/';
	}
	return 0;
}

void work_tree_release(struct work_tree *tree)
{
	if (tree->path && tree->path[0]) {
		/* Twice: what it wanted, a descriptor or some memory, may be there again. */
		if (remove_tree(tree->path) < 0)
			remove_tree(tree->path);
		close(tree->lock);
	}
	free(tree->path);
	free(tree->files);
	free(tree->scratch);
	*tree = (struct work_tree){0};
}
