/*
 * Reactions; see reaction.h. An address is checked here for what can be seen without a mail: that
 * no control character or bracket stands in it and that its variables exist, so that a slip of the
 * pen shows in `qmvc -t` and not on the night when the first virus comes.
 */
#include "control/reaction.h"

#include "control/address.h"

#include <errno.h>

#define ADDRESSES_MAX 64

static int check_address(const struct syntax *syntax, struct slice address, struct error *error)
{
	struct slice unknown;

	if (address.len > ADDRESS_MAX)
		return syntax_error(syntax, error, address, "this address is too long");
	for (size_t i = 0; i < address.len; i++) {
		unsigned char c = address.data[i];

		if (c < ' ' || c == 0x7f || c == '<' || c == '>')
			return syntax_error(syntax, error, address,
				"is no address (write it as in an envelope, without < and >)");
	}
	if (address.data[0] == '@' || address.data[address.len - 1] == '@')
		return syntax_error(syntax, error, address, "is no address (LOCAL@HOST)");
	unknown = address_unknown_variable(address);
	if (unknown.len > 0)
		return syntax_error(syntax, error, unknown,
			"no such variable ($LOCAL, $HOST, $EXT, $EXT2, $EXT3, $EXT4, $DEFAULT, "
			"$USER, $SENDER, $RECIPIENT)");
	return 0;
}

static size_t list_length(const char **list)
{
	size_t count = 0;

	while (list && list[count])
		count++;
	return count;
}

/* Adds the addresses in `value`, separated by blanks, to the NULL-terminated *list. */
static int add_addresses(struct arena *arena, const struct syntax *syntax, struct slice item,
	struct slice value, const char ***list, struct error *error)
{
	size_t count = list_length(*list);
	const char **grown = arena_array(arena, ADDRESSES_MAX + 1, sizeof(*grown));
	struct slice address;

	if (!grown)
		return error_set(error, -ENOMEM, "%s: no memory", syntax->path);
	if (count > 0)
		memcpy(grown, *list, count * sizeof(*grown));
	if (value.len == 0)
		return syntax_error(syntax, error, item, "an address is missing");
	while (syntax_item(&value, " \t", &address)) {
		int failed = address.len > 0 ? check_address(syntax, address, error) : 0;

		if (failed)
			return failed;
		if (address.len == 0)
			continue;
		if (count == ADDRESSES_MAX)
			return syntax_error(
				syntax, error, address, "more than %d addresses", ADDRESSES_MAX);
		grown[count] = arena_cstr(arena, address);
		if (!grown[count++])
			return error_set(error, -ENOMEM, "%s: no memory", syntax->path);
	}
	*list = grown;
	return 0;
}

static int parse_notify(const struct syntax *syntax, struct slice item, struct slice value,
	struct filter *filter, struct error *error)
{
	bool both = slice_eq_nocase_cstr(value, "rs") || slice_eq_nocase_cstr(value, "sr");
	bool recipient = both || slice_eq_nocase_cstr(value, "r");
	bool sender = both || slice_eq_nocase_cstr(value, "s");

	if (!recipient && !sender)
		return syntax_error(syntax, error, item,
			"must be notify=r (recipient), notify=s (sender) or notify=rs (both)");
	filter->notify_recipient |= recipient;
	filter->notify_sender |= sender;
	return 0;
}

int reaction_parse(struct arena *arena, const struct syntax *syntax, struct slice item,
	struct filter *filter, struct error *error)
{
	struct slice key, value;

	if (!syntax_pair(item, &key, &value))
		return 1;
	if (slice_eq_nocase_cstr(key, "notify"))
		return parse_notify(syntax, item, value, filter, error);
	if (slice_eq_nocase_cstr(key, "inform"))
		return add_addresses(arena, syntax, item, value, &filter->inform, error);
	if (slice_eq_nocase_cstr(key, "forward"))
		return add_addresses(arena, syntax, item, value, &filter->forward, error);
	return 1;
}
