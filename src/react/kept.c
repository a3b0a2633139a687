/*
 * Kept mail, read back; see kept.h. What cannot be read is not passed over: a mail that nobody sees
 * is a mail lost.
 */
#include "react/kept.h"

#include "base/cleanup.h"
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#define ID_DIGITS     (KEPT_ID_SIZE - 1)
#define TIME_DIGITS   9
#define SUFFIX_DIGITS 8 /* behind a dot, where keep_mail() found the name taken */

/* A record has a line or two for each finding: this is beyond any. */
#define RESULT_MAX   ((size_t)16 << 20)
#define RELEASED_MAX ((size_t)64 << 10)

static bool is_id_digit(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'v');
}

/* Do the first `len` bytes of `name` end in an id, at their start or behind a dot? */
static bool ends_in_id(const char *name, size_t len)
{
	if (len < ID_DIGITS || (len > ID_DIGITS && name[len - ID_DIGITS - 1] != '.'))
		return false;
	for (size_t i = len - ID_DIGITS; i < len; i++)
		if (!is_id_digit(name[i]))
			return false;
	return true;
}

bool kept_id(const char *name, char id[KEPT_ID_SIZE])
{
	size_t len = strlen(name);

	if (name[0] == '.')
		return false;
	if (!ends_in_id(name, len)) {
		if (len < SUFFIX_DIGITS + 1 || name[len - SUFFIX_DIGITS - 1] != '.' ||
			strspn(name + len - SUFFIX_DIGITS, "0123456789abcdef") != SUFFIX_DIGITS)
			return false;
		len -= SUFFIX_DIGITS + 1;
		if (!ends_in_id(name, len))
			return false;
	}
	memcpy(id, name + len - ID_DIGITS, ID_DIGITS);
	id[ID_DIGITS] = 0;
	return true;
}

int64_t kept_id_time(const char *id)
{
	uint64_t time = 0;

	for (int i = 0; i < TIME_DIGITS; i++)
		time = time << 5 | (uint64_t)(id[i] <= '9' ? id[i] - '0' : id[i] - 'a' + 10);
	return (int64_t)time;
}

struct slice kept_field(const struct kept *kept, const char *name)
{
	for (size_t i = 0; i < kept->record.count; i++)
		if (strcmp(kept->record.fields[i].name, name) == 0)
			return kept->record.fields[i].value;
	return SLICE_EMPTY;
}

/* --- opening --------------------------------------------------------------- */

/* Not waiting for a fifo's other end, and a regular file of ours. */
static int open_file(int dir, const char *name)
{
	cleanup_fd int fd =
		openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat status;

	if (fd < 0 || fstat(fd, &status) < 0)
		return -errno;
	if (!S_ISREG(status.st_mode))
		return -EINVAL;
	return status.st_uid == geteuid() ? take_fd(&fd) : -EPERM;
}

int kept_open_message(int dir)
{
	return open_file(dir, "message");
}

int kept_open(const struct kept_list *list, const struct kept *kept)
{
	cleanup_fd int dir =
		openat(list->save, kept->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat status;

	if (dir < 0 || fstat(dir, &status) < 0)
		return -errno;
	return status.st_uid == geteuid() ? take_fd(&dir) : -EPERM;
}

/* SAVE, or -1 where there is none. */
static int open_save(const char *save, int *opened, struct error *error)
{
	cleanup_fd int fd = open(save, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat status;

	*opened = -1;
	if (fd < 0)
		return errno == ENOENT ? 0 : error_set_errno(error, -errno, "%s", save);
	if (fstat(fd, &status) < 0)
		return error_set_errno(error, -errno, "%s", save);
	if (status.st_uid != geteuid() || (status.st_mode & (S_IWGRP | S_IWOTH)))
		return error_set(error, -EPERM,
			"%s: belongs to another uid, or others may write to it", save);
	*opened = take_fd(&fd);
	return 0;
}

/* --- one entry --------------------------------------------------------------- */

/* The file whole, in the arena. Returns 0 or a negative errno. */
static int read_file(
	int dir, const char *name, size_t limit, struct arena *arena, struct slice *text)
{
	cleanup_buf struct buf buf = {0};
	cleanup_fd int fd = open_file(dir, name);
	int result = fd < 0 ? fd : fd_read_all(fd, limit, &buf);

	if (result)
		return result;
	*text = arena_copy(arena, buf_slice(&buf));
	return text->data ? 0 : -ENOMEM;
}

static void add_size(int dir, const char *name, struct kept *kept)
{
	struct stat status;

	if (fstatat(dir, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(status.st_mode))
		kept->bytes += (uint64_t)status.st_size;
}

/* *what is the file that a negative result is about. */
static int read_files(int dir, struct arena *arena, struct kept *kept, const char **what)
{
	cleanup_fd int message = -1;
	struct slice text;
	int result;

	*what = "result";
	result = read_file(dir, *what, RESULT_MAX, arena, &text);
	if (result == 0)
		result = rep_record_parse(&text, arena, &kept->record);
	if (result > 0)
		result = -EINVAL;
	if (result)
		return result;
	*what = "message";
	message = kept_open_message(dir);
	if (message < 0)
		return message;
	*what = "released";
	result = read_file(dir, *what, RELEASED_MAX, arena, &kept->released);
	return result == -ENOENT ? 0 : result;
}

/* Returns 0, also when it cannot be read, or -ENOMEM. */
static int read_entry(const struct kept_list *list, struct arena *arena, struct kept *kept)
{
	cleanup_fd int dir = kept_open(list, kept);
	const char *what = "its directory";
	int result = dir;

	if (dir >= 0) {
		add_size(dir, "message", kept);
		add_size(dir, "result", kept);
		result = read_files(dir, arena, kept, &what);
	}
	if (result < 0)
		kept->wrong = arena_printf(arena, "%s: %s", what,
			result == -EINVAL   ? "damaged"
			: result == -ENOENT ? "missing"
					    : strerror(-result));
	return result == -ENOMEM || (result < 0 && !kept->wrong) ? -ENOMEM : 0;
}

/* --- all of them ------------------------------------------------------------- */

struct growing {
	struct kept *items;
	size_t count, cap;
};

static int add_entry(
	struct growing *growing, struct arena *arena, const char *save, const char *name)
{
	struct kept kept = {0};

	if (!kept_id(name, kept.id))
		return 0;
	kept.time_ms = kept_id_time(kept.id);
	kept.path = arena_printf(arena, "%s/%s", save, name);
	if (!kept.path)
		return -ENOMEM;
	kept.name = kept.path + strlen(save) + 1;
	if (growing->count == growing->cap) {
		size_t cap = growing->cap ? growing->cap * 2 : 64;
		struct kept *more = reallocarray(growing->items, cap, sizeof(*more));

		if (!more)
			return -ENOMEM;
		growing->items = more;
		growing->cap = cap;
	}
	growing->items[growing->count++] = kept;
	return 0;
}

static int by_age(const void *one, const void *other)
{
	const struct kept *a = one, *b = other;
	int order = strcmp(a->id, b->id);

	return order ? order : strcmp(a->name, b->name);
}

/* The names first: reading an entry must not change what readdir(3) is at. */
static int read_names(const char *save, int fd, struct arena *arena, struct growing *growing)
{
	int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_dir DIR *dir = again < 0 ? NULL : fdopendir(again);
	struct dirent *entry;
	int result = 0;

	if (!dir) {
		result = -errno;
		if (again >= 0)
			close(again);
		return result;
	}
	for (errno = 0; result == 0 && (entry = readdir(dir)); errno = 0)
		result = add_entry(growing, arena, save, entry->d_name);
	return result ? result : -errno;
}

int kept_list_read(
	const char *save, struct arena *arena, struct kept_list *list, struct error *error)
{
	struct growing growing = {0};
	int result;

	*list = (struct kept_list){.save = -1};
	result = open_save(save, &list->save, error);
	if (result || list->save < 0)
		return result;
	result = read_names(save, list->save, arena, &growing);
	list->items = growing.items;
	list->count = growing.count;
	if (list->count > 0)
		qsort(list->items, list->count, sizeof(*list->items), by_age);
	for (size_t i = 0; result == 0 && i < list->count; i++)
		result = read_entry(list, arena, &list->items[i]);
	return result ? error_set_errno(error, result, "%s", save) : 0;
}

void kept_list_release(struct kept_list *list)
{
	free(list->items);
	if (list->save >= 0)
		close(list->save);
	*list = (struct kept_list){.save = -1};
}

long kept_find(const struct kept *const *items, size_t count, const char *word)
{
	size_t len = strlen(word);
	long found = -ENOENT;

	for (size_t i = 0; i < count; i++)
		if (strcmp(items[i]->path, word) == 0)
			return (long)i;
	for (size_t i = 0; i < count; i++)
		if (strcmp(items[i]->name, word) == 0)
			found = found == -ENOENT ? (long)i : -EEXIST;
	for (size_t i = 0; found == -ENOENT && len > 0 && i < count; i++) {
		if (strncmp(items[i]->id, word, len) != 0)
			continue;
		found = (long)i;
		for (size_t j = i + 1; j < count; j++)
			if (strncmp(items[j]->id, word, len) == 0)
				return -EEXIST;
	}
	return found;
}
