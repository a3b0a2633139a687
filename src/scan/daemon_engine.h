/*
 * A scanning daemon as an engine: what a back-end for a protocol (daemon.h) consists of. The whole
 * of it, for a protocol NAME:
 *
 *	static int name_start(...) { return daemon_start(&name_protocol, ...); }
 *	static int name_check(...) { return daemon_check(&name_protocol, ...); }
 *	const struct scanner_backend backend_name = {"name", name_start, engine_cancel, name_check};
 */
#ifndef QMVC_SCAN_DAEMON_ENGINE_H
#define QMVC_SCAN_DAEMON_ENGINE_H

#include "scan/daemon.h"
#include "scan/engine.h"

/* As start() of struct scanner_backend; its cancel() is engine_cancel(). */
int daemon_start(const struct daemon_protocol *protocol, const struct scan_request *request,
	const struct scanner_config *config, scan_task_done *done, void *context,
	struct scan_task **task, struct error *error);

/*
 * As check() of struct scanner_backend: of each address whether it greets, which version it tells,
 * whether it says clean of harmless content, and finds the test file of EICAR (else a warning).
 */
int daemon_check(const struct daemon_protocol *protocol, const struct scan_request *request,
	const struct scanner_config *config, scan_report *report, void *context);

#endif
