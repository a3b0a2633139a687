/* The plug-in protocol; see plugin.h. */
#include "scan/plugin.h"

#include <errno.h>

#define TEXT_MAX 200

int plugin_environment(
	struct plugin_environment *environment, struct arena *arena, const char *scratch)
{
	*environment = (struct plugin_environment){{
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"LC_ALL=C",
		"LANG=C",
		arena_printf(arena, "TMPDIR=%s", scratch),
		arena_printf(arena, "HOME=%s", scratch),
		NULL,
	}};
	return environment->list[3] && environment->list[4] ? 0 : -ENOMEM;
}

char *plugin_path(
	struct arena *arena, const struct profile *profile, const char *prefix, const char *name)
{
	if (name[0] == '/')
		return arena_printf(arena, "%s", name);
	return arena_printf(arena, "%s/%s%s", profile->scanners, prefix, name);
}

struct slice plugin_last_line(struct slice text)
{
	struct slice line, last = SLICE_EMPTY;

	while (slice_next_line(&text, &line))
		if (slice_trim(line).len > 0)
			last = slice_trim(line);
	return slice_first(last, TEXT_MAX);
}

/*
 * What stands behind the directory of the files. An engine may print the path it was given, the one
 * that it leads to (tmp behind a link), or a relative one.
 */
static struct slice below_files(struct slice file, const char *files)
{
	struct slice path = slice_cstr(files);
	size_t from = path.len, slashes = 0, at;

	/* Of the directory itself its own name and that above it, which no other tree has. */
	while (from > 0 && slashes < 2)
		slashes += path.data[--from] == '/';
	path = slice_from(path, from);
	at = slice_find(file, path, 0);
	if (path.len > 0 && at < file.len) {
		file = slice_from(file, at + path.len);
		return file.len > 0 && file.data[0] == '/' ? slice_from(file, 1) : SLICE_EMPTY;
	}
	while (slice_starts(file, "./"))
		file = slice_from(file, 2);
	return file;
}

/* Reads one line. Returns false when it is not of the protocol. */
static bool read_line(struct slice line, const char *files, struct answers *answers)
{
	static const struct {
		const char *word;
		enum verdict verdict;
	} words[] = {
		{"infected\t", VERDICT_INFECTED},
		{"suspicious\t", VERDICT_SUSPICIOUS},
		{"encrypted\t", VERDICT_ENCRYPTED},
		{"limit\t", VERDICT_LIMIT},
		{"error\t", VERDICT_ERROR},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!slice_starts(line, words[i].word))
			continue;

		struct slice rest = slice_from(line, strlen(words[i].word));
		size_t tab = slice_find_byte(rest, '\t', 0);
		struct slice name = slice_first(rest, tab);
		struct slice file = slice_from(rest, tab + 1);
		int object = object_of_file(
			below_files(file, files), answers->request->objects->count);

		if (words[i].verdict != VERDICT_ERROR)
			answers_found(answers, words[i].verdict, object, name);
		else
			answers_broken(answers, VERDICT_ERROR, "%.*s (%.*s)",
				SLICE_ARGS(slice_first(name, TEXT_MAX)),
				SLICE_ARGS(slice_first(file, TEXT_MAX)));
		return true;
	}
	return false;
}

/* Reads all lines; returns how many findings there were. */
static unsigned read_lines(struct slice out, const char *files, struct answers *answers)
{
	const struct scan_result *result = &answers->result;
	struct slice line;

	if (out.len > 0 && out.data[out.len - 1] != '\n')
		answers_broken(answers, VERDICT_ERROR, "the last line of its output is cut");
	while (slice_next_line(&out, &line)) {
		if (slice_find_byte(line, 0, 0) < line.len || !read_line(line, files, answers))
			answers_broken(answers, VERDICT_ERROR, "a line outside the protocol: %.*s",
				SLICE_ARGS(slice_first(line, TEXT_MAX)));
	}
	return result->virus_count + result->saw_encrypted + result->saw_limit +
	       result->whitelisted;
}

void plugin_read(const struct job_result *result, const char *files, struct answers *answers)
{
	struct slice words = plugin_last_line(result->err);

	/* How it ended comes first: the lines of one that was stopped may be cut, and do not say more. */
	if (result->end == JOB_TIMED_OUT)
		answers_broken(answers, VERDICT_TIMEOUT, "no answer within %llu ms",
			(unsigned long long)(result->wall_us / 1000));
	else if (result->end == JOB_CANCELLED)
		answers_broken(answers, VERDICT_CANCELLED, "cancelled");
	else if (result->end == JOB_SIGNALED)
		answers_broken(answers, VERDICT_ERROR, "killed by signal %d", result->signal);
	else if (result->failed)
		answers_broken(answers, VERDICT_ERROR, "its output: %s", strerror(-result->failed));
	else if (result->flooded)
		answers_broken(answers, VERDICT_ERROR, "more output than can be believed");
	else if (result->exit_code > 1)
		answers_broken(answers, VERDICT_ERROR, "exit code %d: %.*s", result->exit_code,
			SLICE_ARGS(words));

	unsigned found = read_lines(result->out, files, answers);

	if (result->end != JOB_EXITED || result->exit_code > 1)
		return;
	if (found == 0 && result->exit_code == 1)
		answers_broken(answers, VERDICT_ERROR, "exit code 1 without a finding: %.*s",
			SLICE_ARGS(words));
	/* What has no finding is clean: the rank of the verdicts does the rest. */
	if (found > 0 || result->out.len == 0)
		answers_clean_all(answers);
}
