/* The engine of a scanners line that is an ICAP service: icap://HOST[:PORT][,...][/SERVICE]. */
#ifndef QMVC_CONTROL_SCANNER_ICAP_H
#define QMVC_CONTROL_SCANNER_ICAP_H

#include "control/scanner_list.h"
#include "control/syntax.h"

/*
 * Reads `engine` into *config: kind, addresses, service. The port is 1344 where none is given, the
 * service c-icap's virus_scan, with the arguments without which it passes things on unscanned; they
 * are added too where that service is named without any. Returns 0, -EINVAL with *error set, -ENOMEM.
 */
int scanner_icap_parse(struct arena *arena, const struct syntax *syntax, struct slice engine,
	struct scanner_config *config, struct error *error);

#endif
