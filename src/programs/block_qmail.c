/*
 * qmail's control files, read as qmail reads them (control.c and constmap.c of qmail 1.03 and
 * notqmail): one entry a line, blanks and TABs at its end taken off, `#` in the first column is a
 * comment, ASCII case does not count. This is not control/syntax.h, which is stricter, and right to
 * be: here it counts what qmail-smtpd will make of the line, not what somebody meant.
 */
#include "programs/block_qmail.h"

#include "base/cleanup.h"
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

/* rcpthosts of a hundred thousand domains are 2 MB. */
#define CONTROL_MAX ((size_t)16 << 20)

/* What was opened, looked at and read. */
static int read_text(int fd, struct arena *arena, struct slice *text)
{
	cleanup_buf struct buf buf = {0};
	struct stat status;
	struct slice copy;
	int result;

	if (fstat(fd, &status) < 0)
		return -errno;
	if (!S_ISREG(status.st_mode))
		return -EINVAL;
	result = fd_read_all(fd, CONTROL_MAX, &buf);
	if (result)
		return result;
	if (buf.len > 0 && memchr(buf.data, 0, buf.len))
		return -EILSEQ;
	copy = arena_copy(arena, buf_slice(&buf));
	if (!copy.data)
		return -ENOMEM;
	*text = copy;
	return 0;
}

int block_control_read(int dir, const char *control, const char *name, struct arena *arena,
	struct slice *text, struct error *error)
{
	/* Not waiting, should it be a fifo. */
	cleanup_fd int fd = openat(dir, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	int result;

	if (fd < 0)
		return errno == ENOENT ? 1 : error_set_errno(error, -errno, "%s/%s", control, name);
	result = read_text(fd, arena, text);
	if (result == -EINVAL)
		return error_set(error, result, "%s/%s: is not a regular file", control, name);
	if (result == -EILSEQ)
		return error_set(error, result, "%s/%s: has a NUL byte in it", control, name);
	return result ? error_set_errno(error, result, "%s/%s", control, name) : 0;
}

bool block_raw_line(struct slice *rest, struct slice *line)
{
	size_t end = slice_find_byte(*rest, '\n', 0);

	if (rest->len == 0)
		return false;
	*line = slice_first(*rest, end);
	*rest = slice_from(*rest, end + 1);
	return true;
}

bool block_control_line(struct slice *rest, struct slice *line)
{
	struct slice found;

	while (block_raw_line(rest, &found)) {
		while (found.len > 0 && ascii_blank(found.data[found.len - 1]))
			found.len--;
		if (found.len == 0 || found.data[0] == '#')
			continue;
		*line = found;
		return true;
	}
	return false;
}

/* --- names ----------------------------------------------------------------- */

static int compare(struct slice a, struct slice b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len > 0 ? memcmp(a.data, b.data, len) : 0;

	if (order)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

static int by_name(const void *a, const void *b)
{
	return compare(*(const struct slice *)a, *(const struct slice *)b);
}

void block_names_sort(struct block_names *names)
{
	if (names->count > 1)
		qsort(names->list, names->count, sizeof(*names->list), by_name);
}

bool block_names_have(const struct block_names *names, struct slice name)
{
	return names->count > 0 &&
	       bsearch(&name, names->list, names->count, sizeof(*names->list), by_name);
}

struct slice block_lower(struct arena *arena, struct slice text)
{
	unsigned char *copy = arena_alloc(arena, text.len + 1);

	for (size_t i = 0; copy && i < text.len; i++)
		copy[i] = ascii_lower(text.data[i]);
	return slice_make(copy, copy ? text.len : 0);
}

struct slice block_domain(struct slice address)
{
	for (size_t i = address.len; i > 0; i--)
		if (address.data[i - 1] == '@')
			return slice_from(address, i - 1);
	return SLICE_EMPTY;
}

/* --- the domains of one's own ---------------------------------------------- */

static const char *const own_files[] = {
	"me", "locals", "rcpthosts", "morercpthosts", "virtualdomains"};

#define OWN_FILES (sizeof(own_files) / sizeof(own_files[0]))

/*
 * What a line names. In virtualdomains that stands in front of the colon, and in the others there is
 * none. A CR at the end makes it another name to qmail, but hardly to who wrote it.
 */
static struct slice own_name(struct slice line)
{
	struct slice name = slice_first(line, slice_find_byte(line, ':', 0));

	return slice_trim(name);
}

/* qmail looks into the compiled file only, and what is in it cannot be listed by its text alone. */
static int check_compiled(int dir, const char *control, struct error *error)
{
	struct stat status;

	if (fstatat(dir, "morercpthosts", &status, 0) == 0)
		return 0;
	if (fstatat(dir, "morercpthosts.cdb", &status, 0) == 0)
		return error_set(error, -ENOENT,
			"%s/morercpthosts: is not there, and what is in morercpthosts.cdb is read "
			"from it",
			control);
	return 0;
}

/* Adds the names of one text to `own`, whose list has room. */
static int add_names(struct arena *arena, struct slice text, struct block_names *own)
{
	struct slice line;

	while (block_control_line(&text, &line)) {
		struct slice name = own_name(line);

		if (name.len == 0)
			continue;
		own->list[own->count] = block_lower(arena, name);
		if (!own->list[own->count++].data)
			return -ENOMEM;
	}
	return 0;
}

static size_t count_lines(struct slice text)
{
	struct slice line;
	size_t count = 0;

	while (block_control_line(&text, &line))
		count++;
	return count;
}

int block_own_read(int dir, const char *control, struct arena *arena, struct block_names *own,
	struct error *error)
{
	struct slice texts[OWN_FILES] = {SLICE_EMPTY};
	struct block_names found = {0};
	size_t lines = 0;
	int result = check_compiled(dir, control, error);

	if (result)
		return result;
	for (size_t i = 0; i < OWN_FILES; i++) {
		result = block_control_read(dir, control, own_files[i], arena, &texts[i], error);
		if (result < 0)
			return result;
		lines += count_lines(texts[i]);
	}
	found.list = arena_array(arena, lines + 1, sizeof(*found.list));
	result = found.list ? 0 : -ENOMEM;
	for (size_t i = 0; result == 0 && i < OWN_FILES; i++)
		result = add_names(arena, texts[i], &found);
	if (result)
		return error_set_errno(error, result, "%s", control);
	if (found.count == 0)
		return error_set(error, -ENOENT,
			"%s: neither me, locals nor rcpthosts names a domain of one's own",
			control);
	block_names_sort(&found);
	*own = found;
	return 0;
}
