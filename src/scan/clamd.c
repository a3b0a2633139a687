/* Back-end for a clamd that runs as a daemon, at one of the addresses of its control line. */
#include <errno.h>

#include "scan/addresses.h"
#include "scan/clamd_check.h"
#include "scan/clamd_engine.h"
#include "scan/engine_early.h"

static int clamd_start(const struct scan_request *request, const struct scanner_config *config,
	scan_task_done *done, void *context, struct scan_task **task, struct error *error)
{
	return engine_start(engine_new(&addresses_transport, &clamd_engine_protocol,
				    sizeof(struct clamd_engine), request, config, done, context),
		config, task, error);
}

/*
 * By descriptor over a local socket, and what it takes as a whole: then asking about the mail costs
 * nothing but the question.
 */
static int clamd_begin(const struct scan_request *request, const struct scanner_config *config,
	const struct object *message, scan_task_done *done, void *context, struct scan_task **task)
{
	if (!config->addresses[0].path ||
		(config->max_size > 0 && message->content->bytes.len > config->max_size))
		return -EOPNOTSUPP;
	return engine_begin(engine_new(&addresses_transport, &clamd_engine_protocol,
				    sizeof(struct clamd_engine), request, config, done, context),
		message, task);
}

static const struct scanner_early clamd_early = {
	.begin = clamd_begin,
	.add = engine_add,
	.has_sent = engine_has_sent,
	.take_turn = engine_take_turn,
};

const struct scanner_backend backend_clamd = {
	.name = "clamd",
	.early = &clamd_early,
	.start = clamd_start,
	.cancel = engine_cancel,
	.check = clamd_check,
};
