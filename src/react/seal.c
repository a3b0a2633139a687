/* The seal; see seal.h. */
#include "react/seal.h"

#include "react/keyed.h"

#include <errno.h>

#define FIELD	 "X-QMVC-Seal:"
#define VERSION	 "v1"
#define SEALS_MAX 3

/* Of the mail alone: a long one is gone through once, however many recipients are tried. */
static int digest_content(
	const char *run, struct slice message, char hex[KEYED_HEX + 1], struct error *error)
{
	const struct slice pieces[] = {SLICE_LITERAL("qmvc content 1\0"), message};

	return keyed_digest(run, pieces, sizeof(pieces) / sizeof(pieces[0]), hex, error);
}

/* `local` and, lower-cased, `host`: qmail leaves hosts as they were written. */
static int digest(const char *run, struct slice local, struct slice host, const char *content,
	char hex[KEYED_HEX + 1], struct error *error)
{
	cleanup_buf struct buf lower = {0};
	static const struct slice end = SLICE_LITERAL("\0");

	for (size_t i = 0; i < host.len; i++)
		buf_add_byte(&lower, ascii_lower(host.data[i]));
	if (lower.failed)
		return error_set(error, -ENOMEM, "no memory for a seal");

	const struct slice pieces[] = {
		SLICE_LITERAL("qmvc seal 1"), end, local, end, buf_slice(&lower), end,
		slice_cstr(content),
	};

	return keyed_digest(run, pieces, sizeof(pieces) / sizeof(pieces[0]), hex, error);
}

/* Parted at the last '@', as qmail does. */
static void part_address(struct slice address, struct slice *local, struct slice *host)
{
	size_t at = address.len;

	for (size_t i = 0; i < address.len; i++)
		if (address.data[i] == '@')
			at = i;
	*local = slice_first(address, at);
	*host = slice_from(address, at + 1);
}

int seal_make(const char *run, const char *recipient, struct slice message, struct buf *line,
	struct error *error)
{
	char content[KEYED_HEX + 1], hex[KEYED_HEX + 1];
	struct slice local, host;
	int result;

	part_address(slice_cstr(recipient), &local, &host);
	result = digest_content(run, message, content, error);
	if (result == 0)
		result = digest(run, local, host, content, hex, error);
	if (result)
		return result;
	return buf_addf(line, "%s %s %s\n", FIELD, VERSION, hex)
		       ? error_set(error, -ENOMEM, "no memory for a seal")
		       : 0;
}

/* Equal, and how far they are says nothing about where they differ. */
static bool same_digest(struct slice a, const char *hex)
{
	unsigned char difference = 0;

	if (a.len != KEYED_HEX)
		return false;
	for (size_t i = 0; i < KEYED_HEX; i++)
		difference |= a.data[i] ^ (unsigned char)hex[i];
	return difference == 0;
}

/* 1 when `seal` is that of `content` for `address`, or for its local part alone; 0; negative. */
static int is_valid_for(const char *run, struct slice address, struct slice seal,
	const char *content, struct error *error)
{
	char hex[KEYED_HEX + 1];
	struct slice local, host;
	int result;

	part_address(address, &local, &host);
	result = digest(run, local, host, content, hex, error);
	if (result || same_digest(seal, hex))
		return result ? result : 1;
	result = digest(run, local, SLICE_EMPTY, content, hex, error);
	return result ? result : same_digest(seal, hex);
}

/* The digest in a field's line, or the empty slice. */
static struct slice seal_in(struct slice line)
{
	struct slice value = slice_trim(slice_from(line, sizeof(FIELD) - 1));

	if (!slice_starts(value, VERSION " "))
		return SLICE_EMPTY;
	return slice_trim(slice_from(value, sizeof(VERSION " ") - 1));
}

static int check_one(const char *run, const struct envelope *envelope, struct slice seal,
	struct slice message, struct error *error)
{
	char content[KEYED_HEX + 1];
	int result = digest_content(run, message, content, error);

	if (result == 0)
		result = is_valid_for(run, envelope->recipient, seal, content, error);
	if (result == 0 && !slice_eq(envelope->recipient, envelope->original))
		result = is_valid_for(run, envelope->original, seal, content, error);
	return result;
}

int seal_check(const char *run, const struct envelope *envelope, struct slice message,
	struct error *error)
{
	struct slice rest = message, line;
	unsigned seals = 0;
	int valid = 0;

	while (valid == 0 && seals < SEALS_MAX && slice_next_line(&rest, &line) && line.len > 0) {
		struct slice seal;

		if (!slice_starts_nocase(line, FIELD))
			continue;
		seal = seal_in(line);
		if (seal.len != KEYED_HEX || !keyed_has_key(run))
			continue;
		seals++;
		valid = check_one(run, envelope, seal, rest, error);
	}
	return valid;
}
