/* How an engine starts; see engine.h. */
#include "scan/engine.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "base/clock.h"

static int begin(struct engine *engine)
{
	const struct scan_request *request = engine->task.request;
	const struct scanner_config *config = engine->task.config;
	int r = items_make(&engine->items, request, config->max_size, &engine->answers);

	engine->idle = engine->items.count == 0;
	if (r == 0)
		r = engine_limit_time(engine);
	if (r == 0 && !engine->idle)
		r = engine_open(engine);
	if (r < 0)
		deadline_cancel(take_ptr(&engine->deadline));
	return r;
}

struct engine *engine_new(const struct engine_transport *transport,
	const struct engine_protocol *protocol, size_t size, const struct scan_request *request,
	const struct scanner_config *config, scan_task_done *done, void *context)
{
	struct engine *engine = calloc(1, size);

	if (!engine)
		return NULL;
	engine->task = (struct scan_task){
		.request = request, .config = config, .done = done, .context = context};
	engine->transport = transport;
	engine->protocol = protocol;
	snprintf(engine->probe, sizeof(engine->probe),
		"qmvc asks whether you answer: %" PRIu64 "\n", clock_us());
	answers_init(&engine->answers, request);
	return engine;
}

int engine_start(struct engine *engine, const struct scanner_config *config,
	struct scan_task **task, struct error *error)
{
	cleanup_free struct engine *owned = engine;
	int r = owned ? 0 : -ENOMEM;

	if (r == 0) {
		owned->session = owned->protocol->init(owned);
		r = begin(owned);
	}
	if (r < 0)
		return error_set_errno(
			error, r, "%s", owned ? owned->transport->name(owned) : config->engine);
	*task = &take_ptr(&owned)->task;
	return 0;
}
