/*
 * Addresses of reactions; see address.h. The values are the sender's to choose, so what comes out is
 * looked at, and never put into a shell line or a file name: it goes to qmail-queue as it is.
 */
#include "control/address.h"

#include "base/buf.h"

#include <errno.h>
#include <stddef.h>

static const struct variable {
	const char *name;
	size_t value; /* offset of a struct slice in struct envelope */
} variables[] = {
	{"LOCAL", offsetof(struct envelope, local)},
	{"HOST", offsetof(struct envelope, host)},
	{"EXT", offsetof(struct envelope, ext)},
	{"EXT2", offsetof(struct envelope, ext2)},
	{"EXT3", offsetof(struct envelope, ext3)},
	{"EXT4", offsetof(struct envelope, ext4)},
	{"DEFAULT", offsetof(struct envelope, default_ext)},
	{"USER", offsetof(struct envelope, user)},
	{"SENDER", offsetof(struct envelope, sender)},
	{"RECIPIENT", offsetof(struct envelope, original)},
};

static const struct variable *find_variable(struct slice name)
{
	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
		if (slice_eq_nocase_cstr(name, variables[i].name))
			return &variables[i];
	return NULL;
}

static bool is_name_byte(unsigned char c)
{
	c = ascii_lower(c);
	return (c >= 'a' && c <= 'z') || ascii_digit(c);
}

/* The name behind the `$` at `dollar`. */
static struct slice name_at(struct slice text, size_t dollar)
{
	size_t end = dollar + 1;

	while (end < text.len && is_name_byte(text.data[end]))
		end++;
	return slice_make(text.data + dollar + 1, end - dollar - 1);
}

struct slice address_unknown_variable(struct slice text)
{
	size_t at = slice_find_byte(text, '$', 0);

	while (at < text.len) {
		struct slice name = name_at(text, at);

		if (!find_variable(name))
			return slice_make(text.data + at, name.len + 1);
		at = slice_find_byte(text, '$', at + 1);
	}
	return SLICE_EMPTY;
}

/* The value, with its last '@' as '=' when `verp`. */
static void add_value(struct buf *out, struct slice value, bool verp)
{
	size_t at = value.len;

	if (verp)
		for (size_t i = 0; i < value.len; i++)
			if (value.data[i] == '@')
				at = i;
	buf_add(out, slice_first(value, at));
	if (at < value.len) {
		buf_add_byte(out, '=');
		buf_add(out, slice_from(value, at + 1));
	}
}

/* Only these two hold an address, so only behind them `=` says how it is to be written. */
static bool is_address(const struct variable *variable)
{
	return variable->value == offsetof(struct envelope, sender) ||
	       variable->value == offsetof(struct envelope, original);
}

bool address_is_fit(struct slice address)
{
	if (address.len == 0 || address.len > ADDRESS_MAX || address.data[0] == '@' ||
		address.data[address.len - 1] == '@')
		return false;
	for (size_t i = 0; i < address.len; i++)
		if (address.data[i] < ' ' || address.data[i] == 0x7f)
			return false;
	return true;
}

int address_expand(struct arena *arena, const struct envelope *envelope, const char *text,
	const char **address)
{
	cleanup_buf struct buf out = {0};
	struct slice rest = slice_cstr(text);

	while (rest.len > 0) {
		size_t at = slice_find_byte(rest, '$', 0);
		const struct variable *variable = NULL;
		struct slice name;

		buf_add(&out, slice_first(rest, at));
		if (at == rest.len)
			break;
		name = name_at(rest, at);
		variable = find_variable(name);
		rest = slice_from(rest, at + 1 + name.len);
		if (!variable)
			return ADDRESS_UNFIT; /* was refused when the file was read */

		bool verp = is_address(variable) && rest.len > 0 && rest.data[0] == '=';

		if (verp)
			rest = slice_from(rest, 1);
		add_value(&out,
			*(const struct slice *)((const char *)envelope + variable->value), verp);
	}
	if (out.failed)
		return -ENOMEM;
	if (!address_is_fit(buf_slice(&out)))
		return ADDRESS_UNFIT;
	*address = arena_cstr(arena, buf_slice(&out));
	return *address ? ADDRESS_MADE : -ENOMEM;
}
