/*
 * Back-end for a libclamav that stays: connects to the resident helper, or starts it (resident.h),
 * and leaves the asking to engine.c.
 *
 * A connection that breaks in mid-scan may be an object's doing, and it is when the helper is still
 * the one that we were connected to, since it serves each client by a child: only that child died.
 * Else the helper itself has gone: it had been idle just when we came, somebody killed it, an heir
 * took its place. That is nobody's fault, and all is asked again.
 */
#include "scan/libclamav.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "scan/resident.h"

/* Between two attempts while somebody else starts it, or while it ends. */
#define RETRY_MS 10
/* So often may one die while it loads, before that is an error. */
#define LOADS_MAX 2

struct libclamav_resident {
	struct clamd_engine base; /* first */
	struct deadline *retry;	  /* what comes next, soon */
	pid_t pid;		  /* of the helper that we are connected to; 0: not known */
	unsigned loads;		  /* helpers that died while they loaded */
};

static void try_again(struct deadline *deadline, void *context);

/* Returns 0 and *conn (NULL: not yet), or a negative errno. */
static int try(struct libclamav_resident *own, struct conn **conn)
{
	struct engine *engine = &own->base.engine;
	const struct scan_request *request = engine->task.request;
	struct resident_state state = {0};
	int fd, r = resident_reach(request, engine->task.config, &fd, &state);

	*conn = NULL;
	own->pid = state.pid;
	engine->loading = state.phase != RESIDENT_READY;
	if (r == 0)
		return conn_adopt(request->loop, fd, session_conn, engine->session, conn);
	if (r == RESIDENT_BUSY)
		return deadline_start(request->loop, RETRY_MS, try_again, own, &own->retry);
	return r;
}

static void try_again(struct deadline *deadline, void *context)
{
	struct libclamav_resident *own = context;
	struct engine *engine = &own->base.engine;
	struct conn *conn = NULL;
	int r = 0;

	(void)deadline;
	own->retry = NULL;
	if (!engine->over)
		r = try(own, &conn);
	if (conn) {
		engine_connected(engine, conn);
	} else if (engine->over || r < 0) {
		engine->lost = true;
		engine->lost_connected = false;
		engine->lost_error = r;
		engine_gone(engine);
	}
}

static int resident_open(struct engine *engine, struct conn **conn, bool *connected)
{
	struct libclamav_resident *own = (struct libclamav_resident *)engine;
	int r = try(own, conn);

	*connected = r == 0 && *conn;
	return r;
}

/*
 * Whose fault is it that the connection broke? One that died while it loaded is told from one that
 * somebody else is starting now by its number.
 */
static void judge_loss(struct libclamav_resident *own)
{
	struct engine *engine = &own->base.engine;
	struct resident_state state;

	resident_look(engine->task.request, engine->task.config, &state);
	if (state.phase == RESIDENT_FAILED) {
		engine->hopeless = true;
		engine->why = arena_printf(engine->task.request->arena, "%s", state.text);
	} else if (state.phase == RESIDENT_LOADING &&
		   (!state.alive || own->pid == 0 || state.pid == own->pid) &&
		   ++own->loads >= LOADS_MAX) {
		engine->hopeless = true;
		engine->why = "it died while it loaded the signatures";
	} else {
		engine->blameless =
			!state.alive || state.phase != RESIDENT_READY || state.pid != own->pid;
	}
}

static void judge_later(struct deadline *deadline, void *context)
{
	struct libclamav_resident *own = context;

	(void)deadline;
	own->retry = NULL;
	if (!own->base.engine.over)
		judge_loss(own);
	engine_gone(&own->base.engine);
}

static void resident_close(struct engine *engine)
{
	struct libclamav_resident *own = (struct libclamav_resident *)engine;

	if (own->retry)
		return; /* it fires soon, and cannot be ended from within engine_cancel() */
	/* A process that dies lets go of its lock a moment after its sockets: look then. */
	if (!engine->over && engine->lost &&
		deadline_start(
			engine->task.request->loop, RETRY_MS, judge_later, own, &own->retry) == 0)
		return;
	engine_gone(engine);
}

static const char *resident_name(const struct engine *engine)
{
	(void)engine;
	return "qmvc-clamav";
}

static const struct engine_transport transport = {
	.open = resident_open,
	.close = resident_close,
	/* It may be late because it loads, and answer a probe when it just has: that proves nothing. */
	.own_engine = true,
	.name = resident_name,
};

int libclamav_resident_start(const struct scan_request *request,
	const struct scanner_config *config, scan_task_done *done, void *context,
	struct scan_task **task, struct error *error)
{
	return engine_start(
		engine_new(&transport, &clamd_engine_protocol, sizeof(struct libclamav_resident),
			request, config, done, context),
		config, task, error);
}
