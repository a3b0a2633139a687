/*
 * Saved mail; see keep.h. The directory is filled under a name that nobody looks at and gets its
 * real one by a rename that never replaces anything, so whoever sees a saved mail sees all of it.
 * Each step is on disk before the next: the files, their directory, the rename.
 */
#include "react/keep.h"

#include "base/cleanup.h"
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>

#define ATTEMPTS   16
#define CHUNK	   ((size_t)1 << 20)
#define NAME_LIMIT 64

/* What has to be taken away again when something fails. */
struct saving {
	int save;	  /* the directory SAVE */
	int dir;	  /* ours in it, or -1 */
	const char *name; /* its name, NULL while it is not made */
};

static void saving_release(struct saving *saving)
{
	if (saving->name) {
		if (saving->dir >= 0) {
			unlinkat(saving->dir, "message", 0);
			unlinkat(saving->dir, "result", 0);
		}
		unlinkat(saving->save, saving->name, AT_REMOVEDIR);
	}
	if (saving->dir >= 0)
		close(saving->dir);
	if (saving->save >= 0)
		close(saving->save);
}

char *keep_safe_name(struct arena *arena, struct slice sender)
{
	char *name = arena_cstr(arena, slice_first(sender, NAME_LIMIT));

	if (!name)
		return NULL;
	for (char *p = name; *p; p++) {
		unsigned char c = (unsigned char)*p, lower = ascii_lower(c);

		if (!(lower >= 'a' && lower <= 'z') && !ascii_digit(c) && !strchr("@._+=-", c))
			*p = '_';
	}
	/* A dot would hide it, a dash would be an option to rm(1). */
	if (name[0] == '.' || name[0] == '-')
		name[0] = '_';
	return name[0] ? name : arena_printf(arena, "_");
}

/* Ours are letters and digits; whatever else comes, it must be one name in the directory. */
static bool is_name(const char *id)
{
	return id && id[0] && id[0] != '.' && !strchr(id, '/') && strlen(id) <= NAME_LIMIT;
}

/* NAME, and from the second attempt on NAME.XXXXXXXX. NULL without memory (or random numbers). */
static const char *name_of_attempt(struct arena *arena, const char *name, int attempt)
{
	unsigned random;

	if (attempt == 0)
		return name;
	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		return NULL;
	return arena_printf(arena, "%s.%08x", name, random);
}

/* A mapped message goes out in pieces: no single write(2) may take more than 2 GB. */
static int write_file(int dir, const char *name, struct slice bytes)
{
	cleanup_fd int fd = openat(dir, name,
		O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return -errno;
	for (size_t at = 0; at < bytes.len; at += CHUNK) {
		int error = fd_write_all(fd, slice_first(slice_from(bytes, at), CHUNK));

		if (error)
			return error;
	}
	return fd_sync(fd);
}

/* Makes and opens the directory under its first name. */
static int make_hidden(const struct keep_request *request, struct arena *arena,
	struct saving *saving)
{
	const char *hidden = arena_printf(arena, ".new-%s", request->id);

	if (!hidden)
		return -ENOMEM;
	for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
		const char *name = name_of_attempt(arena, hidden, attempt);

		if (!name)
			return -ENOMEM;
		if (mkdirat(saving->save, name, 0700) == 0) {
			saving->name = name;
			saving->dir = openat(saving->save, name,
				O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
			return saving->dir < 0 ? -errno : 0;
		}
		if (errno != EEXIST)
			return -errno;
	}
	return -EEXIST;
}

/* rename(2) that fails with -EEXIST instead of replacing, also where the file system cannot. */
static int rename_new(int dir, const char *from, const char *to)
{
	struct stat status;

	if (renameat2(dir, from, dir, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -errno;
	/* A directory can only be replaced when it is empty, and ours never stand empty. */
	if (fstatat(dir, to, &status, AT_SYMLINK_NOFOLLOW) == 0)
		return -EEXIST;
	return renameat(dir, from, dir, to) == 0 ? 0 : -errno;
}

/* Gives it its real name. */
static int publish(const struct keep_request *request, struct arena *arena, struct saving *saving)
{
	const char *sender = keep_safe_name(arena, request->sender);
	const char *final = request->sender.len == 0
				    ? request->id
				    : arena_printf(arena, "%s.%s", sender, request->id);

	if (!sender || !final)
		return -ENOMEM;
	for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
		const char *name = name_of_attempt(arena, final, attempt);
		int error;

		if (!name)
			return -ENOMEM;
		error = rename_new(saving->save, saving->name, name);
		if (error == 0)
			saving->name = name;
		if (error != -EEXIST)
			return error;
	}
	return -EEXIST;
}

static int fill(const struct keep_request *request, struct saving *saving)
{
	int error = write_file(saving->dir, "message", request->message);

	if (error == 0)
		error = write_file(saving->dir, "result", request->result);
	return error ? error : fd_sync(saving->dir);
}

int keep_mail(const struct keep_request *request, struct arena *arena, const char **path,
	struct error *error)
{
	__attribute__((cleanup(saving_release))) struct saving saving = {-1, -1, NULL};
	const char *final;
	int result;

	if (!is_name(request->id))
		return error_set(error, -EINVAL, "%s: the id is no file name", request->save);
	result = fd_make_dir(request->save, 0700);
	if (result)
		return error_set_errno(error, result, "%s", request->save);
	saving.save = open(request->save, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (saving.save < 0)
		return error_set_errno(error, -errno, "%s", request->save);
	result = make_hidden(request, arena, &saving);
	if (result == 0)
		result = fill(request, &saving);
	if (result == 0)
		result = publish(request, arena, &saving);
	if (result == 0)
		result = fd_sync(saving.save);
	if (result)
		return error_set_errno(error, result, "%s/%s", request->save,
			saving.name ? saving.name : request->id);
	final = arena_printf(arena, "%s/%s", request->save, saving.name);
	if (!final)
		return error_set_errno(error, -ENOMEM, "%s/%s", request->save, saving.name);
	saving.name = NULL; /* it stays */
	*path = final;
	return 0;
}

void keep_undo(const char *path)
{
	cleanup_fd int dir = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (dir < 0)
		return;
	unlinkat(dir, "message", 0);
	unlinkat(dir, "result", 0);
	rmdir(path);
}
