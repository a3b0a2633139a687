/*
 * What an ICAP service said to OPTIONS, remembered for as long as it said, so that a mail costs one
 * question less. A file run/icap.INITIAL.N for address number N of the control line; what is not
 * there, old, or of another engine is asked for anew.
 */
#ifndef QMVC_SCAN_ICAP_STATE_H
#define QMVC_SCAN_ICAP_STATE_H

#include "control/profile.h"
#include "control/scanner_list.h"
#include "scan/icap_verdict.h"

/* False: nothing that holds now. */
bool icap_state_read(const struct profile *profile, const struct scanner_config *scanner,
	unsigned address, int64_t now_ms, struct icap_limits *limits);

/* A failure is passed over. */
void icap_state_write(const struct profile *profile, const struct scanner_config *scanner,
	unsigned address, int64_t now_ms, const struct icap_limits *limits);

/* The service has changed. */
void icap_state_forget(
	const struct profile *profile, const struct scanner_config *scanner, unsigned address);

#endif
