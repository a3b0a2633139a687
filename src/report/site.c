/* The folder of the pages; see site.h. */
#include "report/site.h"

#include "base/cleanup.h"
#include "base/fd.h"
#include "config.h"
#include "record/escape.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#define NAME_MAX_BYTES 64
#define FOLDER_MODE    0750
#define FILE_BITS      0666
#define OPEN_FOLDER    (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

static bool is_trusted(uid_t owner, uid_t base_owner)
{
	return owner == geteuid() || (geteuid() == 0 && owner == base_owner);
}

static int look_at_base(struct site *site, struct error *error)
{
	struct stat status;

	if (stat(site->base, &status) < 0)
		return error_set_errno(error, -errno, "%s", site->base);
	if (!S_ISDIR(status.st_mode))
		return error_set_errno(error, -ENOTDIR, "%s", site->base);
	site->owner = status.st_uid;
	site->group = status.st_gid;
	return 0;
}

/* BASE/html, which is no link, is made and given to whom BASE belongs. */
static int open_html(struct site *site, struct error *error)
{
	cleanup_fd int base = open(site->base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool made;

	if (asprintf(&site->made_folder, "%s/html", site->base) < 0) {
		site->made_folder = NULL;
		return error_set_errno(error, -ENOMEM, "%s/html", site->base);
	}
	site->folder = site->made_folder;
	if (base < 0)
		return error_set_errno(error, -errno, "%s", site->base);
	made = mkdirat(base, "html", FOLDER_MODE) == 0;
	if (!made && errno != EEXIST)
		return error_set_errno(error, -errno, "%s", site->folder);
	site->fd = openat(base, "html", OPEN_FOLDER);
	if (site->fd < 0)
		return error_set_errno(error, -errno, "%s", site->folder);
	if (made && geteuid() == 0 && fchown(site->fd, site->owner, site->group) < 0)
		return error_set_errno(error, -errno, "%s", site->folder);
	return 0;
}

static int look_at_folder(struct site *site, struct error *error)
{
	struct stat status;

	if (fstat(site->fd, &status) < 0)
		return error_set_errno(error, -errno, "%s", site->folder);
	if (!is_trusted(status.st_uid, site->owner))
		return error_set(error, -EPERM,
			"%s belongs to user %lu: it must be yours or that of %s", site->folder,
			(unsigned long)status.st_uid, site->base);
	site->mode = (status.st_mode & FILE_BITS) | 0600;
	return 0;
}

static int flock_wait(int fd)
{
	while (flock(fd, LOCK_EX) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

/* The folder itself; where that cannot be locked, as over NFS (flock(2)), a file in it. */
static int lock(struct site *site, struct error *error)
{
	int result = flock_wait(site->fd);

	if (result == -EBADF || result == -ENOLCK || result == -EOPNOTSUPP) {
		site->lock_fd =
			openat(site->fd, ".lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
		result = site->lock_fd < 0 ? -errno : flock_wait(site->lock_fd);
	}
	return result ? error_set_errno(error, result, "cannot lock %s", site->folder) : 0;
}

int site_open(struct site *site, const char *base, const char *folder, struct error *error)
{
	int result;

	*site = SITE_NONE;
	site->base = base;
	site->folder = folder;
	calendar_init(&site->calendar);
	result = look_at_base(site, error);
	if (result == 0 && folder) {
		site->fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (site->fd < 0)
			result = error_set_errno(error, -errno, "%s", folder);
	} else if (result == 0) {
		result = open_html(site, error);
	}
	if (result == 0)
		result = look_at_folder(site, error);
	return result ? result : lock(site, error);
}

void site_release(struct site *site)
{
	if (site->fd >= 0)
		close(site->fd);
	if (site->lock_fd >= 0)
		close(site->lock_fd);
	free(site->made_folder);
	*site = SITE_NONE;
}

bool site_name_is_fit(struct slice name)
{
	bool printable = true;

	if (name.len == 0 || name.len > NAME_MAX_BYTES || name.data[0] == '.')
		return false;
	for (size_t at = 0; at < name.len && printable; at += escape_look(name, at, &printable))
		if (name.data[at] == '/')
			return false;
	return printable;
}

/* --- names ----------------------------------------------------------------- */

static const struct {
	const char *word, *ending;
	size_t date; /* characters of it */
} forms[] = {
	[SITE_LOG] = {"log", ".html", 10},
	[SITE_VIRUS] = {"virus", ".html", 10},
	[SITE_MONTH] = {"month", ".html", 7},
	[SITE_YEAR] = {"year", ".html", 4},
	[SITE_INDEX] = {"index", ".html", 0},
	[SITE_LATEST] = {"latest", "", 0},
	[SITE_LINES] = {"log", "", 10},
	[SITE_VIRUS_LINES] = {"virus", "", 10},
};

const char *site_path(
	const struct site *site, enum site_page page, int64_t day, char path[SITE_PATH])
{
	char date[CALENDAR_DATE_SIZE] = "";
	size_t shown = day == SITE_NO_DAY ? 0 : forms[page].date;

	if (shown > 0)
		calendar_date_text(day, date);
	snprintf(path, SITE_PATH, "%.*s%s%s%s%.*s%s", SLICE_ARGS(site->name),
		site->name.len > 0 ? "-" : "", forms[page].word, shown > 0 ? "-" : "", (int)shown,
		date, forms[page].ending);
	return path;
}

struct slice site_scanner(const struct site *site, struct slice initial, char text[SITE_SCANNER])
{
	for (unsigned i = 0; site->scanners && i < site->scanners->count; i++) {
		const struct scanner_config *scanner = &site->scanners->scanners[i];

		if (!slice_eq_cstr(initial, scanner->initial) || !scanner->name ||
			strlen(scanner->name) > SITE_SCANNER / 2)
			continue;
		snprintf(text, SITE_SCANNER, "%s %s", scanner->initial, scanner->name);
		return slice_cstr(text);
	}
	return initial;
}

/* --- files ----------------------------------------------------------------- */

/* As readable as the pages: who may read may also enter. */
static mode_t folder_mode(const struct site *site)
{
	return site->mode | (site->mode & 0444) >> 2;
}

/*
 * The folder that `path` begins with, or the site's own; *rest is the name in it. Returns a
 * descriptor or a negative errno.
 */
static int open_folder(const struct site *site, const char *path, bool make, const char **rest)
{
	const char *slash = strchr(path, '/');
	char name[SITE_PATH];
	int fd;

	*rest = slash ? slash + 1 : path;
	if (!slash)
		return fcntl(site->fd, F_DUPFD_CLOEXEC, 0);
	snprintf(name, sizeof(name), "%.*s", (int)(slash - path), path);
	if (make && mkdirat(site->fd, name, 0700) == 0) {
		fd = openat(site->fd, name, OPEN_FOLDER);
		if (fd < 0 || fchmod(fd, folder_mode(site)) < 0 ||
			(geteuid() == 0 && fchown(fd, site->owner, site->group) < 0))
			return -errno;
		return fd;
	}
	fd = openat(site->fd, name, OPEN_FOLDER);
	return fd < 0 ? -errno : fd;
}

bool site_has(const struct site *site, const char *path)
{
	const char *name;
	struct stat status;
	cleanup_fd int fd = open_folder(site, path, false, &name);

	return fd >= 0 && fstatat(fd, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISREG(status.st_mode);
}

struct slice site_link(const struct site *site, const char *path)
{
	return site_has(site, path) ? slice_cstr(path) : SLICE_EMPTY;
}

int site_write(const struct site *site, const char *path, struct slice text, struct error *error)
{
	const char *name;
	const struct fd_rights rights = {site->mode, site->owner, site->group};
	cleanup_fd int folder = open_folder(site, path, true, &name);
	/* Not durable: what a crash of the host takes away, the next run writes again. */
	int result = folder < 0 ? folder : fd_replace(folder, name, text, &rights, false);

	return result ? error_set_errno(error, result, "%s/%s", site->folder, path) : 0;
}

static bool is_html(const char *name)
{
	return slice_ends_nocase(slice_cstr(name), ".html");
}

int site_sweep(const struct site *site, const char *path,
	bool (*keep)(void *context, const char *name), void *context, struct error *error)
{
	int fd = openat(site->fd, path, OPEN_FOLDER);
	cleanup_dir DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir) {
		int failed = errno;

		if (fd >= 0)
			close(fd);
		return failed == ENOENT
			       ? 0
			       : error_set_errno(error, -failed, "%s/%s", site->folder, path);
	}
	while ((entry = readdir(dir)) != NULL) {
		if (!is_html(entry->d_name) || keep(context, entry->d_name))
			continue;
		if (unlinkat(fd, entry->d_name, 0) < 0)
			return error_set_errno(
				error, -errno, "%s/%s/%s", site->folder, path, entry->d_name);
	}
	return 0;
}

/* --- modes ----------------------------------------------------------------- */

/* Behind a word there is a date of that length, with a '-' in front, or none. */
static struct slice skip_date(struct slice rest, size_t length)
{
	size_t at = 1;

	if (length == 0 || rest.len <= length || rest.data[0] != '-')
		return rest;
	while (at <= length && (ascii_digit(rest.data[at]) || rest.data[at] == '-'))
		at++;
	return at > length ? slice_from(rest, at) : rest;
}

/* Does site_path() make such a name? Others' files may lie between ours. */
static bool is_page_name(const struct site *site, struct slice name)
{
	size_t front = site->name.len > 0 ? site->name.len + 1 : 0;

	if (front > 0 && (!slice_eq(slice_first(name, front - 1), site->name) || name.len < front ||
				 name.data[front - 1] != '-'))
		return false;
	name = slice_from(name, front);
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct slice rest = slice_from(name, strlen(forms[i].word));

		if (slice_starts(name, forms[i].word) &&
			slice_eq_cstr(skip_date(rest, forms[i].date), forms[i].ending))
			return true;
	}
	return false;
}

/* Of one file in `folder`, if it is ours and has another mode. Returns 0 or a negative errno. */
static int set_mode(const struct site *site, int folder, const char *name)
{
	cleanup_fd int fd =
		openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat status;

	if (fd < 0 || fstat(fd, &status) < 0)
		return errno == EIO ? -errno : 0; /* a link, somebody else's, or gone */
	if (!S_ISREG(status.st_mode) || status.st_nlink > 1 ||
		!is_trusted(status.st_uid, site->owner) || (status.st_mode & 07777) == site->mode)
		return 0;
	return fchmod(fd, site->mode) < 0 ? -errno : 0;
}

/* Its pages first, so that a folder whose mode is right is done with. Takes `fd`. */
static int set_modes_in(const struct site *site, int fd)
{
	cleanup_dir DIR *dir = fdopendir(fd);
	struct dirent *entry;
	struct stat status;
	int result = 0;

	if (!dir || fstat(fd, &status) < 0) {
		result = -errno;
		if (!dir)
			close(fd);
		return result;
	}
	if (!is_trusted(status.st_uid, site->owner) ||
		(status.st_mode & 07777) == folder_mode(site))
		return 0;
	while (result == 0 && (entry = readdir(dir)))
		if (is_html(entry->d_name))
			result = set_mode(site, fd, entry->d_name);
	if (result == 0 && fchmod(fd, folder_mode(site)) < 0)
		result = -errno;
	return result;
}

int site_set_modes(const struct site *site, struct error *error)
{
	int fd = openat(site->fd, ".", OPEN_FOLDER);
	cleanup_dir DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir)
		return error_set_errno(error, -errno, "%s", site->folder);
	while ((entry = readdir(dir))) {
		struct stat status;
		int below = -1, result = 0;

		if (!is_page_name(site, slice_cstr(entry->d_name)) ||
			fstatat(fd, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (S_ISDIR(status.st_mode))
			below = openat(fd, entry->d_name, OPEN_FOLDER);
		if (below >= 0)
			result = set_modes_in(site, below);
		else if (S_ISREG(status.st_mode) && (status.st_mode & 07777) != site->mode)
			result = set_mode(site, fd, entry->d_name);
		if (result)
			return error_set_errno(error, result, "%s/%s", site->folder, entry->d_name);
	}
	return 0;
}

/* --- the frame ------------------------------------------------------------- */

void site_frame(const struct site *site, struct page *page)
{
	page->language = slice_cstr(language_code(site->language));
	page->name = site->name;
	page->skip = words(site->language, WORD_SKIP);
	page->ways = words(site->language, WORD_WAYS);
}

int site_page_end(struct site *site, struct html *html)
{
	cleanup_buf struct buf made = {0}, day = {0};
	time_t now = (time_t)(site->now_ms / 1000);
	char time[CALENDAR_TIME_SIZE], clock[40] = "";
	struct tm local;

	calendar_time_text(&site->calendar, site->now_ms, time);
	if (localtime_r(&now, &local))
		strftime(clock, sizeof(clock), "%H:%M %Z", &local);
	words_day(&day, site->language, calendar_look(&site->calendar, site->now_ms).day);
	buf_addf(&day, " %.4s", time);
	WORDS_FILL(&made, site->language, WORD_MADE, slice_cstr(QMVC_VERSION), buf_slice(&day),
		slice_cstr(clock));
	html->out->failed |= day.failed | made.failed;
	return page_end(html, buf_slice(&made));
}
