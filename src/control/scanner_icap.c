/*
 * ICAP services; see scanner_icap.h. What follows the slash is the service's own: it is given back as
 * it was written.
 */
#include "control/scanner_icap.h"

#include <errno.h>

#include "control/scanner_address.h"

#define PORT	    1344 /* RFC 3507, 4.2 */
#define SERVICE_MAX 200

/*
 * allow204: it need not send the content back. force: also types of files that web proxies have no
 * fear of, such as PDF. sizelimit: also what is large. mode: nothing is sent back while it scans.
 */
static const char virus_scan[] = "virus_scan?allow204=on&force=on&sizelimit=off&mode=simple";

static int parse_service(struct arena *arena, const struct syntax *syntax, struct slice service,
	struct scanner_config *config, struct error *error)
{
	for (size_t i = 0; i < service.len; i++)
		if (service.data[i] <= ' ' || service.data[i] >= 0x7f)
			return syntax_error(syntax, error, service,
				"a service and its arguments are of printable ASCII only");
	if (service.len > SERVICE_MAX)
		return syntax_error(syntax, error, service, "is too long for a service");
	if (service.len == 0 || slice_eq_cstr(service, "virus_scan"))
		service = slice_cstr(virus_scan);
	config->service = arena_cstr(arena, service);
	return config->service ? 0 : error_set(error, -ENOMEM, "%s: no memory", syntax->path);
}

int scanner_icap_parse(struct arena *arena, const struct syntax *syntax, struct slice engine,
	struct scanner_config *config, struct error *error)
{
	struct slice rest = slice_from(engine, strlen("icap://"));
	size_t slash = slice_find_byte(rest, '/', 0);
	int failed;

	config->kind = SCANNER_ICAP;
	if (!slice_starts_nocase(engine, "icap://"))
		return syntax_error(syntax, error, engine, "must be icap://HOST:PORT/SERVICE");
	failed = scanner_addresses_parse(arena, syntax, slice_first(rest, slash), PORT,
		&config->addresses, &config->address_count, error);
	return failed ? failed
		      : parse_service(arena, syntax, slice_from(rest, slash + 1), config, error);
}
