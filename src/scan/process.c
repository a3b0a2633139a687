/*
 * Back-end for an engine that is a program: runs av_NAME on the work tree's files and reads what it
 * prints. Afterwards every file must still be there (work_files.h).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "scan/backend.h"
#include "scan/plugin.h"
#include "scan/work_files.h"

/* One line a finding: even a mail of a thousand infected parts stays below this. */
#define STDOUT_MAX (1024 * 1024)
#define STDERR_MAX (64 * 1024)
/* Between TERM and KILL after the timeout. */
#define GRACE_MS 2000

struct process {
	struct scan_task task; /* first */
	struct job *job;
	struct answers answers;
};

static void process_done(struct job *job, const struct job_result *result, void *context)
{
	struct process *process = context;

	(void)job;
	plugin_read(result, process->task.request->files, &process->answers);
	if (result->end == JOB_EXITED)
		work_files_look(process->task.request, &process->answers);
	process->task.done(
		&process->task, answers_finish(&process->answers), process->task.context);
	free(process);
}

static int process_start(const struct scan_request *request, const struct scanner_config *config,
	scan_task_done *done, void *context, struct scan_task **task, struct error *error)
{
	cleanup_free struct process *process = calloc(1, sizeof(*process));
	struct plugin_environment environment;
	char *path = plugin_path(request->arena, request->profile, "av_", config->plugin);

	if (!process || !path)
		return error_set_errno(error, -ENOMEM, "%s", config->engine);
	if (!request->files || !request->scratch)
		return error_set(error, -EINVAL, "%s: there is no work tree", config->engine);
	if (plugin_environment(&environment, request->arena, request->scratch) < 0)
		return error_set_errno(error, -ENOMEM, "%s", config->engine);

	const char *argv[] = {path, request->files, NULL};
	const struct job_options options = {
		.argv = argv,
		.envp = environment.list,
		.directory = request->scratch,
		.stdin_fd = -1,
		.stdout_limit = STDOUT_MAX,
		.stderr_limit = STDERR_MAX,
		.timeout_ms = config->timeout_ms,
		.grace_ms = GRACE_MS,
	};

	process->task = (struct scan_task){
		.request = request, .config = config, .done = done, .context = context};
	answers_init(&process->answers, request);

	uint64_t before_us = clock_us();
	int r = job_start(request->loop, &options, process_done, process, &process->job);

	if (r < 0)
		return error_set_errno(error, r, "%s", path);
	process->answers.result.reach_us = clock_us() - before_us;
	*task = &take_ptr(&process)->task;
	return 0;
}

static void process_cancel(struct scan_task *task)
{
	struct process *process = (struct process *)task;

	job_cancel(process->job);
}

static int process_check(const struct scan_request *request, const struct scanner_config *config,
	scan_report *report, void *context)
{
	char *path = plugin_path(request->arena, request->profile, "av_", config->plugin);
	struct error error = {0};

	if (!path)
		return -ENOMEM;
	if (access(path, X_OK) < 0) {
		error_set_errno(&error, -errno, "%s", path);
		report(context, FACT_ERROR, error.text);
		return 1;
	}
	if (config->plugin[0] == '/') {
		error_set(&error, 0, "%s is there", path);
		report(context, FACT_NOTE, error.text);
		return 0;
	}
	return plugin_ask(request, config->plugin, NULL, config->timeout_ms, report, context);
}

const struct scanner_backend backend_process = {
	.name = "process",
	.start = process_start,
	.cancel = process_cancel,
	.check = process_check,
};
