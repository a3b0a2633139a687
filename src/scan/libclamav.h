/* What the two ways to libclamav share: a helper a mail (libclamav.c), and one that stays. */
#ifndef QMVC_SCAN_LIBCLAMAV_H
#define QMVC_SCAN_LIBCLAMAV_H

#include "scan/clamd_engine.h"

/* As scanner_backend.start, with a resident helper; for libclamav.c. */
int libclamav_resident_start(const struct scan_request *request,
	const struct scanner_config *config, scan_task_done *done, void *context,
	struct scan_task **task, struct error *error);

#endif
