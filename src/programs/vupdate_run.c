/*
 * Runs one update_NAME between two check_NAME, which tell the patterns' version before and after. The
 * exit code of update_NAME decides, not the versions: with nothing new they are the same.
 */
#include "programs/vupdate.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "loop/job.h"
#include "scan/plugin.h"

#define OUTPUT_MAX (64 * 1024)
/* update_NAME's word for an engine that it knows no update of; qmvc-scanners(5), "PLUG-INS". */
#define EXIT_NO_UPDATE 2
/* An updater that is ended by TERM puts its half of a file away. */
#define GRACE_MS  10000
#define CHECK_MS  60000
#define WORDS_MAX 200

struct running {
	struct arena *arena;
	struct update *update;
};

static void fail(struct running *running, const struct error *why)
{
	running->update->failed = true;
	running->update->words = arena_cstr(running->arena, slice_cstr(why->text));
}

static void update_done(struct job *job, const struct job_result *result, void *context)
{
	struct running *running = context;
	struct slice words = slice_first(plugin_last_line(result->err), WORDS_MAX);
	struct slice more = slice_first(plugin_last_line(result->out), WORDS_MAX);
	struct error why = {0};

	(void)job;
	if (result->end == JOB_EXITED && result->exit_code == 0)
		return;
	if (result->end == JOB_EXITED && result->exit_code == EXIT_NO_UPDATE) {
		running->update->plugin = NULL;
		running->update->why_none =
			words.len ? arena_cstr(running->arena, words) : "no update is known";
		return;
	}
	if (result->end == JOB_TIMED_OUT)
		error_set(&why, 0, "not done after %llu seconds",
			(unsigned long long)(result->wall_us / 1000000));
	else if (result->end == JOB_EXITED)
		error_set(&why, 0, "exit code %d%s%.*s%s%.*s", result->exit_code,
			words.len ? ": " : "", SLICE_ARGS(words), more.len ? ": " : "",
			SLICE_ARGS(more));
	else
		error_set(&why, 0, "killed by signal %d", result->signal);
	fail(running, &why);
}

/* Asks check_NAME; NULL facts when there is none or it knows nothing. Returns 0 or -ENOMEM. */
static int look(struct asking *asking, const struct update *update, struct scan_facts **facts)
{
	struct fact_collector collector = {.arena = &asking->arena};
	int r = plugin_ask(&asking->request, update->plugin, update->database, CHECK_MS,
		facts_collect, &collector);

	if (r == -ENOMEM || collector.no_memory)
		return -ENOMEM;
	*facts = collector.first;
	return 0;
}

static int run(struct asking *asking, struct update *update, const char *path, unsigned timeout_ms)
{
	struct running running = {&asking->arena, update};
	struct plugin_environment environment;
	const char *directory =
		update->database ? arena_printf(&asking->arena, "--datadir=%s", update->database)
				 : NULL;
	const char *argv[] = {path, directory, NULL};
	struct job_options options = {.argv = argv,
		.stdin_fd = -1,
		.stdout_limit = OUTPUT_MAX,
		.stderr_limit = OUTPUT_MAX,
		.timeout_ms = timeout_ms,
		.grace_ms = GRACE_MS};
	struct error why = {0};
	struct job *job;
	int r;

	if ((update->database && !directory) ||
		plugin_environment(&environment, &asking->arena, asking->request.scratch) < 0)
		return -ENOMEM;
	options.envp = environment.list;
	r = job_start(asking->request.loop, &options, update_done, &running, &job);
	if (r == 0)
		return loop_run(asking->request.loop);
	error_set_errno(&why, r, "%s", path);
	fail(&running, &why);
	return r == -ENOMEM ? r : 0;
}

int vupdate_run(
	struct asking *asking, struct update *update, unsigned timeout_ms, struct error *error)
{
	const char *path;
	int result;

	if (!update->plugin)
		return 0;
	path = plugin_path(&asking->arena, &asking->profile, "update_", update->plugin);
	if (!path)
		return error_set_errno(error, -ENOMEM, "%s", update->plugin);
	if (access(path, F_OK) < 0) {
		update->why_none = arena_printf(&asking->arena, "there is no %s", path);
		update->plugin = NULL;
		return update->why_none ? 0 : error_set_errno(error, -ENOMEM, "%s", path);
	}
	result = look(asking, update, &update->before);
	if (result == 0)
		result = run(asking, update, path, timeout_ms);
	if (result == 0 && update->plugin)
		result = look(asking, update, &update->after);
	return result < 0 ? error_set_errno(error, result, "%s", path) : 0;
}

static const char *version(const struct scan_facts *facts)
{
	return facts && facts->patterns ? facts->patterns : "of no known version";
}

static void tell_patterns(const struct update *update, struct buf *out)
{
	const struct scan_facts *after = update->after;
	char date[CLOCK_UTC_SIZE];

	buf_addf(out, "patterns %s", version(update->before));
	if (strcmp(version(update->before), version(after)) != 0)
		buf_addf(out, " -> %s", version(after));
	if (after && after->date != FACTS_NO_DATE) {
		clock_format_utc(after->date * 1000, date);
		buf_addf(out, " of %.10s", date);
	}
}

/*
 * A clamd that has not loaded yet what is on the disk now. It is told by freshclam (NotifyClamd), or
 * looks by itself (SelfCheck), so this is only said.
 */
static void tell_daemon(struct asking *asking, const struct update *update,
	const struct scanner_config *config, struct buf *out)
{
	struct scan_facts *facts = NULL;

	if (config->kind != SCANNER_CLAMD || !update->after || !update->after->patterns ||
		scan_ask(&asking->request, config, &facts) < 0)
		return;
	for (; facts; facts = facts->next)
		if (facts->patterns && strcmp(facts->patterns, update->after->patterns) != 0)
			buf_addf(out, "; clamd still has %s", facts->patterns);
}

void vupdate_tell(struct asking *asking, const struct update *update, bool quiet, struct buf *out)
{
	for (unsigned i = 0; i < update->count; i++) {
		const struct scanner_config *config = update->scanners[i];

		if (quiet && !update->failed)
			continue;
		buf_addf(out, "%s %s: ", config->initial, config->name);
		if (!update->plugin) {
			buf_addf(out, "not updated: %s\n",
				update->why_none ? update->why_none : "no memory");
			continue;
		}
		if (update->failed)
			buf_addf(out, "FAILED: %s; ", update->words ? update->words : "no memory");
		tell_patterns(update, out);
		if (!update->failed)
			tell_daemon(asking, update, config, out);
		buf_add_byte(out, '\n');
	}
}
