/* Back-end for a clamd that runs as a daemon, at one of the addresses of its control line. */
#include "scan/addresses.h"
#include "scan/clamd_check.h"
#include "scan/clamd_engine.h"

static int clamd_start(const struct scan_request *request, const struct scanner_config *config,
	scan_task_done *done, void *context, struct scan_task **task, struct error *error)
{
	return engine_start(engine_new(&addresses_transport, &clamd_engine_protocol,
				    sizeof(struct clamd_engine), request, config, done, context),
		config, task, error);
}

const struct scanner_backend backend_clamd = {
	.name = "clamd",
	.start = clamd_start,
	.cancel = engine_cancel,
	.check = clamd_check,
};
