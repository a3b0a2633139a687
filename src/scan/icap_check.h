/* `qmvc -t` for a service that speaks ICAP: is it there, and does it find what it must find? */
#ifndef QMVC_SCAN_ICAP_CHECK_H
#define QMVC_SCAN_ICAP_CHECK_H

#include "scan/scan.h"

/*
 * As scanner_backend.check. For each address: OPTIONS, the EICAR test file, which must be found; the
 * same inside a PDF document, an encrypted archive, and 6 MiB of nothing, which are warned of, with
 * the setting that mends it.
 */
int icap_check(const struct scan_request *request, const struct scanner_config *config,
	scan_report *report, void *context);

#endif
