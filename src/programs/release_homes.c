/*
 * The homes; see release.h. Root becomes the owner of each home (seteuid(2)) before anything in it
 * is looked at: the kernel then refuses what is not the owner's, and profile_locate() finds what
 * qmvc finds.
 */
#include "programs/release.h"

#include "base/cleanup.h"
#include "control/envelope.h"
#include "record/number.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>

/*
 * As root again first, else it is not allowed. Root remains the saved user, which no program that is
 * started inherits; and the real one unless `whole`, for to whom that belongs may stop us.
 */
static int become(uid_t uid, gid_t gid, bool whole)
{
	if (geteuid() == uid && (!whole || getuid() == uid))
		return 0;
	if (geteuid() != 0 && seteuid(0) < 0)
		return -errno;
	if (setresuid(0, 0, 0) < 0 || setresgid(0, 0, 0) < 0)
		return -errno;
	if (uid == 0)
		return 0;
	if (setgroups(0, NULL) < 0 || setresgid(whole ? gid : (gid_t)-1, gid, 0) < 0 ||
		setresuid(whole ? uid : (uid_t)-1, uid, 0) < 0)
		return -errno;
	return 0;
}

int release_home_enter(const struct home *home, bool whole, struct error *error)
{
	int result = become(home->uid, home->gid, whole);

	return result ? error_set_errno(
				error, result, "cannot become uid %lu", (unsigned long)home->uid)
		      : 0;
}

static struct home *add_home(struct command *command, uid_t uid, gid_t gid)
{
	struct home *more =
		reallocarray(command->homes, command->home_count + 1, sizeof(*command->homes));

	if (!more)
		return NULL;
	command->homes = more;
	more += command->home_count++;
	*more = (struct home){.uid = uid, .gid = gid, .list = {.save = -1}};
	return more;
}

/*
 * HOME/users/UID, if it is a directory of that uid. What else stands there is nobody's home;
 * everybody may make something there.
 */
static int add_user(struct command *command, int users, const char *name, uid_t owner)
{
	struct stat status;
	unsigned uid;

	if (!number_read_unsigned(slice_cstr(name), &uid) || uid == owner)
		return 0;
	if (fstatat(users, name, &status, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISDIR(status.st_mode) ||
		status.st_uid != uid)
		return 0;
	return add_home(command, uid, status.st_gid) ? 0 : -ENOMEM;
}

static int add_users(struct command *command, const char *home, uid_t owner, struct error *error)
{
	const char *path = arena_printf(&command->arena, "%s/users", home);
	int result, fd = path ? open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
	cleanup_dir DIR *users = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!path)
		return error_set_errno(error, -ENOMEM, "%s", home);
	if (!users) {
		result = errno == ENOENT ? 0 : error_set_errno(error, -errno, "%s", path);
		if (fd >= 0)
			close(fd);
		return result;
	}
	for (result = 0; result == 0 && (entry = readdir(users));)
		result = add_user(command, fd, entry->d_name, owner);
	return result ? error_set_errno(error, result, "%s", path) : 0;
}

static int find_homes(struct command *command, struct error *error)
{
	struct profile profile;
	struct stat status;
	int result = profile_locate(
		&command->arena, &command->options, envelope_home(), &profile, error);

	if (result)
		return result;
	if (command->options.user || getuid() != 0 || geteuid() != 0)
		return add_home(command, geteuid(), getegid())
			       ? 0
			       : error_set_errno(error, -ENOMEM, "%s", profile.home);
	if (stat(profile.home, &status) < 0)
		return error_set_errno(error, -errno, "%s", profile.home);
	if (!add_home(command, status.st_uid, status.st_gid))
		return error_set_errno(error, -ENOMEM, "%s", profile.home);
	return add_users(command, profile.home, status.st_uid, error);
}

static int read_home(struct command *command, struct home *home, struct error *error)
{
	int result = release_home_enter(home, false, error);

	if (result == 0)
		result = profile_locate(
			&command->arena, &command->options, envelope_home(), &home->profile, error);
	if (result == 0)
		result = kept_list_read(home->profile.save, &command->arena, &home->list, error);
	return result;
}

static int by_age(const void *one, const void *other)
{
	const struct lying *a = one, *b = other;

	return strcmp(a->kept->id, b->kept->id);
}

static int merge(struct command *command, struct error *error)
{
	size_t count = 0;

	for (size_t i = 0; i < command->home_count; i++)
		count += command->homes[i].list.count;
	command->mails = arena_array(&command->arena, count + 1, sizeof(*command->mails));
	command->kept = arena_array(&command->arena, count + 1, sizeof(*command->kept));
	if (!command->mails || !command->kept)
		return error_set_errno(error, -ENOMEM, "cannot list");
	for (size_t i = 0; i < command->home_count; i++)
		for (size_t j = 0; j < command->homes[i].list.count; j++)
			command->mails[command->mail_count++] = (struct lying){
				&command->homes[i], &command->homes[i].list.items[j]};
	qsort(command->mails, count, sizeof(*command->mails), by_age);
	for (size_t i = 0; i < count; i++)
		command->kept[i] = command->mails[i].kept;
	return 0;
}

int release_homes_read(struct command *command, struct error *error)
{
	int result = find_homes(command, error);

	if (result)
		return result;
	for (size_t i = 0; i < command->home_count; i++) {
		struct error why = {0};

		result = read_home(command, &command->homes[i], &why);
		if (result && command->home_count == 1)
			return error_set(error, result, "%s", why.text);
		if (result)
			release_complain(command, NULL, result, &why);
	}
	return merge(command, error);
}

void release_homes_end(struct command *command)
{
	uid_t real, effective, saved;

	if (getresuid(&real, &effective, &saved) == 0)
		(void)become(saved, getgid(), true);
	for (size_t i = 0; i < command->home_count; i++)
		kept_list_release(&command->homes[i].list);
	free(command->homes);
	arena_release(&command->arena);
}
