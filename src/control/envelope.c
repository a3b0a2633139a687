/*
 * qmail-local's variables; see envelope.h. They are copied at once: the environment is memory that
 * a setenv() somewhere could move, and a value is hostile, so it should have one owner.
 */
#include "control/envelope.h"

#include "base/error.h"

#include <errno.h>
#include <stdlib.h>

struct variable {
	const char *name;
	size_t offset; /* of its slice in struct envelope */
	bool required;
};

/* clang-format off */
#define VARIABLE(name, field, required) {name, offsetof(struct envelope, field), required}
/* clang-format on */

static const struct variable variables[] = {
	VARIABLE("SENDER", sender, true),
	VARIABLE("LOCAL", local, true),
	VARIABLE("HOST", host, true),
	VARIABLE("NEWSENDER", newsender, false),
	VARIABLE("RECIPIENT", recipient, false),
	VARIABLE("EXT", ext, false),
	VARIABLE("EXT2", ext2, false),
	VARIABLE("EXT3", ext3, false),
	VARIABLE("EXT4", ext4, false),
	VARIABLE("DEFAULT", default_ext, false),
	VARIABLE("USER", user, false),
	VARIABLE("DTLINE", dtline, false),
	VARIABLE("RPLINE", rpline, false),
};

static int no_memory(struct error *error)
{
	return error_set(error, -ENOMEM, "no memory for the envelope");
}

static int read_variable(struct arena *arena, const struct variable *variable,
	struct envelope *envelope, struct error *error)
{
	struct slice *where = (struct slice *)(void *)((char *)envelope + variable->offset);
	const char *value = getenv(variable->name);

	if (!value) {
		if (!variable->required)
			return 0;
		return error_set(error, -EINVAL,
			"%s is not in the environment: qmvc is called from a dot-qmail file",
			variable->name);
	}
	*where = arena_copy(arena, slice_cstr(value));
	return where->data ? 0 : no_memory(error);
}

/* LOCAL@HOST; the bytes of the two are taken as they are. NULL data when there is no memory. */
static struct slice join_address(struct arena *arena, struct slice local, struct slice host)
{
	unsigned char *text = arena_alloc(arena, local.len + host.len + 2);

	if (!text)
		return SLICE_EMPTY;
	if (local.len > 0)
		memcpy(text, local.data, local.len);
	text[local.len] = '@';
	if (host.len > 0)
		memcpy(text + local.len + 1, host.data, host.len);
	return slice_make(text, local.len + 1 + host.len);
}

/*
 * LOCAL without "PREPEND-" in front. Case is ignored, as qmail ignores it when it looks for the
 * dot-qmail file. One that does not begin so, or that would leave nothing, stays as it is.
 */
static struct slice visible_local(struct slice local, struct slice prepend)
{
	if (prepend.len == 0 || local.len <= prepend.len + 1 || local.data[prepend.len] != '-' ||
		!slice_eq_nocase(slice_first(local, prepend.len), prepend))
		return local;
	return slice_from(local, prepend.len + 1);
}

/* Whoever is shown: the address without what -v takes off it. */
static int set_original(struct arena *arena, const struct options *options,
	struct envelope *envelope, struct error *error)
{
	struct slice prepend = slice_cstr(options->prepend);

	if (slice_eq_cstr(prepend, "-")) {
		prepend = envelope->user;
		if (prepend.len == 0)
			return error_set(error, -EINVAL,
				"option -v-: USER is not in the environment, or empty");
	}
	envelope->original =
		join_address(arena, visible_local(envelope->local, prepend), envelope->host);
	return envelope->original.data ? 0 : no_memory(error);
}

int envelope_from_environment(struct arena *arena, const struct options *options,
	struct envelope *envelope, struct error *error)
{
	struct envelope found = {0};
	const char *home = getenv("HOME");
	int failed;

	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
		failed = read_variable(arena, &variables[i], &found, error);
		if (failed)
			return failed;
	}
	if (home) {
		found.home = arena_cstr(arena, slice_cstr(home));
		if (!found.home)
			return no_memory(error);
	}
	failed = set_original(arena, options, &found, error);
	if (failed)
		return failed;
	if (!found.recipient.data)
		found.recipient = join_address(arena, found.local, found.host);
	if (!found.recipient.data)
		return no_memory(error);
	*envelope = found;
	return 0;
}

bool envelope_is_there(void)
{
	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
		if (variables[i].required && !getenv(variables[i].name))
			return false;
	return true;
}

int envelope_from_addresses(struct arena *arena, const struct options *options,
	struct slice sender, struct slice recipient, struct envelope *envelope, struct error *error)
{
	struct envelope found = {
		.sender = arena_copy(arena, sender),
		.recipient = arena_copy(arena, recipient),
		.user = slice_cstr(getenv("USER")),
		.home = getenv("HOME"),
	};
	size_t at = recipient.len;
	int failed;

	if (!found.sender.data || !found.recipient.data)
		return no_memory(error);
	while (at > 0 && recipient.data[at - 1] != '@')
		at--;
	found.local = slice_first(found.recipient, at > 0 ? at - 1 : recipient.len);
	found.host = slice_from(found.recipient, at > 0 ? at : recipient.len);
	failed = set_original(arena, options, &found, error);
	if (failed)
		return failed;
	if (at == 0)
		found.original = found.recipient;
	*envelope = found;
	return 0;
}

const char *envelope_home(void)
{
	return getenv("HOME");
}

bool envelope_sender_is_null(const struct envelope *envelope)
{
	return envelope->sender.len == 0 || slice_eq_cstr(envelope->sender, "#@[]");
}
