/* Programs that scan: the environment they get, and the protocol a plug-in speaks on stdout. */
#ifndef QMVC_SCAN_PLUGIN_H
#define QMVC_SCAN_PLUGIN_H

#include "loop/job.h"
#include "scan/answers.h"

/* Nothing of ours: what an engine does must not depend on who sent the mail or on our caller. */
struct plugin_environment {
	const char *list[6];
};

/* PATH, LC_ALL, LANG; TMPDIR and HOME are `scratch`. Strings in the arena. 0 or -ENOMEM. */
int plugin_environment(
	struct plugin_environment *environment, struct arena *arena, const char *scratch);

/* The path of plug-in PREFIXname ("av_", "check_"), or `name` itself when it is one. NULL: no memory. */
char *plugin_path(
	struct arena *arena, const struct profile *profile, const char *prefix, const char *name);

/* The last line of `text` that is not empty, cut to a line's length, for messages. */
struct slice plugin_last_line(struct slice text);

/*
 * Runs check_NAME, with `argument` unless that is NULL, and reports what it says (facts.h); that there
 * is none is a note. Runs the loop. Returns how many FACT_ERROR it reported, or a negative errno.
 */
int plugin_ask(const struct scan_request *request, const char *name, const char *argument,
	unsigned timeout_ms, scan_report *report, void *context);

/*
 * Reads the outcome of av_NAME into *answers (qmvc-scanners(5), "PLUG-INS"):
 *
 *	infected<TAB>VIRUS<TAB>FILE	also suspicious, encrypted, limit, error
 *
 * exit 0: clean; 1: something was found; else an error. Clean is: exit code 0, and not one byte on
 * stdout. Findings count however it ended; everything that is not in the protocol is an error: a
 * line of another form, NUL, a last line without newline, more output than is kept, and exit code 1
 * without a finding. The last because 1 is also how a broken script exits (`set -e`, an uncaught
 * exception): taken for a virus, every mail would be lost; taken for an error, it waits.
 */
void plugin_read(const struct job_result *result, const char *files, struct answers *answers);

#endif
