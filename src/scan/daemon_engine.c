/*
 * Scanning daemons under the engine; see daemon_engine.h. One connection, one object at a time: these
 * daemons answer in order, and a mail has few parts.
 */
#include "scan/daemon_engine.h"

#include <errno.h>

#include "scan/addresses.h"
#include "scan/work_files.h"

struct daemon_engine {
	struct engine engine; /* first */
	int index;	      /* of what is asked */
	struct daemon daemon;
	max_align_t state[]; /* the protocol's */
};

static struct daemon_engine *own_of(struct daemon *daemon)
{
	return daemon->base.context;
}

static void ready(struct daemon *daemon)
{
	engine_session_ready(&daemon->base);
}

static void found(struct daemon *daemon, enum verdict verdict, struct slice name)
{
	engine_found(&own_of(daemon)->engine, own_of(daemon)->index, verdict, name);
}

static void failed(struct daemon *daemon, struct slice text)
{
	engine_failed(&own_of(daemon)->engine, own_of(daemon)->index, text);
}

static void answered(struct daemon *daemon, enum daemon_step step)
{
	struct engine *engine = &own_of(daemon)->engine;
	int index = own_of(daemon)->index;

	if (engine->over)
		return;
	if (step == DAEMON_REFUSES) {
		engine_broken(engine, daemon->words);
		return;
	}
	if (step == DAEMON_TOO_LARGE)
		engine_too_large(engine, index);
	else
		engine_answered(engine, index, step == DAEMON_CLEAN);
	/* One connection ends and another begins, with the same daemon behind it. */
	engine->chained = daemon->base.ending;
	engine_go_on(engine);
}

static const struct daemon_events events = {
	.ready = ready,
	.found = found,
	.failed = failed,
	.answered = answered,
	.broken = engine_session_broken,
	.closed = engine_session_closed,
};

static struct session *init(struct engine *engine)
{
	struct daemon_engine *own = (struct daemon_engine *)engine;

	return daemon_init(&own->daemon, own);
}

static int ask(struct engine *engine, struct item *item, int index)
{
	struct daemon_engine *own = (struct daemon_engine *)engine;
	struct daemon_question question = {.object = item->object};
	enum daemon_step step;

	question.bytes = item->object ? item->object->content->bytes : slice_cstr(engine->probe);
	if (own->daemon.protocol->by_path) {
		int failed_path = item->object ? work_files_path(engine->task.request, item->object,
							 &question.path)
					       : work_files_probe(engine->task.request,
							 question.bytes, &question.path);

		if (failed_path < 0)
			return failed_path;
	}
	own->index = index;

	int r = daemon_ask(&own->daemon, &question, &step);

	if (r == 0 && step == DAEMON_TOO_LARGE)
		engine_too_large(engine, index);
	return r;
}

/* Protection that runs on access takes an infected file away before the daemon has seen it. */
static void end(struct engine *engine)
{
	struct daemon_engine *own = (struct daemon_engine *)engine;

	if (own->daemon.protocol->by_path && !engine->idle)
		work_files_look(engine->task.request, &engine->answers);
}

static const struct engine_protocol protocol = {
	.window = 1,
	.init = init,
	.ask = ask,
	.end = end,
};

const struct daemon_protocol *daemon_protocol_of(enum scanner_kind kind)
{
	switch (kind) {
	case SCANNER_SSSP:
		return &sssp_protocol;
	case SCANNER_FSAVD:
		return &fsavd_protocol;
	case SCANNER_TROPHIE:
		return &trophie_protocol;
	case SCANNER_PROCESS:
	case SCANNER_CLAMD:
	case SCANNER_LIBCLAMAV:
	case SCANNER_ICAP:
		break;
	}
	return NULL;
}

static int daemon_start(const struct scan_request *request, const struct scanner_config *config,
	scan_task_done *done, void *context, struct scan_task **task, struct error *error)
{
	const struct daemon_protocol *spoken = daemon_protocol_of(config->kind);
	struct daemon_engine *own;

	if (spoken->by_path && !request->files)
		return error_set(error, -EINVAL, "%s: there is no work tree", config->engine);
	own = (struct daemon_engine *)engine_new(&addresses_transport, &protocol,
		sizeof(*own) + spoken->state_size, request, config, done, context);
	if (own)
		daemon_setup(&own->daemon, spoken, &events, request, config, own->state);
	return engine_start(own ? &own->engine : NULL, config, task, error);
}

const struct scanner_backend backend_daemon = {
	.name = "daemon",
	.start = daemon_start,
	.cancel = engine_cancel,
	.check = daemon_check,
};
