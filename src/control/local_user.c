/* Who gets the mail of a local part; see local_user.h. */
#include "control/local_user.h"

#include "base/cleanup.h"

#include <errno.h>
#include <pwd.h>
#include <sys/stat.h>

#define USER_LENGTH 31 /* qmail-getpw.c: GETPW_USERLEN, with its NUL */
#define ALIAS	    "alias"
#define ROOM_MAX    ((size_t)1 << 20)

/* The system's user `name`. Returns 0, 1 (there is none) or a negative errno. */
static int look_up(const char *name, struct arena *arena, struct local_user *user)
{
	cleanup_free char *room = NULL;
	struct passwd entry, *found = NULL;
	size_t size = 1024;
	int failed;

	do {
		size *= 2;
		free(room);
		room = malloc(size);
		if (!room)
			return -ENOMEM;
		failed = getpwnam_r(name, &entry, room, size, &found);
	} while (failed == ERANGE && size < ROOM_MAX);
	/* What "not found" looks like where a list of users is missing; getpwnam_r(3). */
	if (!found)
		return failed == 0 || failed == ENOENT || failed == ESRCH || failed == EPERM
			       ? 1
			       : -failed;
	*user = (struct local_user){.name = arena_cstr(arena, slice_cstr(entry.pw_name)),
		.home = arena_cstr(arena, slice_cstr(entry.pw_dir)),
		.uid = entry.pw_uid,
		.gid = entry.pw_gid};
	return user->name && user->home ? 0 : -ENOMEM;
}

static bool is_at_home(const struct local_user *user)
{
	struct stat status;

	return user->uid != 0 && stat(user->home, &status) == 0 && status.st_uid == user->uid;
}

static int look_up_beginning(struct slice local, struct arena *arena, struct local_user *user)
{
	char name[USER_LENGTH + 1];
	int result;

	if (local.len == 0 || local.len > USER_LENGTH)
		return 1;
	for (size_t i = 0; i < local.len; i++)
		name[i] = (char)ascii_lower(local.data[i]);
	name[local.len] = 0;
	result = look_up(name, arena, user);
	return result == 0 && !is_at_home(user) ? 1 : result;
}

int local_user_find(const struct users_assign *assign, struct slice local, struct arena *arena,
	struct local_user *user)
{
	const struct assigned *assigned = users_assign_find(assign, local);
	struct local_user found;
	int result = 1;

	if (assigned) {
		*user = (struct local_user){
			assigned->user, assigned->home, assigned->uid, assigned->gid};
		return 0;
	}
	for (size_t len = local.len + 1; result == 1 && len-- > 0;)
		if (len == local.len || local.data[len] == '-')
			result = look_up_beginning(slice_first(local, len), arena, &found);
	if (result == 1)
		result = look_up(ALIAS, arena, &found);
	if (result == 0)
		*user = found;
	return result;
}
