/*
 * The links from the document root to the accounts' pages, in a directory of their own, in which
 * every symbolic link to an html/ counts as ours: so what an account leaves behind is cleared away
 * without a list of what was made. Whatever else stands there stays.
 *
 * A link belongs to the account: web servers that follow links only to what the link's owner owns
 * (Apache's SymLinksIfOwnerMatch) then cannot be led elsewhere by who puts something else in place of
 * his html/.
 */
#include "programs/qmvcportal.h"

#include "base/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#define DEFAULT_NAME "default"
#define OPEN_FOLDER  (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* The label with letters, digits, '.', '_', '-' alone, and no '.' in front. */
static char *safe_name(struct arena *arena, const char *label)
{
	char *name = arena_cstr(arena, slice_cstr(*label ? label : DEFAULT_NAME));

	for (char *at = name; at && *at; at++) {
		unsigned char c = (unsigned char)*at, lower = ascii_lower(c);

		if (!(lower >= 'a' && lower <= 'z') && !ascii_digit(c) && c != '_' && c != '-' &&
			(c != '.' || at == name))
			*at = '_';
	}
	return name;
}

/* The home's own first of those that are called the same, the others by their directory. */
static int by_link(const void *a, const void *b)
{
	const struct portal_account *one = *(struct portal_account *const *)a;
	const struct portal_account *other = *(struct portal_account *const *)b;
	int order = strcmp(one->link, other->link);

	if (order == 0)
		order = !*other->label - !*one->label;
	return order ? order : strcmp(one->html, other->html);
}

/*
 * Gives all that are shown a name, each its own: "bob", "bob~2"; '~' is in none otherwise. Returns
 * the accounts by name, ended by NULL; NULL without memory.
 */
static struct portal_account **name_links(struct portal *portal)
{
	struct arena *arena = &portal->reporting.arena;
	struct portal_account **named = arena_array(arena, portal->count + 1, sizeof(*named));
	const char *last = "";
	size_t count = 0;
	unsigned same = 1;

	for (size_t i = 0; named && i < portal->count; i++) {
		struct portal_account *account = &portal->accounts[i];

		if (account->state != PORTAL_SHOWN)
			continue;
		account->link = safe_name(arena, account->label);
		if (!account->link)
			return NULL;
		named[count++] = account;
	}
	if (!named)
		return NULL;
	qsort(named, count, sizeof(struct portal_account *), by_link);
	for (size_t i = 0; i < count; i++) {
		same = strcmp(named[i]->link, last) == 0 ? same + 1 : 1;
		last = named[i]->link;
		if (same > 1)
			named[i]->link = arena_printf(arena, "%s~%u", last, same);
		if (!named[i]->link)
			return NULL;
	}
	return named;
}

/* Does `name` lead to an html/? Then it is ours. */
static bool is_ours(int folder, const char *name, char target[PATH_MAX])
{
	ssize_t len = readlinkat(folder, name, target, PATH_MAX - 1);

	if (len < 0)
		return false;
	target[len] = 0;
	return slice_ends_nocase(slice_cstr(target), "/html");
}

static int make_link(int folder, const struct portal_account *account)
{
	char temporary[NAME_MAX + 1], target[PATH_MAX];
	struct stat status;

	if (snprintf(temporary, sizeof(temporary), ".%s.new", account->link) >=
		(int)sizeof(temporary))
		return -ENAMETOOLONG;
	if (fstatat(folder, account->link, &status, AT_SYMLINK_NOFOLLOW) == 0) {
		if (!is_ours(folder, account->link, target))
			return -EEXIST;
		if (strcmp(target, account->html) == 0 &&
			(geteuid() != 0 || status.st_uid == account->uid))
			return 0;
	}
	if (unlinkat(folder, temporary, 0) < 0 && errno != ENOENT)
		return -errno;
	if (symlinkat(account->html, folder, temporary) < 0)
		return -errno;
	if ((geteuid() == 0 && fchownat(folder, temporary, account->uid, account->gid,
				       AT_SYMLINK_NOFOLLOW) < 0) ||
		renameat(folder, temporary, folder, account->link) < 0) {
		int failed = -errno;

		unlinkat(folder, temporary, 0);
		return failed;
	}
	return 0;
}

static int find_link(const void *name, const void *account)
{
	return strcmp(name, (*(struct portal_account *const *)account)->link);
}

/* Removes what leads to pages that are shown no more. */
static int sweep(int folder, struct portal_account **named, size_t count)
{
	cleanup_dir DIR *dir = NULL;
	int copy = fcntl(folder, F_DUPFD_CLOEXEC, 0);
	char target[PATH_MAX];
	struct dirent *entry;

	dir = copy < 0 ? NULL : fdopendir(copy);
	if (!dir)
		return -errno;
	rewinddir(dir);
	while ((entry = readdir(dir))) {
		if ((count > 0 && bsearch(entry->d_name, named, count,
					  sizeof(struct portal_account *), find_link)) ||
			!is_ours(folder, entry->d_name, target))
			continue;
		if (unlinkat(folder, entry->d_name, 0) < 0 && errno != ENOENT)
			return -errno;
	}
	return 0;
}

/* The directory of the links; who looks at the page may enter it. Returns a descriptor or -errno. */
static int open_folder(const struct site *site)
{
	cleanup_fd int folder = -1;
	struct stat status;
	bool made = mkdirat(site->fd, PORTAL_LINKS, 0700) == 0;

	if (!made && errno != EEXIST)
		return -errno;
	folder = openat(site->fd, PORTAL_LINKS, OPEN_FOLDER);
	if (folder < 0 || fstat(folder, &status) < 0)
		return -errno;
	if (status.st_uid != geteuid() && status.st_uid != site->owner)
		return -EPERM;
	if (made && (fchmod(folder, 0700 | (site->mode & 0044) | (site->mode & 0044) >> 2) < 0 ||
			    (geteuid() == 0 && fchown(folder, site->owner, site->group) < 0)))
		return -errno;
	return take_fd(&folder);
}

static int in_link_order(const void *a, const void *b)
{
	return strcmp((*(struct portal_account *const *)a)->link,
		(*(struct portal_account *const *)b)->link);
}

int portal_links_make(struct portal *portal, struct error *error)
{
	struct portal_account **named = name_links(portal);
	cleanup_fd int folder = -1;
	size_t count = 0;
	int result;

	if (!named)
		return error_set_errno(error, -ENOMEM, "cannot make the links");
	folder = open_folder(&portal->reporting.site);
	if (folder < 0)
		return error_set_errno(error, folder, PORTAL_LINKS);
	while (named[count])
		count++;
	qsort(named, count, sizeof(struct portal_account *), in_link_order);
	result = sweep(folder, named, count);
	if (result)
		return error_set_errno(error, result, PORTAL_LINKS);
	for (size_t i = 0; i < count; i++) {
		cleanup_buf struct buf text = {0};

		result = make_link(folder, named[i]);
		if (result == 0)
			continue;
		buf_addf(&text, "cannot make " PORTAL_LINKS "/%s: %s", named[i]->link,
			strerror(-result));
		portal_complain(portal, &text);
		named[i]->link = NULL;
	}
	return 0;
}
