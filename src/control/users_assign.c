/*
 * qmail's users/assign; see users_assign.h. Sorted, because a host with ten thousand virtual domains
 * has as many lines here, and each is asked for once for every beginning of a domain's local part.
 */
#include "control/users_assign.h"

#include "control/syntax.h"

#include <errno.h>
#include <stdlib.h>

enum { FIELD_LOCAL, FIELD_USER, FIELD_UID, FIELD_GID, FIELD_HOME, FIELD_DASH, FIELD_EXT, FIELDS };

/* What user or group 4294967295 would be, is nobody's: -1 means "leave it" to chown(2). */
#define ID_MAX (UINT32_MAX - 1)

static int read_id(
	const struct syntax *syntax, struct slice word, unsigned *id, struct error *error)
{
	uint64_t number;
	int failed = syntax_number(syntax, word, word, 0, ID_MAX, &number, error);

	if (!failed)
		*id = (unsigned)number;
	return failed;
}

/* As slice_eq_nocase() compares: the locale has no say. */
static struct slice lower(struct arena *arena, struct slice text)
{
	unsigned char *copy = arena_alloc(arena, text.len + 1);

	for (size_t i = 0; copy && i < text.len; i++)
		copy[i] = ascii_lower(text.data[i]);
	return slice_make(copy, text.len);
}

static int read_line(struct arena *arena, const struct syntax *syntax, struct slice line,
	struct assigned *one, struct error *error)
{
	struct slice fields[FIELDS], rest = slice_from(line, 1);
	int failed;

	if (line.data[0] != '=' && line.data[0] != '+')
		return syntax_error(syntax, error, line, "begins with neither '=' nor '+'");
	for (unsigned i = 0; i < FIELDS; i++) {
		size_t colon = slice_find_byte(rest, ':', 0);

		if (colon == rest.len)
			return syntax_error(syntax, error, line,
				"has %u fields that end in ':' where %d are wanted", i, FIELDS);
		fields[i] = slice_first(rest, colon);
		rest = slice_from(rest, colon + 1);
	}
	if (fields[FIELD_HOME].len == 0 || fields[FIELD_HOME].data[0] != '/')
		return syntax_error(
			syntax, error, fields[FIELD_HOME], "as a home is no absolute path");
	failed = read_id(syntax, fields[FIELD_UID], &one->uid, error);
	if (!failed)
		failed = read_id(syntax, fields[FIELD_GID], &one->gid, error);
	if (failed)
		return failed;
	one->wildcard = line.data[0] == '+';
	one->local = lower(arena, fields[FIELD_LOCAL]);
	one->user = arena_cstr(arena, fields[FIELD_USER]);
	one->home = arena_cstr(arena, fields[FIELD_HOME]);
	return one->local.data && one->user && one->home
		       ? 0
		       : error_set_errno(error, -ENOMEM, "%s", syntax->path);
}

static int compare(const struct assigned *one, bool wildcard, struct slice local)
{
	size_t common = one->local.len < local.len ? one->local.len : local.len;
	int order;

	if (one->wildcard != wildcard)
		return one->wildcard ? 1 : -1;
	order = common > 0 ? memcmp(one->local.data, local.data, common) : 0;
	if (order)
		return order;
	return one->local.len < local.len ? -1 : one->local.len > local.len;
}

static int in_order(const void *a, const void *b)
{
	const struct assigned *one = a, *other = b;
	int order = compare(one, other->wildcard, other->local);

	return order ? order : one->order < other->order ? -1 : 1;
}

int users_assign_parse(struct arena *arena, struct slice text, const char *path,
	struct users_assign *assign, struct error *error)
{
	struct assigned *items;
	struct syntax syntax;
	struct slice line = SLICE_EMPTY;
	size_t count = 0;
	int failed = syntax_begin(&syntax, text, path, error);

	if (failed)
		return failed;
	items = arena_array(arena, syntax_count(&syntax) + 1, sizeof(*items));
	if (!items)
		return error_set_errno(error, -ENOMEM, "%s", path);
	while (syntax_next(&syntax, &line) && line.data[0] != '.') {
		items[count].order = count;
		failed = read_line(arena, &syntax, line, &items[count++], error);
		if (failed)
			return failed;
	}
	if (line.len == 0 || line.data[0] != '.')
		return error_set(error, -EINVAL, "%s: has no line '.' at its end", path);
	qsort(items, count, sizeof(*items), in_order);
	*assign = (struct users_assign){items, count};
	return 0;
}

/* The first that is exactly this; `local` is in small letters. */
static const struct assigned *look_up(
	const struct users_assign *assign, bool wildcard, struct slice local)
{
	size_t from = 0, to = assign->count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (compare(&assign->items[middle], wildcard, local) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from < assign->count && compare(&assign->items[from], wildcard, local) == 0
		       ? &assign->items[from]
		       : NULL;
}

const struct assigned *users_assign_find(const struct users_assign *assign, struct slice local)
{
	const struct assigned *found;
	unsigned char small[256]; /* no line of qmail's is for more: local parts have 64 */

	local = slice_first(local, sizeof(small));
	for (size_t i = 0; i < local.len; i++)
		small[i] = ascii_lower(local.data[i]);
	local.data = small;
	found = look_up(assign, false, local);
	for (size_t len = local.len + 1; !found && len-- > 0;)
		found = look_up(assign, true, slice_first(local, len));
	return found;
}
