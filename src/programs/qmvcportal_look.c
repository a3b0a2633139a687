/*
 * What an account publishes. Root looks into directories in which others do as they like: so each
 * step down is taken from a descriptor of the one above, follows no link, and is looked at behind it:
 * whose it is. Nothing is listed without end, and only `latest` is opened (report/latest.h).
 *
 * Root may read what is not meant for the public. He shows what everybody may read, and nothing else.
 */
#include "programs/qmvcportal.h"

#include "base/cleanup.h"
#include "record/escape.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

/* Names of reports in one directory, and files: 100 years of pages, and then some. */
#define NAMES_MAX 16
#define FILES_MAX 100000

struct look {
	struct portal *portal;
	struct portal_account *account;
	int fd;	     /* of the directory that we are in */
	mode_t mode; /* what is allowed in all of them so far */
};

/* What is there and is not shown is complained of: html/ itself, or `name` in it. */
static enum portal_state refuse(struct look *look, const char *name, int code)
{
	cleanup_buf struct buf text = {0};

	escape_add(&text, slice_cstr(look->account->html));
	buf_add_cstr(&text, name ? "/" : "");
	escape_add(&text, slice_cstr(name));
	if (code)
		buf_addf(&text, ": %s", strerror(code));
	else
		buf_add_cstr(&text, " is not as it should be");
	portal_complain(look->portal, &text);
	return PORTAL_UNFIT;
}

static enum portal_state why(struct look *look, int code)
{
	switch (code) {
	case ENOENT:
		return PORTAL_NOTHING;
	case EACCES:
	case EPERM:
		return PORTAL_CLOSED;
	default: /* ENOTDIR: with O_DIRECTORY a link too */
		return refuse(look, NULL, code == ENOTDIR || code == ELOOP ? 0 : code);
	}
}

static bool is_open(mode_t mode, mode_t bit)
{
	return geteuid() != 0 || (mode & bit);
}

/* One step down; behind `follow` the directory may be a link, and anybody's. */
static enum portal_state enter(struct look *look, const char *name, int flags, bool follow)
{
	cleanup_fd int below = openat(look->fd, name,
		flags | O_DIRECTORY | O_CLOEXEC | O_NOCTTY | (follow ? 0 : O_NOFOLLOW));
	struct stat status;
	int above = look->fd;

	if (below < 0 || fstat(below, &status) < 0)
		return why(look, errno);
	if (!follow && status.st_uid != look->account->uid)
		return refuse(look, NULL, 0);
	look->mode &= status.st_mode;
	look->fd = take_fd(&below);
	if (above >= 0)
		close(above);
	return PORTAL_SHOWN;
}

/* The one without a name first. */
static int by_name(const void *a, const void *b)
{
	const char *one = *(char *const *)a, *other = *(char *const *)b;
	int order = (strcmp(other, LATEST_FILE) == 0) - (strcmp(one, LATEST_FILE) == 0);

	return order ? order : strcmp(one, other);
}

static bool is_latest(struct slice name)
{
	if (slice_eq_cstr(name, LATEST_FILE))
		return true;
	return slice_ends_nocase(name, "-" LATEST_FILE) &&
	       site_name_is_fit(slice_first(name, name.len - strlen("-" LATEST_FILE)));
}

/* The names of all `latest` in the directory, in order. Returns how many, or a negative errno. */
static int list(struct look *look, char *names[NAMES_MAX])
{
	cleanup_dir DIR *dir = NULL;
	struct dirent *entry;
	int count = 0, copy = fcntl(look->fd, F_DUPFD_CLOEXEC, 0);

	dir = copy < 0 ? NULL : fdopendir(copy);
	if (!dir)
		return -errno;
	for (unsigned seen = 0; seen < FILES_MAX && (entry = readdir(dir)); seen++) {
		struct slice name = slice_cstr(entry->d_name);

		if (!is_latest(name) || count == NAMES_MAX)
			continue;
		names[count] = arena_cstr(&look->portal->reporting.arena, name);
		if (!names[count++])
			return -ENOMEM;
	}
	qsort(names, (size_t)count, sizeof(*names), by_name);
	return count;
}

/* As latest_read(), where everybody may. */
static int read_one(struct look *look, const char *name, struct latest *latest)
{
	struct stat status;

	if (fstatat(look->fd, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? LATEST_MISSING : -errno;
	if (!is_open(status.st_mode, S_IROTH))
		return LATEST_CLOSED;
	return latest_read(
		look->fd, name, look->account->uid, &look->portal->reporting.arena, latest);
}

/* What became of one file, as the state of the whole. */
static enum portal_state state_of(struct look *look, const char *name, int result)
{
	switch (result) {
	case LATEST_MISSING:
		return PORTAL_NOTHING;
	case LATEST_CLOSED:
		return PORTAL_CLOSED;
	default:
		return refuse(look, name, result < 0 ? -result : 0);
	}
}

static int read_all(struct look *look)
{
	struct portal_account *account = look->account;
	char *names[NAMES_MAX];
	struct latest *all;
	int count = list(look, names);

	if (count < 0)
		return count;
	all = arena_array(&look->portal->reporting.arena, (size_t)count + 1, sizeof(*all));
	if (!all)
		return -ENOMEM;
	account->state = PORTAL_NOTHING;
	for (int i = 0; i < count; i++) {
		int result = read_one(look, names[i], &all[account->latest_count]);
		enum portal_state state;

		if (result == -ENOMEM)
			return result;
		if (result == 0) {
			account->latest_count++;
			continue;
		}
		state = state_of(look, names[i], result);
		if (state > account->state)
			account->state = state;
	}
	account->latest = all;
	if (account->latest_count > 0)
		account->state = PORTAL_SHOWN;
	return 0;
}

static int go(struct look *look, const char *dir, const char *below)
{
	enum portal_state state = enter(look, dir, O_PATH, true);

	if (state == PORTAL_SHOWN && below)
		state = enter(look, below, O_PATH, false);
	if (state == PORTAL_SHOWN)
		state = enter(look, "html", O_RDONLY, false);
	if (state == PORTAL_SHOWN && !is_open(look->mode, S_IXOTH))
		state = PORTAL_CLOSED;
	look->account->state = state;
	return state == PORTAL_SHOWN ? read_all(look) : 0;
}

int portal_look(
	struct portal *portal, const char *dir, const char *below, struct portal_account *account)
{
	struct look look = {portal, account, AT_FDCWD, ~(mode_t)0};
	int result;

	account->html = arena_printf(
		&portal->reporting.arena, "%s%s%s/html", dir, below ? "/" : "", below ? below : "");
	account->latest_count = 0;
	if (!account->html)
		return -ENOMEM;
	result = go(&look, dir, below);
	if (look.fd >= 0)
		close(look.fd);
	if (result < 0 && result != -ENOMEM) {
		account->state = why(&look, -result);
		return 0;
	}
	return result;
}
