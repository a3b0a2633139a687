/*
 * The circuit breaker: an engine that could not be started or reached several times in a row is left
 * alone for a while, so that a queue full of mails does not wait out the same timeout one by one.
 * Its state is a file in the profile's run directory, made only when an engine fails: a scanner that
 * works costs one failed open(2) a mail. The counts of mails that fail at the same time may be lost;
 * they only make the breaker slower.
 */
#ifndef QMVC_SCAN_BREAKER_H
#define QMVC_SCAN_BREAKER_H

#include "control/profile.h"
#include "control/scanner_list.h"

/* Failures in a row that open it, and seconds it stays open. */
#define BREAKER_FAILURES 3
#define BREAKER_SECONDS	 60

enum breaker_state {
	BREAKER_CLOSED,	 /* no failure on record */
	BREAKER_FAILING, /* may be tried; its next success has to be noted */
	BREAKER_OPEN,	 /* leave it alone */
};

/*
 * May this scanner be tried? When the pause is over the first to ask may, and the others wait for
 * what becomes of it. A state that cannot be read counts as closed: then every mail finds out.
 */
enum breaker_state breaker_ask(
	const struct profile *profile, const struct scanner_config *scanner, int64_t now_ms);

/* Notes that it could not be reached, or that it could (when the state was BREAKER_FAILING). */
void breaker_note(const struct profile *profile, const struct scanner_config *scanner, bool reached,
	int64_t now_ms);

#endif
