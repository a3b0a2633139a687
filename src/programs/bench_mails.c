/* Maildirs, mboxes, directories and files as one list of mails; see bench_mails.h. */
#include "programs/bench_mails.h"

#include "base/cleanup.h"
#include "base/fd.h"
#include "programs/bench.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define ROOM_FIRST 256u
#define FROM	   "From "

void bench_mails_release(struct bench_mails *mails)
{
	free(mails->list);
	mails->list = NULL;
	arena_release(&mails->arena);
}

static int add(struct bench_mails *mails, const struct bench_message *message)
{
	unsigned room = mails->room ? mails->room * 2 : ROOM_FIRST;
	struct bench_message *grown;

	if (mails->count == BENCH_MAILS) {
		mails->left_out++;
		return 0;
	}
	if (mails->count == mails->room) {
		grown = reallocarray(mails->list, room, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		mails->list = grown;
		mails->room = room;
	}
	mails->list[mails->count++] = *message;
	return 0;
}

/* --- a file ---------------------------------------------------------------- */

/* Maps all of a regular file; an empty one is an empty slice. Returns 0 or a negative errno. */
static int map(int fd, struct slice *bytes)
{
	struct stat status;
	void *mapped;

	if (fstat(fd, &status) < 0)
		return -errno;
	if (!S_ISREG(status.st_mode))
		return -EINVAL;
	*bytes = SLICE_EMPTY;
	if (status.st_size == 0)
		return 0;
	mapped = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (mapped == MAP_FAILED)
		return -errno;
	*bytes = slice_make(mapped, (size_t)status.st_size);
	return 0;
}

static void unmap(struct slice *bytes)
{
	if (bytes->len > 0)
		munmap((void *)(uintptr_t)bytes->data, bytes->len);
}

/* Where the next "From " line begins, behind an empty line; the end when there is none. */
static size_t next_from(struct slice bytes, size_t from)
{
	static const struct slice mark = SLICE_LITERAL("\n\n" FROM);
	size_t at = slice_find(bytes, mark, from);

	return at < bytes.len ? at + 2 : at;
}

static int add_mbox(struct bench_mails *mails, const char *path, struct slice bytes)
{
	int result = 0;

	for (size_t at = 0; at < bytes.len && result == 0;) {
		size_t begin = slice_find_byte(bytes, '\n', at) + 1;
		size_t end = next_from(bytes, at);
		/* The empty line in front of the next one is not the mail's. */
		size_t last = end < bytes.len ? end - 1 : end;

		if (begin < last)
			result = add(
				mails, &(struct bench_message){path, begin, last - begin, true});
		at = end;
	}
	return result;
}

/* `dirfd` is of the directory in which `name` is; `path` is both, for good. */
static int add_file(struct bench_mails *mails, int dirfd, const char *name, const char *path,
	int flags, bool may_be_mbox)
{
	cleanup_fd int fd = openat(dirfd, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC | flags);
	cleanup_(unmap) struct slice bytes = SLICE_EMPTY;
	int result = fd < 0 ? -errno : map(fd, &bytes);

	if (result || bytes.len == 0)
		return result;
	if (may_be_mbox && slice_starts(bytes, FROM))
		return add_mbox(mails, path, bytes);
	return add(mails, &(struct bench_message){path, 0, bytes.len, false});
}

/* --- a directory ----------------------------------------------------------- */

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int add_entry(struct bench_mails *mails, int fd, const char *folder, const char *name)
{
	struct stat status;
	const char *path;

	if (fstatat(fd, name, &status, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(status.st_mode))
		return 0; /* it may have gone meanwhile, in a Maildir */
	path = arena_printf(&mails->arena, "%s/%s", folder, name);
	return path ? add_file(mails, fd, name, path, O_NOFOLLOW, false) : -ENOMEM;
}

static int add_folder(struct bench_mails *mails, const char *folder)
{
	cleanup_fd int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent **entries;
	int count, result = 0;

	if (fd < 0)
		return -errno;
	count = scandirat(fd, ".", &entries, is_visible, alphasort);
	if (count < 0)
		return -errno;
	for (int i = 0; i < count; i++) {
		if (result == 0)
			result = add_entry(mails, fd, folder, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return result;
}

static bool is_folder(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static int add_path(struct bench_mails *mails, const char *path)
{
	const char *cur = arena_printf(&mails->arena, "%s/cur", path);
	const char *new = arena_printf(&mails->arena, "%s/new", path);
	int result;

	if (!cur || !new)
		return -ENOMEM;
	if (!is_folder(path))
		return add_file(mails, AT_FDCWD, path, path, 0, true);
	if (!is_folder(cur) || !is_folder(new))
		return add_folder(mails, path);
	result = add_folder(mails, cur);
	return result ? result : add_folder(mails, new);
}

int bench_mails_add(struct bench_mails *mails, const char *path, struct error *error)
{
	unsigned before = mails->count;
	int result = add_path(mails, path);

	if (result)
		return error_set_errno(error, result, "%s", path);
	if (mails->count == before && mails->left_out == 0)
		return error_set(error, -ENOENT, "%s: there is no mail in it", path);
	return 0;
}

/* --- one of them ----------------------------------------------------------- */

/* Lines that mboxrd (mbox(5)) has quoted, as they were. */
static void write_unquoted(struct slice mail, FILE *out)
{
	while (mail.len > 0) {
		size_t end = slice_find_byte(mail, '\n', 0), marks = 0;
		struct slice line = slice_first(mail, end < mail.len ? end + 1 : end);

		while (marks < line.len && line.data[marks] == '>')
			marks++;
		if (marks > 0 && slice_starts(slice_from(line, marks), FROM))
			fwrite(line.data + 1, 1, line.len - 1, out);
		else
			fwrite(line.data, 1, line.len, out);
		mail = slice_from(mail, line.len);
	}
}

static int copy(struct slice mail, bool in_mbox, const char *tmp, uint64_t fresh)
{
	int fd = fd_unlinked(tmp), result = fd;
	cleanup_file FILE *out = NULL;

	if (fd < 0)
		return fd;
	out = fdopen(dup(fd), "w");
	if (!out) {
		result = -errno;
	} else {
		if (fresh > 0)
			bench_fresh(mail, fresh, out);
		else if (in_mbox)
			write_unquoted(mail, out);
		if (fflush(out) || ferror(out))
			result = -EIO;
		else if (lseek(fd, 0, SEEK_SET) < 0)
			result = -errno;
	}
	if (result < 0)
		close(fd);
	return result;
}

int bench_message_open(
	const struct bench_message *message, const char *tmp, uint64_t fresh, struct error *error)
{
	cleanup_fd int fd = open(message->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	cleanup_(unmap) struct slice bytes = SLICE_EMPTY;
	int result = fd < 0 ? -errno : map(fd, &bytes);

	if (result == 0 && bytes.len < message->offset + message->length)
		result = -ESTALE; /* it has become shorter */
	if (result == 0 && fresh == 0 && !message->in_mbox)
		return take_fd(&fd);
	if (result == 0)
		result = copy(slice_first(slice_from(bytes, message->offset), message->length),
			message->in_mbox, tmp, fresh);
	return result < 0 ? error_set_errno(error, result, "%s", message->path) : result;
}
