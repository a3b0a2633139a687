/*
 * Back-end for a clamd that runs as a daemon: connects to the addresses of the control line in turn
 * until one answers, and leaves the asking to clamd_engine.c.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "scan/clamd_check.h"
#include "scan/clamd_engine.h"

/* Connecting is quick or does not happen; the rest of the time is for scanning. */
#define CONNECT_MS 5000

struct clamd {
	struct clamd_engine engine; /* first */
	unsigned address;	    /* the one in use */
	unsigned tried;		    /* since one last connected */
};

static const struct scanner_address *address_of(const struct clamd_engine *engine)
{
	const struct clamd *clamd = (const struct clamd *)engine;

	return &engine->task.config->addresses[clamd->address];
}

static int clamd_open(struct clamd_engine *engine, struct conn **conn, bool *connected)
{
	struct clamd *clamd = (struct clamd *)engine;
	const struct scanner_address *address = address_of(engine);
	unsigned timeout = engine->task.config->timeout_ms;

	(void)connected;
	clamd->tried++;
	return conn_open(engine->task.request->loop, address->path, address->host, address->port,
		timeout < CONNECT_MS ? timeout : CONNECT_MS, clamd_session_conn, &engine->session,
		conn);
}

static bool clamd_next(struct clamd_engine *engine)
{
	struct clamd *clamd = (struct clamd *)engine;

	if (clamd->tried >= engine->task.config->address_count)
		return false;
	clamd->address = (clamd->address + 1) % engine->task.config->address_count;
	return true;
}

static void clamd_close(struct clamd_engine *engine)
{
	struct clamd *clamd = (struct clamd *)engine;

	if (!engine->lost || engine->lost_connected)
		clamd->tried = 0;
	clamd_engine_gone(engine);
}

static const char *clamd_name(const struct clamd_engine *engine)
{
	const struct scanner_address *address = address_of(engine);

	return address->path ? address->path : engine->task.config->engine;
}

static const struct clamd_transport transport = {
	.open = clamd_open,
	.next = clamd_next,
	.close = clamd_close,
	.name = clamd_name,
	.size = sizeof(struct clamd),
};

static int clamd_start(const struct scan_request *request, const struct scanner_config *config,
	scan_task_done *done, void *context, struct scan_task **task, struct error *error)
{
	return clamd_engine_start(&transport, request, config, done, context, task, error);
}

const struct scanner_backend backend_clamd = {
	.name = "clamd",
	.start = clamd_start,
	.cancel = clamd_engine_cancel,
	.check = clamd_check,
};
