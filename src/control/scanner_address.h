/* Addresses of scanning daemons, as the first field of a scanners line lists them. */
#ifndef QMVC_CONTROL_SCANNER_ADDRESS_H
#define QMVC_CONTROL_SCANNER_ADDRESS_H

#include "control/scanner_list.h"
#include "control/syntax.h"

/*
 * Reads `text`, one or more of /PATH, HOST:PORT, [IPV6]:PORT, separated by commas, into the arena.
 * With a `default_port` (else 0) there may be hosts without a port, and no paths. Returns 0, -EINVAL
 * with *error set, -ENOMEM.
 */
int scanner_addresses_parse(struct arena *arena, const struct syntax *syntax, struct slice text,
	unsigned default_port, struct scanner_address **addresses, unsigned *count,
	struct error *error);

#endif
