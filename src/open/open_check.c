/* Asks qmvc-open to check itself; see open_check.h. */
#include "open/open_check.h"

#include "base/buf.h"
#include "loop/job.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#define CHECK_OUTPUT_MAX 4096
#define CHECK_TIME_MS	 30000

struct asking {
	open_report *report;
	void *context;
};

/* What it printed, line by line; a problem when it did not end well. */
static void tell(const struct asking *asking, struct slice out, bool is_error)
{
	struct slice line;

	while (slice_next_line(&out, &line)) {
		cleanup_buf struct buf text = {0};

		buf_addf(&text, "qmvc-open: %.*s", SLICE_ARGS(line));
		if (buf_cstr(&text))
			asking->report(asking->context, is_error, buf_cstr(&text));
	}
}

static void checked(struct job *job, const struct job_result *result, void *context)
{
	const struct asking *asking = context;
	bool well = result->end == JOB_EXITED && result->exit_code == 0;

	tell(asking, result->out, !well);
	tell(asking, result->err, !well);
	if (!well && result->out.len == 0 && result->err.len == 0)
		asking->report(asking->context, true, "qmvc-open: does not even begin");
}

void open_check(struct loop *loop, const char *libexec, open_report *report, void *context)
{
	struct asking asking = {report, context};
	char path[PATH_MAX], text[PATH_MAX + 128];
	const char *const argv[] = {path, "--check", NULL};
	const struct job_options options = {
		.argv = argv,
		.stdin_fd = -1,
		.stdout_limit = CHECK_OUTPUT_MAX,
		.stderr_limit = CHECK_OUTPUT_MAX,
		.timeout_ms = CHECK_TIME_MS,
	};
	struct job *job;
	int result;

	snprintf(path, sizeof(path), "%s/qmvc-open", libexec);
	result = job_start(loop, &options, checked, &asking, &job);
	if (result) {
		snprintf(text, sizeof(text), "qmvc-open: %s: %s", path, strerror(-result));
		report(context, true, text);
		return;
	}
	loop_run(loop);
}
