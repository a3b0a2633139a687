/*
 * Back-end for libclamav without a daemon. With resident= the work is libclamav_resident.c's; with
 * resident=0 it is done here: starts qmvc-clamav, which loads the signatures, gives it one end of a
 * socket pair as descriptor 3, and asks it as clamd is asked. One helper a scan; it is killed as soon
 * as the last answer is in. What it has to say when it cannot start (no database) it says on stderr
 * and by its exit code.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "loop/job.h"
#include "scan/clamd_check.h"
#include "scan/clamd_engine.h"
#include "scan/libclamav.h"
#include "scan/plugin.h"

#define OUTPUT_MAX 4096

struct libclamav {
	struct clamd_engine base; /* first */
	struct job *job;
	int start_error; /* the helper could not be started */
};

/* The helper's last words; whether it could begin at all decides if it is started again. */
static void helper_done(struct job *job, const struct job_result *result, void *context)
{
	struct libclamav *own = context;
	struct engine *engine = &own->base.engine;
	struct arena *arena = engine->task.request->arena;
	struct slice words = plugin_last_line(result->err);

	(void)job;
	own->job = NULL;
	if (result->end == JOB_EXITED && result->exit_code != 0) {
		engine->hopeless = true;
		engine->why = arena_printf(
			arena, "exit code %d: %.*s", result->exit_code, SLICE_ARGS(words));
	} else if (result->end == JOB_SIGNALED) {
		engine->why = arena_printf(arena, "killed by signal %d", result->signal);
		/* KILL comes from outside: from a host that is short of memory, perhaps. */
		engine->crashed = result->signal != SIGKILL;
	}
	if (!engine->session->conn)
		engine_gone(engine);
}

int libclamav_spawn(const struct scan_request *request, const struct scanner_config *config, int fd,
	job_done *done, void *context, struct job **job)
{
	const char *scratch = request->scratch ? request->scratch : request->profile->tmp;
	struct plugin_environment environment;
	char *path = arena_printf(request->arena, "%s/qmvc-clamav", request->profile->libexec);
	const char *argv[] = {path, "-t", scratch, config->database, NULL};
	struct job_options options = {.argv = argv,
		.stdin_fd = -1,
		.extra_fds = {fd},
		.extra_count = 1,
		.stdout_limit = OUTPUT_MAX,
		.stderr_limit = OUTPUT_MAX};

	if (!path || plugin_environment(&environment, request->arena, scratch) < 0)
		return -ENOMEM;
	options.envp = environment.list;
	return job_start(request->loop, &options, done, context, job);
}

static int libclamav_open(struct engine *engine, struct conn **conn, bool *connected)
{
	struct libclamav *own = (struct libclamav *)engine;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;

	cleanup_fd int theirs = pair[1];
	int r = conn_adopt(
		engine->task.request->loop, pair[0], session_conn, engine->session, conn);

	if (r < 0)
		return r;
	/* The conn has to end in its own time, so a helper that does not start is a loss. */
	own->start_error = libclamav_spawn(
		engine->task.request, engine->task.config, theirs, helper_done, own, &own->job);
	engine->loading = true;
	*connected = true;
	return 0;
}

static void libclamav_close(struct engine *engine)
{
	struct libclamav *own = (struct libclamav *)engine;

	if (own->start_error < 0) {
		engine->hopeless = true;
		engine->why = strerror(-own->start_error);
	}
	if (!own->job)
		engine_gone(engine);
	else if (engine->over || !engine->lost || engine->lost_error == -EPROTO ||
		 engine->lost_error == -ENOMEM)
		job_cancel(own->job);
	/* else its end of the pair is closed: it is about to exit, and its status says why */
}

static const char *libclamav_name(const struct engine *engine)
{
	(void)engine;
	return "qmvc-clamav";
}

static const struct engine_transport transport = {
	.open = libclamav_open,
	.close = libclamav_close,
	.own_engine = true,
	.name = libclamav_name,
};

static int libclamav_start(const struct scan_request *request, const struct scanner_config *config,
	scan_task_done *done, void *context, struct scan_task **task, struct error *error)
{
	if (config->resident_s > 0)
		return libclamav_resident_start(request, config, done, context, task, error);
	return engine_start(engine_new(&transport, &clamd_engine_protocol, sizeof(struct libclamav),
				    request, config, done, context),
		config, task, error);
}

const struct scanner_backend backend_libclamav = {
	.name = "libclamav",
	.start = libclamav_start,
	.cancel = engine_cancel,
	.check = libclamav_check,
};
