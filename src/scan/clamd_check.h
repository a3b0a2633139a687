/* `qmvc -t` for engines that speak clamd's protocol: is it there, which version, how configured? */
#ifndef QMVC_SCAN_CLAMD_CHECK_H
#define QMVC_SCAN_CLAMD_CHECK_H

#include "loop/job.h"
#include "scan/backend.h"

/*
 * As scanner_backend.check. For each address: PING, VERSION, an encrypted archive and an object
 * beyond all limits; an OK for either is warned of, with the setting that mends it.
 */
int clamd_check(const struct scan_request *request, const struct scanner_config *config,
	scan_report *report, void *context);

/* Starts the helper, which loads the signatures, and asks it the same. */
int libclamav_check(const struct scan_request *request, const struct scanner_config *config,
	scan_report *report, void *context);

/*
 * For libclamav_check(): starts qmvc-clamav with `fd` as its descriptor 3. `done` is the job's.
 * Returns 0 or a negative errno.
 */
int libclamav_spawn(const struct scan_request *request, const struct scanner_config *config, int fd,
	job_done *done, void *context, struct job **job);

#endif
