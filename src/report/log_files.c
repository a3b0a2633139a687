/*
 * Finding the log files and reading what is new in them; see log_files.h.
 *
 * A rotation may happen while we look: after a pass that met a file not known before, there is
 * another one. In the second all is known, so it costs a stat(2) a file.
 */
#include "report/log_files.h"

#include "base/cleanup.h"
#include "record/number.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#define PASSES_MAX 8
#define ANYBODY	   ((uid_t)-1)

/* What has been read of a content, under whatever name it stands. */
struct content {
	uint64_t identity;
	struct log_position position;
};

/* How a file looked when it was read last. */
struct seen {
	dev_t device;
	ino_t inode;
	off_t size;
	struct timespec changed;
};

struct log_folder {
	char *path;
	struct content *contents;
	unsigned content_count;
	struct seen *seen;
	unsigned seen_count;
};

struct candidate {
	char *name;
	struct stat status;
};

struct candidates {
	struct candidate *list;
	unsigned count;
};

struct reading {
	struct log_files *files;
	struct log_folder *folder;
	const struct log_taker *taker;
	bool met_new; /* a content that was not known */
};

void log_files_release(struct log_files *files)
{
	for (unsigned i = 0; i < files->folder_count; i++) {
		free(files->folders[i].path);
		free(files->folders[i].contents);
		free(files->folders[i].seen);
	}
	free(files->folders);
	files->folders = NULL;
	files->folder_count = 0;
}

static void release_candidates(struct candidates *candidates)
{
	for (unsigned i = 0; i < candidates->count; i++)
		free(candidates->list[i].name);
	free(candidates->list);
}

/* Digits and what stands between those of a date; `text` holds one digit at least. */
static bool is_date_or_number(struct slice text)
{
	bool digit = false;

	for (size_t i = 0; i < text.len; i++) {
		if (ascii_digit(text.data[i]))
			digit = true;
		else if (!memchr("-._TZ", text.data[i], 5))
			return false;
	}
	return digit;
}

static const char *const suffixes[] = {
	[LOG_KIND_LOG] = ".log", [LOG_KIND_REP] = ".rep", [LOG_KIND_ERROR] = ".error"};

bool log_files_is(const char *name, enum log_kind kind)
{
	const char *suffix = suffixes[kind];
	struct slice rest = slice_cstr(name);

	if (slice_ends_nocase(rest, ".gz"))
		rest = slice_first(rest, rest.len - 3);
	else if (slice_ends_nocase(rest, ".zst"))
		rest = slice_first(rest, rest.len - 4);
	if (!slice_starts(rest, "qmvc"))
		return false;
	rest = slice_from(rest, strlen("qmvc"));
	if (slice_starts(rest, suffix)) {
		rest = slice_from(rest, strlen(suffix));
		return rest.len == 0 ||
		       ((rest.data[0] == '.' || rest.data[0] == '-') && is_date_or_number(rest));
	}
	if (!slice_starts(rest, "-") || !slice_ends_nocase(rest, suffix))
		return false;
	return is_date_or_number(slice_first(rest, rest.len - strlen(suffix)));
}

static enum log_kind kind_for(const struct log_taker *taker)
{
	return taker->record ? LOG_KIND_REP : LOG_KIND_LOG;
}

/* The element behind the last of an array that grows by one, zeroed; NULL without memory. */
static void *grow(void *list, unsigned *count, size_t size)
{
	void **array = list;
	char *grown = reallocarray(*array, *count + 1, size);

	if (!grown)
		return NULL;
	*array = grown;
	return memset(grown + (*count)++ * size, 0, size);
}

static int remember_failure(struct log_files *files, const char *folder, const char *name, int code)
{
	files->counts.failed++;
	if (code == LOG_SOURCE_DAMAGED)
		error_set(
			&files->failed, 0, "%s/%s: the compressed data are damaged", folder, name);
	else if (code == -EPROTO)
		error_set(&files->failed, 0,
			"%s/%s: nothing in it can be read, a newer qmvc may have written it",
			folder, name);
	else
		error_set_errno(&files->failed, code, "%s/%s", folder, name);
	return 0;
}

static int by_time(const void *a, const void *b)
{
	const struct candidate *one = a, *other = b;
	const struct timespec *t = &one->status.st_mtim, *u = &other->status.st_mtim;

	if (t->tv_sec != u->tv_sec)
		return t->tv_sec < u->tv_sec ? -1 : 1;
	if (t->tv_nsec != u->tv_nsec)
		return t->tv_nsec < u->tv_nsec ? -1 : 1;
	return strcmp(one->name, other->name);
}

/* Lists the log files of a directory, the oldest first. `owner`: whose they must be, or ANYBODY. */
static int list_logs(int fd, enum log_kind kind, uid_t owner, struct candidates *candidates)
{
	cleanup_dir DIR *dir = NULL;
	struct dirent *entry;
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	dir = copy < 0 ? NULL : fdopendir(copy);
	if (!dir)
		return -errno;
	rewinddir(dir);
	while ((entry = readdir(dir))) {
		struct candidate *one;
		struct stat status;

		if (!log_files_is(entry->d_name, kind) ||
			fstatat(fd, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) < 0 ||
			!S_ISREG(status.st_mode) || (owner != ANYBODY && status.st_uid != owner))
			continue;
		one = grow(&candidates->list, &candidates->count, sizeof(*one));
		if (!one)
			return -ENOMEM;
		one->status = status;
		one->name = strdup(entry->d_name);
		if (!one->name)
			return -ENOMEM;
	}
	if (candidates->count > 0)
		qsort(candidates->list, candidates->count, sizeof(*candidates->list), by_time);
	return 0;
}

static struct seen *find_seen(struct log_folder *folder, const struct stat *status)
{
	for (unsigned i = 0; i < folder->seen_count; i++)
		if (folder->seen[i].inode == status->st_ino &&
			folder->seen[i].device == status->st_dev)
			return &folder->seen[i];
	return NULL;
}

static bool is_unchanged(const struct seen *seen, const struct stat *status)
{
	return seen->size == status->st_size && seen->changed.tv_sec == status->st_mtim.tv_sec &&
	       seen->changed.tv_nsec == status->st_mtim.tv_nsec;
}

static int remember_seen(struct log_folder *folder, const struct stat *status)
{
	struct seen *seen = find_seen(folder, status);

	if (!seen)
		seen = grow(&folder->seen, &folder->seen_count, sizeof(*seen));
	if (!seen)
		return -ENOMEM;
	*seen = (struct seen){status->st_dev, status->st_ino, status->st_size, status->st_mtim};
	return 0;
}

static struct content *find_content(struct log_folder *folder, uint64_t identity)
{
	for (unsigned i = 0; i < folder->content_count; i++)
		if (folder->contents[i].identity == identity)
			return &folder->contents[i];
	return NULL;
}

/* Reads what is new in a content. -EPROTO: nothing there is ours. */
static int read_new(struct reading *reading, struct log_reader *reader, uint64_t identity)
{
	struct log_files *files = reading->files;
	struct content *content = find_content(reading->folder, identity);
	bool whole = !files->follow || !log_reader_is_plain(reader), is_new = !content;
	const struct log_counts before = files->counts;
	int result;

	if (content) {
		/* 1 or damaged: a compressed one that is not complete yet, of one that we have read */
		if (log_reader_skip(reader, &content->position))
			return 0;
	} else {
		content = grow(&reading->folder->contents, &reading->folder->content_count,
			sizeof(*content));
		if (!content)
			return -ENOMEM;
		content->identity = identity;
		reading->met_new = true;
		files->counts.files++;
	}
	result = log_reader_read(reader, whole, reading->taker, &files->counts, &content->position);
	/* A line that is cut is normal; a log of no others is none, and its silence no peace. */
	if (result == 0 && is_new && files->counts.lines > before.lines + 1 &&
		files->counts.lines - before.lines == files->counts.not_read - before.not_read)
		return -EPROTO;
	return result;
}

/* Returns 0, 1 when it is not called so any more, or a negative errno. */
static int open_reader(const struct reading *reading, int dir, const struct candidate *file,
	struct log_reader **reader)
{
	cleanup_fd int fd =
		openat(dir, file->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct log_folder *folder = reading->folder;
	struct stat status = file->status;
	cleanup_free char *path = NULL;

	if (fd < 0 && errno == ENOENT)
		return 1;
	/* What was opened, which a rotation may have made another file than the one that was listed. */
	if (fd < 0 || fstat(fd, &status) < 0) {
		int code = -errno;

		return remember_seen(folder, &file->status) ? -ENOMEM : code;
	}
	if (status.st_uid != file->status.st_uid || !S_ISREG(status.st_mode))
		return 1;
	if (remember_seen(folder, &status) ||
		asprintf(&path, "%s/%s", folder->path, file->name) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	return log_reader_new(take_fd(&fd), path, kind_for(reading->taker), reader);
}

static void free_reader(struct log_reader **reader)
{
	log_reader_free(*reader);
}

static int read_file(struct reading *reading, int dir, const struct candidate *file)
{
	cleanup_(free_reader) struct log_reader *reader = NULL;
	struct log_files *files = reading->files;
	const struct seen *seen = find_seen(reading->folder, &file->status);
	uint64_t identity;
	int result;

	if ((seen && is_unchanged(seen, &file->status)) || file->status.st_size == 0)
		return 0;
	/* A line is written after the time in it. One second: of file systems that count in them. */
	if (!seen && ((int64_t)file->status.st_mtim.tv_sec + 1) * 1000 < files->since_ms)
		return 0;
	result = open_reader(reading, dir, file, &reader);
	if (result > 0)
		reading->met_new = true; /* under another name then */
	if (result)
		return result < 0 ? result : 0;
	result = log_reader_identity(reader, &identity);
	if (result < 0 || (result > 0 && files->follow))
		return result < 0 ? result : 0;
	return read_new(reading, reader, identity);
}

/* Returns 0, what the taker returned, or -ENOMEM; a file that fails is remembered. */
static int read_folder(struct reading *reading, int dir, uid_t owner)
{
	cleanup_(release_candidates) struct candidates candidates = {0};
	int result = list_logs(dir, kind_for(reading->taker), owner, &candidates);

	for (unsigned i = 0; result == 0 && i < candidates.count; i++) {
		result = read_file(reading, dir, &candidates.list[i]);
		if (result < 0 && result != -ENOMEM)
			result = remember_failure(reading->files, reading->folder->path,
				candidates.list[i].name, result);
	}
	return result;
}

static struct log_folder *folder_called(struct log_files *files, const char *path)
{
	struct log_folder *folder;

	for (unsigned i = 0; i < files->folder_count; i++)
		if (strcmp(files->folders[i].path, path) == 0)
			return &files->folders[i];
	folder = grow(&files->folders, &files->folder_count, sizeof(*folder));
	if (!folder)
		return NULL;
	folder->path = strdup(path);
	if (!folder->path) {
		files->folder_count--;
		return NULL;
	}
	return folder;
}

/* Passes until all is known. `dir` is the folder `path`. */
static int read_log_folder(struct log_files *files, int dir, const char *path, uid_t owner,
	const struct log_taker *taker)
{
	struct reading reading = {files, folder_called(files, path), taker, true};
	int result = reading.folder ? 0 : -ENOMEM;

	for (unsigned pass = 0; result == 0 && reading.met_new && pass < PASSES_MAX; pass++) {
		reading.met_new = false;
		result = read_folder(&reading, dir, owner);
	}
	return result;
}

#define OPEN_DIR (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

/* users/UID/log, when it is that user's. Returns 0, what the taker returned, or -ENOMEM. */
static int read_user(
	struct log_files *files, int users, const char *name, const struct log_taker *taker)
{
	cleanup_fd int home = -1, log = -1;
	cleanup_free char *path = NULL;
	struct stat status;
	uint64_t uid;

	if (!number_read(slice_cstr(name), &uid))
		return 0;
	home = openat(users, name, OPEN_DIR | O_NOFOLLOW);
	if (home < 0 || fstat(home, &status) < 0 || status.st_uid != uid)
		return 0;
	log = openat(home, "log", OPEN_DIR | O_NOFOLLOW);
	if (log < 0)
		return 0;
	if (asprintf(&path, "%s/users/%s/log", files->base, name) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	return read_log_folder(files, log, path, (uid_t)uid, taker);
}

static int read_users(struct log_files *files, const struct log_taker *taker)
{
	cleanup_free char *path = NULL;
	cleanup_dir DIR *dir = NULL;
	struct dirent *entry;
	int result = 0;

	if (asprintf(&path, "%s/users", files->base) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	dir = opendir(path);
	if (!dir)
		return errno == ENOENT ? 0 : remember_failure(files, files->base, "users", -errno);
	while (result == 0 && (entry = readdir(dir)))
		result = read_user(files, dirfd(dir), entry->d_name, taker);
	return result;
}

static int read_all(struct log_files *files, const struct log_taker *taker, struct error *error)
{
	cleanup_free char *path = NULL;
	cleanup_fd int dir = -1;
	int result = 0;

	if (asprintf(&path, "%s/log", files->base) < 0) {
		path = NULL;
		return error_set_errno(error, -ENOMEM, "cannot read the logs");
	}
	dir = open(path, OPEN_DIR);
	if (dir >= 0)
		result = read_log_folder(files, dir, path, ANYBODY, taker);
	else if (errno != ENOENT || !files->users)
		return error_set_errno(error, -errno, "%s", path);
	if (result == 0 && files->users)
		result = read_users(files, taker);
	if (result == 0 && dir < 0 && files->folder_count == 0)
		return error_set_errno(error, -ENOENT, "%s", path);
	return result < 0 ? error_set_errno(error, result, "cannot read the logs") : result;
}

int log_files_read(struct log_files *files, log_take *take, void *context, struct error *error)
{
	struct log_taker taker = {.line = take, .context = context};

	return read_all(files, &taker, error);
}

int log_files_read_records(
	struct log_files *files, rep_take *take, void *context, struct error *error)
{
	struct log_taker taker = {.record = take, .context = context};

	return read_all(files, &taker, error);
}
