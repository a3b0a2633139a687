/*
 * Removing the pages of days; see old_pages.h. In an order that a crash cannot spoil: first the link to
 * what goes, then each page, then the mails behind it. What is left the next run finds by its name.
 */
#include "report/old_pages.h"

#include "base/cleanup.h"
#include "base/fd.h"
#include "record/number.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define PAGE_BYTES (4 << 20) /* no page of ours comes near */

/* What a day has pages of. */
static const struct {
	enum site_page page, folder;
} kinds[] = {{SITE_LOG, SITE_LINES}, {SITE_VIRUS, SITE_VIRUS_LINES}};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

struct removing {
	const struct site *site;
	int64_t before;
	unsigned *removed;
	struct error *error;
	int result; /* the first failure */
};

static void complain(struct removing *removing, int code, const char *path)
{
	if (removing->result == 0)
		removing->result = code;
	error_set_errno(removing->error, code, "%s/%s", removing->site->folder, path);
}

/* Of the user whose pages these are, and no link? */
static bool is_ours(const struct site *site, const struct stat *status, mode_t type)
{
	return (status->st_mode & S_IFMT) == type &&
	       (status->st_uid == site->owner || status->st_uid == geteuid());
}

/* --- the way to what goes -------------------------------------------------- */

static int read_page(const struct site *site, const char *path, struct buf *page)
{
	cleanup_fd int fd = openat(site->fd, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat status;

	if (fd < 0 || fstat(fd, &status) < 0)
		return -errno;
	return is_ours(site, &status, S_IFREG) ? fd_read_all(fd, PAGE_BYTES, page) : -EPERM;
}

/* Of the first day that stays: what led to the day before it is a word then. */
static void cut_way(struct removing *removing, enum site_page kind)
{
	const struct site *site = removing->site;
	cleanup_buf struct buf page = {0}, cut = {0};
	char path[SITE_PATH], gone[SITE_PATH];
	int result;

	site_path(site, kind, removing->before, path);
	site_path(site, kind, removing->before - 1, gone);
	result = read_page(site, path, &page);
	if (result == 0 && page_cut_previous(&cut, buf_slice(&page), slice_cstr(gone)))
		result = cut.failed ? -ENOMEM
				    : site_write(site, path, buf_slice(&cut), removing->error);
	if (result && result != -ENOENT)
		complain(removing, result, path);
}

/* --- removing -------------------------------------------------------------- */

/* Read by making it again, so that only what site_path() makes is ours. */
static bool read_name(const struct site *site, const char *name, int64_t *day)
{
	char path[SITE_PATH], time[32];
	int64_t wall_ms;

	for (size_t kind = 0; kind < KINDS; kind++) {
		size_t at = strlen(site_path(site, kinds[kind].folder, SITE_NO_DAY, path)) + 1;
		struct slice date =
			slice_first(slice_from(slice_cstr(name), at), CALENDAR_DATE_SIZE - 1);

		snprintf(time, sizeof(time), "%.*sT00:00:00.000Z", SLICE_ARGS(date));
		if (!number_read_time(slice_cstr(time), &wall_ms))
			continue;
		*day = wall_ms / ((int64_t)24 * 3600 * 1000);
		if (strcmp(site_path(site, kinds[kind].folder, *day, path), name) == 0 ||
			strcmp(site_path(site, kinds[kind].page, *day, path), name) == 0)
			return true;
	}
	return false;
}

static bool keep_none(void *context, const char *name)
{
	(void)context;
	(void)name;
	return false;
}

/* It stays while something is in it that is no page. */
static void remove_folder(struct removing *removing, const char *name)
{
	int result = site_sweep(removing->site, name, keep_none, NULL, removing->error);

	if (result && removing->result == 0)
		removing->result = result;
	if (result == 0 && unlinkat(removing->site->fd, name, AT_REMOVEDIR) < 0 &&
		errno != ENOTEMPTY && errno != EEXIST)
		complain(removing, -errno, name);
}

static void remove_one(struct removing *removing, const char *name)
{
	const struct site *site = removing->site;
	struct stat status;
	int64_t day;

	if (!read_name(site, name, &day) || day >= removing->before ||
		fstatat(site->fd, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	if (is_ours(site, &status, S_IFDIR))
		remove_folder(removing, name);
	else if (!is_ours(site, &status, S_IFREG))
		return;
	else if (unlinkat(site->fd, name, 0) < 0)
		complain(removing, -errno, name);
	else
		(*removing->removed)++;
}

int old_pages_remove(
	const struct site *site, int64_t before, unsigned *removed, struct error *error)
{
	struct removing removing = {
		.site = site, .before = before, .removed = removed, .error = error};
	struct dirent **list = NULL;
	int count;

	for (size_t kind = 0; kind < KINDS; kind++)
		cut_way(&removing, kinds[kind].page);
	count = scandirat(site->fd, ".", &list, NULL, alphasort);
	if (count < 0)
		complain(&removing, -errno, ".");
	/* From behind, where a page comes before the folder that it leads to. */
	for (int i = count; i-- > 0;) {
		remove_one(&removing, list[i]->d_name);
		free(list[i]);
	}
	free(list);
	return removing.result;
}
