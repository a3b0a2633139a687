/*
 * A scanning daemon (daemon.h) as an engine (engine.h), and as what scan.c runs: one back-end for all
 * protocols, which are told apart by the scanner's kind.
 */
#ifndef QMVC_SCAN_DAEMON_ENGINE_H
#define QMVC_SCAN_DAEMON_ENGINE_H

#include "scan/daemon_session.h"
#include "scan/engine.h"

/* What a scanner of this kind speaks, or NULL. */
const struct daemon_protocol *daemon_protocol_of(enum scanner_kind kind);

/*
 * As check() of struct scanner_backend: of each address whether it greets, what it tells about
 * itself, whether it says clean of harmless content, and finds the test file of EICAR (else a
 * warning).
 */
int daemon_check(const struct scan_request *request, const struct scanner_config *config,
	scan_report *report, void *context);

#endif
