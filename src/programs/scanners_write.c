/*
 * Writing the control file. Mail is delivered meanwhile, and a mail that finds half a file, or one
 * that it may not read, waits: so the new one is made whole beside the old one, with its owner and
 * mode, and takes its place by one rename(2). The old one keeps a name of its own.
 */
#include "programs/scanners_write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/fd.h"

#define BACKUPS_MAX	 10000
#define CONTROL_FILE_MAX ((size_t)4 << 20)

/* ~/qmvc/control may not be there yet; BASEDIR/control and the home are made by hand. */
static int make_control(const struct profile *profile, struct arena *arena, const char **control,
	struct error *error)
{
	int result = 0;

	*control = arena_printf(arena, "%s/control", profile->dirs[0]);
	if (!*control)
		return error_set_errno(error, -ENOMEM, "%s", profile->dirs[0]);
	if (profile->dirs[0] == profile->state) {
		result = fd_make_dir(profile->state, 0700);
		if (!result)
			result = fd_make_dir(*control, 0700);
	}
	return result ? error_set_errno(error, result, "%s", *control) : 0;
}

/* Copies `bytes` to a new file, whole or not at all. Returns 0 or a negative errno. */
static int copy(struct slice bytes, mode_t mode, const char *name)
{
	cleanup_fd int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int result;

	if (fd < 0)
		return -errno;
	result = fd_write_all(fd, bytes);
	if (!result && fchmod(fd, mode) < 0)
		result = -errno;
	if (!result)
		result = fd_sync(fd);
	if (result)
		unlink(name);
	return result;
}

/*
 * Keeps the old file as PATH.old.N, the first name that nobody has yet. A copy: a second name for a
 * file of somebody else's is not given to everybody (proc(5), protected_hardlinks). Returns 0 and
 * *kept, -ENOENT when there is no old one, or another negative errno.
 */
static int keep(struct arena *arena, const char *path, const char **kept)
{
	cleanup_buf struct buf old = {0};
	struct stat status;
	int result = fd_read_file(AT_FDCWD, path, CONTROL_FILE_MAX, &old);

	if (result)
		return result;
	if (stat(path, &status) < 0)
		return -errno;
	for (unsigned n = 1; n <= BACKUPS_MAX; n++) {
		const char *name = arena_printf(arena, "%s.old.%u", path, n);

		if (!name)
			return -ENOMEM;
		result = copy(buf_slice(&old), status.st_mode & 0755, name);
		if (result == 0)
			*kept = name;
		if (result != -EEXIST)
			return result;
	}
	return -EEXIST;
}

/* Whoever could read the old one, or has the directory, can read the new one; nobody else writes. */
static int dress(int fd, const char *path, const char *directory)
{
	struct stat like;
	mode_t mode = 0644;

	if (stat(path, &like) == 0)
		mode = like.st_mode & 0755;
	else if (errno != ENOENT || stat(directory, &like) < 0)
		return -errno;
	if (geteuid() == 0 && fchown(fd, like.st_uid, like.st_gid) < 0)
		return -errno;
	return fchmod(fd, mode) < 0 ? -errno : 0;
}

/* Makes the new file in `directory` and renames it. Returns 0 or a negative errno. */
static int replace(const char *path, const char *directory, struct slice text, struct arena *arena,
	const char **kept)
{
	char *temporary = arena_printf(arena, "%s/.scanners.XXXXXX", directory);
	cleanup_fd int fd = temporary ? mkostemp(temporary, O_CLOEXEC) : -1;
	int result;

	if (!temporary)
		return -ENOMEM;
	if (fd < 0)
		return -errno;
	result = fd_write_all(fd, text);
	if (!result)
		result = dress(fd, path, directory);
	if (!result)
		result = fd_sync(fd);
	if (!result)
		result = keep(arena, path, kept);
	if (result == -ENOENT)
		result = 0; /* there is none yet */
	if (!result && rename(temporary, path) < 0)
		result = -errno;
	if (result)
		unlink(temporary);
	if (result && *kept)
		unlink(*kept);
	return result ? result : fd_sync_dir(directory);
}

int scanners_replace(struct arena *arena, struct slice text, const char **path, const char **kept,
	struct error *error)
{
	cleanup_free char *target = realpath(*path, NULL);
	char *directory;
	int result;

	/* Where the file is a link to one kept elsewhere, that one is replaced. */
	if (target)
		*path = arena_cstr(arena, slice_cstr(target));
	else if (errno != ENOENT)
		return error_set_errno(error, -errno, "%s", *path);
	directory = *path ? arena_cstr(arena, slice_cstr(*path)) : NULL;
	if (!directory)
		return error_set_errno(error, -ENOMEM, "cannot write the file scanners");
	*strrchr(directory, '/') = '\0';
	*kept = NULL;
	result = replace(*path, *directory ? directory : "/", text, arena, kept);
	return result ? error_set_errno(error, result, "cannot write %s", *path) : 0;
}

int scanners_write(const struct profile *profile, struct arena *arena, struct slice text,
	const char **path, const char **kept, struct error *error)
{
	const char *directory;
	int result = make_control(profile, arena, &directory, error);

	if (result)
		return result;
	*path = arena_printf(arena, "%s/scanners", directory);
	if (!*path)
		return error_set_errno(error, -ENOMEM, "%s", directory);
	return scanners_replace(arena, text, path, kept, error);
}
