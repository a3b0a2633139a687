/*
 * Writing topvirus_Sender1; see topvirus.h. BASE/log may belong to a user while root writes: nothing in
 * it is followed, and log/ itself is a link only where its owner or root made it one.
 */
#include "report/topvirus.h"

#include "base/cleanup.h"
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

struct counted {
	uint64_t count;
	struct slice address;
};

static bool is_address(struct slice text)
{
	size_t at = text.len;

	if (text.len > TOPVIRUS_BYTES)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] <= ' ' || text.data[i] >= 0x7f)
			return false;
		if (text.data[i] == '@')
			at = i;
	}
	/* No domain of nothing but dots and brackets either: "#@[]" is qmail's. */
	if (at == 0 || at + 1 >= text.len)
		return false;
	for (size_t i = at + 1; i < text.len; i++)
		if (!memchr(".[]", text.data[i], 3))
			return true;
	return false;
}

static int worst_first(const void *a, const void *b)
{
	const struct counted *one = a, *other = b;
	size_t common =
		one->address.len < other->address.len ? one->address.len : other->address.len;
	int order;

	if (one->count != other->count)
		return one->count < other->count ? 1 : -1;
	order = memcmp(one->address.data, other->address.data, common);
	return order ? order
		     : (one->address.len > other->address.len) -
			       (one->address.len < other->address.len);
}

unsigned topvirus_format(const struct top *senders, struct buf *out)
{
	const struct top_name *best[TOP_NAMES];
	struct counted list[TOP_NAMES];
	unsigned count = top_best(senders, best, TOP_NAMES), fit = 0;

	for (unsigned i = 0; i < count; i++)
		if (best[i]->count > best[i]->error && is_address(top_text(best[i])))
			list[fit++] = (struct counted){
				best[i]->count - best[i]->error, top_text(best[i])};
	qsort(list, fit, sizeof(list[0]), worst_first);
	if (fit > TOPVIRUS_LINES)
		fit = TOPVIRUS_LINES;
	for (unsigned i = 0; i < fit; i++)
		buf_addf(out, "%" PRIu64 "\t%.*s\n", list[i].count, SLICE_ARGS(list[i].address));
	return fit;
}

int topvirus_folder(const char *base, bool make)
{
	cleanup_fd int home = open(base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat log;
	int fd;

	if (home < 0)
		return -errno;
	/* It is missing where only users below have logs. */
	if (make && mkdirat(home, "log", 0700) < 0 && errno != EEXIST)
		return -errno;
	if (fstatat(home, "log", &log, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if (S_ISLNK(log.st_mode) && log.st_uid != 0 && log.st_uid != geteuid())
		return -ELOOP;
	fd = openat(home, "log",
		O_RDONLY | O_DIRECTORY | O_CLOEXEC | (S_ISLNK(log.st_mode) ? 0 : O_NOFOLLOW));
	return fd < 0 ? -errno : fd;
}

static int write_in(int log, struct slice text)
{
	struct fd_rights rights = {.mode = 0600};
	struct stat status;

	if (fstat(log, &status) < 0)
		return -errno;
	rights.owner = status.st_uid;
	rights.group = status.st_gid;
	return fd_replace(log, TOPVIRUS_FILE, text, &rights, true);
}

int topvirus_write(const char *base, struct slice text, struct error *error)
{
	cleanup_fd int log = topvirus_folder(base, true);
	int result = log < 0 ? log : write_in(log, text);

	return result ? error_set_errno(error, result, "%s/log/" TOPVIRUS_FILE, base) : 0;
}
