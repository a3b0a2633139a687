/*
 * Makes the state directories; see profile.h. They hold other people's mail and the log that says
 * what was done with it, so before they are used each must be ours and nobody else's to write. A
 * directory below users/ may be no symbolic link: everybody can put one there.
 */
#include "control/profile.h"

#include "base/error.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define USERS_MODE 01733

/* `link_allowed`: it may be a link to where it is. Returns 0 or a negative errno. */
static int look(const char *path, bool link_allowed, struct stat *status)
{
	return (link_allowed ? stat(path, status) : lstat(path, status)) < 0 ? -errno : 0;
}

/* Made when it is missing, which it is once. Who makes it meanwhile is looked at like anybody. */
static int look_or_make(const char *path, bool link_allowed, struct stat *status)
{
	int failed = look(path, link_allowed, status);

	if (failed != -ENOENT)
		return failed;
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return -errno;
	return look(path, link_allowed, status);
}

/* Is it there, ours, and written by nobody else? */
static int make_ours(const char *path, bool link_allowed, uid_t us, struct error *error)
{
	struct stat status;
	int failed = look_or_make(path, link_allowed, &status);

	if (!failed && !S_ISDIR(status.st_mode))
		failed = -ENOTDIR;
	if (failed)
		return error_set_errno(error, failed, "state directory %s", path);
	if (status.st_uid != us)
		return error_set(error, -EPERM,
			"state directory %s: belongs to uid %lu, and this is uid %lu", path,
			(unsigned long)status.st_uid, (unsigned long)us);
	if (status.st_mode & (S_IWGRP | S_IWOTH))
		return error_set(error, -EPERM,
			"state directory %s: others may write to it (mode %04o)", path,
			(unsigned)status.st_mode & 07777);
	return 0;
}

/*
 * HOME/users, where each uid makes its own directory: root's, and sticky, so that nobody takes away
 * another's. Made here only by root: anybody else would own it.
 */
static int make_users(const char *home, struct error *error)
{
	struct stat status;
	char path[4096];

	if (snprintf(path, sizeof(path), "%s/users", home) >= (int)sizeof(path))
		return error_set_errno(error, -ENAMETOOLONG, "state directory below %s", home);
	if (geteuid() == 0 && mkdir(path, USERS_MODE) == 0 && chmod(path, USERS_MODE) < 0)
		return error_set_errno(error, -errno, "state directory %s", path);
	if (lstat(path, &status) < 0)
		return error_set_errno(error, -errno,
			"state directory %s (root makes it: install -d -o root -m %o %s)", path,
			USERS_MODE, path);
	if (!S_ISDIR(status.st_mode))
		return error_set_errno(error, -ENOTDIR, "state directory %s", path);
	if (status.st_uid != 0 ||
		((status.st_mode & (S_IWGRP | S_IWOTH)) && !(status.st_mode & S_ISVTX)))
		return error_set(error, -EPERM,
			"state directory %s: must belong to root and have mode %o", path,
			USERS_MODE);
	return 0;
}

static bool is_below_users(const struct profile *profile)
{
	struct slice state = slice_cstr(profile->state);

	return slice_starts(state, profile->home) &&
	       slice_starts(slice_from(state, strlen(profile->home)), "/users/");
}

int profile_make_state(const struct profile *profile, struct error *error)
{
	const char *const dirs[] = {profile->tmp, profile->log, profile->save, profile->run};
	bool shared = is_below_users(profile);
	uid_t us = geteuid();
	int failed = shared ? make_users(profile->home, error) : 0;

	if (!failed)
		failed = make_ours(profile->state, !shared, us, error);
	for (size_t i = 0; !failed && i < sizeof(dirs) / sizeof(dirs[0]); i++)
		failed = make_ours(dirs[i], true, us, error);
	return failed;
}
