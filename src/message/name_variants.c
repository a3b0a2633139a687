/*
 * What a recipient's system makes of a name; see names_variants() in names.h. A name is worn down
 * step by step: each step takes away one disguise, each result is a variant, until nothing changes.
 * That is a line, not every combination of steps, so the work is linear and the list short; only
 * NUL opens two lines, because some programs stop at it and some pass over it.
 */
#include "message/charset.h"
#include "message/name_forms.h"
#include "message/names.h"
#include "message/percent.h"
#include "message/unicode.h"
#include "message/utf8.h"

#include <errno.h>

#define ROUNDS_MAX 4

/* Invisible characters taken away, and, when asked, look-alikes of ASCII folded. */
static int clean(struct slice name, bool fold, struct buf *out)
{
	size_t at = 0;

	buf_clear(out);
	while (at < name.len) {
		uint32_t c = utf8_next(name, &at);

		if (unicode_is_invisible(c))
			continue;
		if (utf8_add(out, fold ? unicode_fold(c) : c))
			return -ENOMEM;
	}
	return 0;
}

static int decode_percent(struct slice name, struct buf *out)
{
	cleanup_buf struct buf bytes = {0};
	int error = percent_decode(name, &bytes);

	buf_clear(out);
	return error ? error : charset_name_to_utf8(SLICE_EMPTY, buf_slice(&bytes), out);
}

/* Windows drops trailing dots and blanks from a name; blanks and quotes in front nobody shows. */
static struct slice trim(struct slice name)
{
	while (name.len > 0 && strchr(". \t\r\n\"'", name.data[name.len - 1]))
		name.len--;
	while (name.len > 0 && name.data[0] && strchr(" \t\r\n\"'", name.data[0]))
		name = slice_from(name, 1);
	return name;
}

static struct slice last_component(struct slice name)
{
	while (name.len > 0 && (name.data[name.len - 1] == '/' || name.data[name.len - 1] == '\\'))
		name.len--;
	for (size_t i = name.len; i > 0; i--)
		if (name.data[i - 1] == '/' || name.data[i - 1] == '\\')
			return slice_from(name, i);
	/* "c:evil.exe": a drive without a path. */
	if (name.len > 2 && name.data[1] == ':' && ascii_lower(name.data[0]) >= 'a' &&
		ascii_lower(name.data[0]) <= 'z')
		return slice_from(name, 2);
	return name;
}

/* NTFS: "name:stream:$TYPE" is the file `name`. */
static struct slice without_stream(struct slice name)
{
	size_t first = slice_find_byte(name, ':', 0);
	size_t second = first < name.len ? slice_find_byte(name, ':', first + 1) : name.len;

	if (first == 0 || name.len - second < 2 || name.data[second + 1] != '$')
		return name;
	return slice_first(name, first);
}

/* Windows: "name.{CLSID}" is opened by that class and shown without the tail. */
static struct slice without_clsid(struct slice name)
{
	static const struct slice opening = SLICE_LITERAL(".{");
	size_t at;

	if (name.len == 0 || name.data[name.len - 1] != '}')
		return name;
	at = slice_find(name, opening, 0);
	return at == 0 || at == name.len ? name : slice_first(name, at);
}

/* "evil.exe(.txt)": what RFC 2045 calls a comment, at the end of an unquoted name. */
static struct slice without_comment(struct slice name)
{
	unsigned depth = 0;

	if (name.len == 0 || name.data[name.len - 1] != ')')
		return name;
	for (size_t i = name.len; i > 0; i--) {
		depth += name.data[i - 1] == ')';
		depth -= name.data[i - 1] == '(';
		if (depth == 0)
			return i > 1 ? slice_first(name, i - 1) : name;
	}
	return name;
}

/* Each only cuts: the result lies inside its argument. */
static struct slice (*const cuts[])(struct slice) = {
	trim, last_component, without_stream, trim, without_clsid, trim, without_comment, trim};

static int add_cuts(struct name_forms *forms, struct slice *name)
{
	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		struct slice cut = cuts[i](*name);
		int error = cut.len < name->len ? name_forms_add(forms, cut) : 0;

		if (error)
			return error;
		*name = cut;
	}
	return 0;
}

/*
 * One round on what `name` holds: copies through `other` and back. The steps that copy come first,
 * so that the cuts see through what the escapes hid.
 */
static int wear_down(
	struct name_forms *forms, struct buf *name, struct buf *other, bool stop_at_nul)
{
	struct slice left;
	int error;

	if (stop_at_nul)
		name->len = slice_find_byte(buf_slice(name), '\0', 0);
	for (int fold = 0; fold <= 1; fold++) {
		error = clean(buf_slice(name), fold, other);
		if (!error)
			error = name_forms_add(forms, buf_slice(other));
		if (error)
			return error;
	}
	left = buf_slice(other);
	error = add_cuts(forms, &left);
	if (!error)
		error = decode_percent(left, name);
	return error ? error : name_forms_add(forms, buf_slice(name));
}

static int add_line(struct name_forms *forms, struct slice name, bool stop_at_nul)
{
	cleanup_buf struct buf worn = {0}, other = {0};
	int error = buf_add(&worn, name);

	for (unsigned round = 0; !error && round < ROUNDS_MAX; round++) {
		size_t before = worn.len;

		error = wear_down(forms, &worn, &other, stop_at_nul);
		/* Every step that changes a name makes it shorter, save folding, which is done. */
		if (!error && worn.len == before)
			break;
	}
	return error;
}

int names_variants(struct arena *arena, struct slice name, struct slice **list, size_t *count)
{
	struct name_forms forms = {.arena = arena, .itself = name};
	size_t nul = slice_find_byte(name, '\0', 0);
	int error = add_line(&forms, name, false);

	/* The second line differs only where a NUL stands or an escape may hide one. */
	if (!error && (nul < name.len || slice_find_byte(name, '%', 0) < name.len)) {
		error = name_forms_add(&forms, slice_first(name, nul));
		if (!error)
			error = add_line(&forms, name, true);
	}
	return error ? error : name_forms_append(&forms, list, count);
}
