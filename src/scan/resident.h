/*
 * Finds the resident qmvc-clamav of a scanner line, or starts it. In the profile's run directory
 * lie, for each database with its settings, its socket clamav.HASH and its lock clamav.HASH.lock
 * (resident_state.h). Whoever finds nobody at the socket, and gets the lock, makes the socket anew,
 * listens, and starts a helper that inherits both: so clients may connect at once, and wait in the
 * socket's queue until it has loaded; and of many who come at the same time one starts it.
 */
#ifndef QMVC_SCAN_RESIDENT_H
#define QMVC_SCAN_RESIDENT_H

#include "scan/resident_state.h"
#include "scan/scan.h"

/* Nobody can be reached just now, and somebody else is about to change that: try again soon. */
#define RESIDENT_BUSY 1

/*
 * Connects. Returns 0 and *fd (the caller's, non-blocking) and *state (of the helper now; pid 0 when
 * not known), RESIDENT_BUSY, or a negative errno: -ECONNREFUSED when there is none, -EPERM when the
 * socket is another uid's.
 */
int resident_connect(const struct scan_request *request, const struct scanner_config *config,
	int *fd, struct resident_state *state);

/* The same, and starts it when there is none. */
int resident_reach(const struct scan_request *request, const struct scanner_config *config, int *fd,
	struct resident_state *state);

/* What is known of it; all zero when there never was any. */
void resident_look(const struct scan_request *request, const struct scanner_config *config,
	struct resident_state *state);

#endif
