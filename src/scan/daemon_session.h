/*
 * The side of a daemon (daemon.h) that asks: daemon_engine.c for a scan, daemon_check.c for
 * `qmvc -t`.
 */
#ifndef QMVC_SCAN_DAEMON_SESSION_H
#define QMVC_SCAN_DAEMON_SESSION_H

#include "scan/daemon.h"

/* What the one who asks is told. `closed` is the last, after session_end() or `broken`. */
struct daemon_events {
	void (*ready)(struct daemon *daemon); /* session->ready is set by the owner */
	void (*found)(struct daemon *daemon, enum verdict verdict, struct slice name);
	void (*failed)(struct daemon *daemon, struct slice text);
	/* DAEMON_CLEAN, _ANSWERED, _TOO_LARGE, _REFUSES (daemon->words) */
	void (*answered)(struct daemon *daemon, enum daemon_step step);
	void (*fact)(struct daemon *daemon, enum scan_fact fact, struct slice text); /* or NULL */
	void (*broken)(struct session *session, int error, struct slice words);
	void (*closed)(struct session *session);
};

/*
 * Once: `state` has protocol->state_size bytes, aligned for anything, and lives as long as the daemon.
 */
void daemon_setup(struct daemon *daemon, const struct daemon_protocol *protocol,
	const struct daemon_events *events, const struct scan_request *request,
	const struct scanner_config *config, void *state);
/* For each connection, as session_init(); its conn is opened with session_conn(&daemon->base). */
struct session *daemon_init(struct daemon *daemon, void *context);
/*
 * Asks, once ready, one question at a time: 0, the answer follows; or a negative errno. *step becomes
 * DAEMON_MORE, or DAEMON_TOO_LARGE when that is the answer already, and none follows.
 */
int daemon_ask(
	struct daemon *daemon, const struct daemon_question *question, enum daemon_step *step);

#endif
