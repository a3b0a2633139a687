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
};

/* clang-format off */
#define VARIABLE(name, field) {name, offsetof(struct envelope, field)}
/* clang-format on */

static const struct variable variables[] = {
	VARIABLE("SENDER", sender),
	VARIABLE("LOCAL", local),
	VARIABLE("HOST", host),
	VARIABLE("NEWSENDER", newsender),
	VARIABLE("RECIPIENT", recipient),
	VARIABLE("EXT", ext),
	VARIABLE("EXT2", ext2),
	VARIABLE("EXT3", ext3),
	VARIABLE("EXT4", ext4),
	VARIABLE("DEFAULT", default_ext),
	VARIABLE("USER", user),
	VARIABLE("DTLINE", dtline),
	VARIABLE("RPLINE", rpline),
};

static int no_memory(struct error *error)
{
	return error_set(error, -ENOMEM, "no memory for the envelope");
}

static int read_variable(
	struct arena *arena, const struct variable *variable, struct envelope *envelope)
{
	struct slice *where = (struct slice *)(void *)((char *)envelope + variable->offset);
	const char *value = getenv(variable->name);

	if (!value)
		return 0;
	*where = arena_copy(arena, slice_cstr(value));
	return where->data ? 0 : -ENOMEM;
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
	if (envelope->recipient.data && envelope->recipient.len == envelope->local.len) {
		envelope->original = envelope->recipient; /* no host in it */
		return 0;
	}
	envelope->original =
		join_address(arena, visible_local(envelope->local, prepend), envelope->host);
	return envelope->original.data ? 0 : no_memory(error);
}

/* The one that is missing and must not be; NULL when all are there. */
static const char *missing(const struct options *options)
{
	static const char *const qmail[] = {"SENDER", "LOCAL", "HOST", NULL};
	static const char *const others[] = {"SENDER", "RECIPIENT", NULL};
	const char *const *name = options->mta == MTA_QMAIL ? qmail : others;

	if (options->sender)
		return NULL;
	while (*name && getenv(*name))
		name++;
	return *name;
}

bool envelope_is_there(const struct options *options)
{
	return missing(options) == NULL;
}

/* LOCAL and HOST are what stands before and behind the last @. */
static void split_recipient(struct envelope *envelope)
{
	struct slice recipient = envelope->recipient;
	size_t at = recipient.len;

	while (at > 0 && recipient.data[at - 1] != '@')
		at--;
	envelope->local = slice_first(recipient, at > 0 ? at - 1 : recipient.len);
	envelope->host = slice_from(recipient, at > 0 ? at : recipient.len);
}

/* As qmail-local writes it, so that what we forward is recognized when it comes back. */
static int make_dtline(struct arena *arena, struct envelope *envelope)
{
	char *line = arena_printf(arena, "Delivered-To: %.*s\n", SLICE_ARGS(envelope->recipient));

	if (!line)
		return -ENOMEM;
	envelope->dtline = slice_cstr(line);
	for (size_t i = 0; i + 1 < envelope->dtline.len; i++)
		if (line[i] == '\n' || line[i] == '\r')
			line[i] = '_';
	return 0;
}

/* What the command line says, and what other MTAs have no name for. */
static int complete(struct arena *arena, const struct options *options, struct envelope *envelope,
	struct error *error)
{
	if (options->sender) {
		envelope->sender = arena_copy(arena, slice_cstr(options->sender));
		envelope->recipient = arena_copy(arena, slice_cstr(options->recipient));
		if (!envelope->sender.data || !envelope->recipient.data)
			return no_memory(error);
	}
	if (options->sender || !envelope->local.data || !envelope->host.data)
		split_recipient(envelope);
	if (!envelope->newsender.data || options->sender)
		envelope->newsender = envelope->sender;
	if ((!envelope->dtline.data || options->sender) && make_dtline(arena, envelope))
		return no_memory(error);
	return 0;
}

int envelope_from_environment(struct arena *arena, const struct options *options,
	struct envelope *envelope, struct error *error)
{
	const char *name = missing(options), *home = getenv("HOME");
	struct envelope found = {0};
	int failed;

	if (name)
		return error_set(error, -EINVAL,
			options->mta == MTA_QMAIL
				? "%s is not in the environment: qmvc is called from a dot-qmail "
				  "file"
				: "%s is not in the environment: say --sender and --recipient",
			name);
	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
		if (read_variable(arena, &variables[i], &found))
			return no_memory(error);
	if (home) {
		found.home = arena_cstr(arena, slice_cstr(home));
		if (!found.home)
			return no_memory(error);
	}
	if (options->mta != MTA_QMAIL || options->sender) {
		failed = complete(arena, options, &found, error);
		if (failed)
			return failed;
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

int envelope_from_addresses(struct arena *arena, const struct options *options, struct slice sender,
	struct slice recipient, struct envelope *envelope, struct error *error)
{
	struct envelope found = {
		.sender = arena_copy(arena, sender),
		.recipient = arena_copy(arena, recipient),
		.user = slice_cstr(getenv("USER")),
		.home = getenv("HOME"),
	};
	int failed;

	if (!found.sender.data || !found.recipient.data)
		return no_memory(error);
	split_recipient(&found);
	failed = set_original(arena, options, &found, error);
	if (failed)
		return failed;
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
