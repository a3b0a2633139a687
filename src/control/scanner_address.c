/*
 * Addresses of daemons; see scanner_address.h. An address of IPv6 stands in brackets, because its
 * own colons would hide where the port begins.
 */
#include "control/scanner_address.h"

#include <errno.h>
#include <sys/un.h>

/* Tried in turn: with more, the scanner's time would be over before the last one. */
#define ADDRESSES_MAX 16
#define HOST_LENGTH   255

static int wrong(
	const struct syntax *syntax, struct slice word, unsigned default_port, struct error *error)
{
	return syntax_error(syntax, error, word,
		default_port ? "must be HOST, HOST:PORT, [IPV6] or [IPV6]:PORT"
			     : "must be /SOCKET, HOST:PORT or [IPV6]:PORT");
}

static bool is_host(struct slice host, bool bracketed)
{
	for (size_t i = 0; i < host.len; i++) {
		unsigned char c = ascii_lower(host.data[i]);

		if ((c >= 'a' && c <= 'z') || ascii_digit(c) || c == '.' || c == '-' || c == '_')
			continue;
		if (bracketed && (c == ':' || c == '%'))
			continue;
		return false;
	}
	return host.len > 0 && host.len <= HOST_LENGTH;
}

/* Splits HOST:PORT, or HOST when the port may be left out. False: it is not of that form. */
static bool split(struct slice word, bool may_lack_port, struct slice *host, struct slice *port)
{
	bool bracketed = slice_starts(word, "[");
	size_t end = slice_find_byte(word, bracketed ? ']' : ':', 0);

	if (end == word.len && (bracketed || !may_lack_port))
		return false;
	*host = slice_from(slice_first(word, end), bracketed);
	*port = slice_from(word, end + bracketed);
	if (!is_host(*host, bracketed))
		return false;
	if (port->len == 0)
		return may_lack_port;
	if (!slice_starts(*port, ":"))
		return false;
	*port = slice_from(*port, 1);
	return port->len > 0 || !may_lack_port;
}

/* A unix socket or a host with its port; `default_port` is for daemons that have one, and no socket. */
static int parse_one(struct arena *arena, const struct syntax *syntax, struct slice word,
	unsigned default_port, struct scanner_address *address, struct error *error)
{
	struct scanner_address found = {0};
	struct slice host, port;
	uint64_t number = default_port;
	int failed = 0;

	if (slice_starts(word, "/") && !default_port) {
		if (word.len >= sizeof(((struct sockaddr_un *)NULL)->sun_path))
			return syntax_error(
				syntax, error, word, "is too long for the path of a socket");
		found.path = arena_cstr(arena, word);
		if (!found.path)
			return error_set(error, -ENOMEM, "%s: no memory", syntax->path);
		*address = found;
		return 0;
	}
	if (!split(word, default_port > 0, &host, &port))
		return wrong(syntax, word, default_port, error);
	for (size_t i = 0; i < port.len; i++)
		if (!ascii_digit(port.data[i]))
			return wrong(syntax, word, default_port, error);
	if (port.len > 0 || !default_port)
		failed = syntax_number(syntax, word, port, 1, 65535, &number, error);
	if (failed)
		return failed;
	found.host = arena_cstr(arena, host);
	if (!found.host)
		return error_set(error, -ENOMEM, "%s: no memory", syntax->path);
	found.port = (unsigned)number;
	*address = found;
	return 0;
}

int scanner_addresses_parse(struct arena *arena, const struct syntax *syntax, struct slice text,
	unsigned default_port, struct scanner_address **addresses, unsigned *count,
	struct error *error)
{
	struct scanner_address *list = arena_array(arena, ADDRESSES_MAX, sizeof(*list));
	unsigned found = 0;
	struct slice word;

	if (!list)
		return error_set(error, -ENOMEM, "%s: no memory", syntax->path);
	while (syntax_item(&text, SYNTAX_LIST, &word)) {
		int failed;

		if (found == ADDRESSES_MAX)
			return syntax_error(
				syntax, error, word, "more than %d addresses", ADDRESSES_MAX);
		failed = parse_one(arena, syntax, word, default_port, &list[found], error);
		if (failed)
			return failed;
		found++;
	}
	if (found == 0)
		return wrong(syntax, SLICE_EMPTY, default_port, error);
	*addresses = list;
	*count = found;
	return 0;
}
