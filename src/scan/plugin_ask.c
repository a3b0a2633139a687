/*
 * Runs check_NAME, which tells the versions of an engine that is a program; see plugin.h. What it
 * prints is read by facts.c; here is what its end means.
 */
#include <errno.h>
#include <unistd.h>

#include "base/error.h"
#include "scan/facts.h"
#include "scan/plugin.h"

#define OUTPUT_MAX (64 * 1024)
/* Between TERM and KILL after the timeout. */
#define GRACE_MS 2000

struct question {
	const char *program; /* check_NAME */
	scan_report *report;
	void *context;
	int errors;
};

/* Passes a fact on, and counts the errors. */
static void told(void *context, enum scan_fact fact, const char *text)
{
	struct question *question = context;

	question->errors += fact == FACT_ERROR;
	question->report(question->context, fact, text);
}

/* Exit code 0 is usable, 1 is not; then it has said why, or its last words have to do. */
static void check_done(struct job *job, const struct job_result *result, void *context)
{
	struct question *question = context;
	struct slice words = plugin_last_line(result->err);
	struct error error = {0};

	(void)job;
	facts_read(result->out, told, question);
	if (result->end == JOB_EXITED && result->exit_code == 0 && !result->failed)
		return;
	if (result->end == JOB_EXITED && result->exit_code == 1 && question->errors > 0)
		return;
	if (result->end == JOB_TIMED_OUT)
		error_set(&error, 0, "%s: no answer within %llu ms", question->program,
			(unsigned long long)(result->wall_us / 1000));
	else if (result->end == JOB_EXITED && result->failed)
		error_set_errno(&error, result->failed, "%s: its output", question->program);
	else if (result->end == JOB_EXITED)
		error_set(&error, 0, "%s: exit code %d: %.*s", question->program, result->exit_code,
			SLICE_ARGS(words));
	else
		error_set(&error, 0, "%s: killed by signal %d", question->program, result->signal);
	told(question, FACT_ERROR, error.text);
}

int plugin_ask(const struct scan_request *request, const char *name, const char *argument,
	unsigned timeout_ms, scan_report *report, void *context)
{
	struct plugin_environment environment;
	struct job *job;
	char *path = plugin_path(request->arena, request->profile, "check_", name);
	struct question question = {.program = path, .report = report, .context = context};
	const char *argv[] = {path, argument, NULL};
	struct job_options options = {.argv = argv,
		.stdin_fd = -1,
		.stdout_limit = OUTPUT_MAX,
		.stderr_limit = OUTPUT_MAX,
		.timeout_ms = timeout_ms,
		.grace_ms = GRACE_MS};
	struct error error = {0};

	if (!path || plugin_environment(&environment, request->arena,
			     request->scratch ? request->scratch : "/tmp") < 0)
		return -ENOMEM;
	if (access(path, F_OK) < 0) {
		error_set(&error, 0, "there is no %s to tell its version", path);
		report(context, FACT_NOTE, error.text);
		return 0;
	}
	options.envp = environment.list;

	int r = job_start(request->loop, &options, check_done, &question, &job);

	if (r == 0)
		return (r = loop_run(request->loop)) < 0 ? r : question.errors;
	if (r == -ENOMEM)
		return r;
	error_set_errno(&error, r, "%s", path);
	report(context, FACT_ERROR, error.text);
	return 1;
}
