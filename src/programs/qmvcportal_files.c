/*
 * The files of the page over all accounts. The document root is full of what is not ours: a page is
 * known again by the mark in it, and a file that has none is never written over nor removed.
 */
#include "programs/qmvcportal.h"

#include "base/cleanup.h"
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define MARK	    "<section id=\"" PORTAL_NAME "\">" /* of the rows, which are on each page */
#define MARK_WITHIN ((size_t)64 << 10)		       /* behind style, ways and cards */

const char *portal_page_path(const struct site *site, size_t number, char path[PORTAL_PATH])
{
	char behind[24] = "";

	if (number > 0)
		snprintf(behind, sizeof(behind), "-%zu", number + 1);
	snprintf(path, PORTAL_PATH, "%.*s%s" PORTAL_NAME "%s.html", SLICE_ARGS(site->name),
		site->name.len > 0 ? "-" : "", behind);
	return path;
}

/* Returns 0 when there is no such file, 1 when it is ours, -EEXIST or another negative errno. */
static int look_at_file(const struct site *site, const char *path)
{
	cleanup_fd int fd =
		openat(site->fd, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	cleanup_buf struct buf text = {0};
	struct stat status;
	int result;

	if (fd < 0)
		return errno == ENOENT ? 0 : errno == ELOOP ? -EEXIST : -errno;
	if (fstat(fd, &status) < 0)
		return -errno;
	if (!S_ISREG(status.st_mode))
		return -EEXIST;
	result = fd_read_all(fd, MARK_WITHIN, &text);
	if (result && result != -EFBIG)
		return result;
	return slice_find(buf_slice(&text), slice_cstr(MARK), 0) < text.len ? 1 : -EEXIST;
}

static int write_page(
	struct portal *portal, const struct portal_rows *rows, size_t number, struct error *error)
{
	const struct site *site = &portal->reporting.site;
	cleanup_buf struct buf out = {0};
	char path[PORTAL_PATH];
	int result = look_at_file(site, portal_page_path(site, number, path));

	if (result == -EEXIST)
		return error_set(error, -EEXIST,
			"%s is there, and qmvcportal has not made it: move it away", path);
	if (result < 0)
		return error_set_errno(error, result, "%s", path);
	result = portal_page_make(portal, rows, number, &out);
	if (result)
		return error_set_errno(error, result, "cannot make %s", path);
	return site_write(site, path, buf_slice(&out), error);
}

/* Pages of a time when there were more accounts. */
static int remove_rest(const struct site *site, size_t count, struct error *error)
{
	char path[PORTAL_PATH];

	while (look_at_file(site, portal_page_path(site, count++, path)) > 0)
		if (unlinkat(site->fd, path, 0) < 0)
			return error_set_errno(error, -errno, "%s", path);
	return 0;
}

static int find_rows(struct portal *portal, struct portal_rows *rows)
{
	struct portal_row *items;
	size_t count = 0;

	*rows = (struct portal_rows){0};
	for (size_t i = 0; i < portal->count; i++) {
		count += portal->accounts[i].latest_count;
		rows->without += portal->accounts[i].state != PORTAL_SHOWN;
	}
	items = arena_array(&portal->reporting.arena, count + 1, sizeof(*items));
	if (!items)
		return -ENOMEM;
	for (size_t i = 0; i < portal->count; i++)
		for (unsigned j = 0; j < portal->accounts[i].latest_count; j++)
			items[rows->count++] = (struct portal_row){
				&portal->accounts[i], &portal->accounts[i].latest[j]};
	rows->items = items;
	rows->page_count = count == 0 ? 1 : (count + PORTAL_ROWS - 1) / PORTAL_ROWS;
	return 0;
}

int portal_pages_write(struct portal *portal, struct error *error)
{
	struct portal_rows rows;
	int result = find_rows(portal, &rows);

	if (result)
		return error_set_errno(error, result, "cannot make the page");
	for (size_t i = 0; result == 0 && i < rows.page_count; i++)
		result = write_page(portal, &rows, i, error);
	return result ? result : remove_rest(&portal->reporting.site, rows.page_count, error);
}
