/* The command-API of badbodytexts: a program that judges the message by its exit code. */
#ifndef QMVC_CONDITIONS_COMMAND_H
#define QMVC_CONDITIONS_COMMAND_H

#include "conditions/condition.h"
#include "control/patterns.h"

/* A command gets this long; then it has failed, and the mail is deferred. */
#define COMMAND_TIMEOUT_MS 30000

/*
 * Runs the PATTERN_COMMAND `pattern` of file `path` by /bin/sh -c, in our working directory (the
 * recipient's home), with a fixed PATH and qmail-local's variables (qmail-command(8)) as its whole
 * environment. Descriptor 0 is the message, opened anew at its start; 1 and 2 are dropped; what
 * comes on 3 is kept as *check->replacement_fd (at its start) when the command meets.
 *
 * Returns 0 with *met (its exit code is the pattern's), or a negative errno with *error naming
 * file, line and command: it could not be started, ended with 111, 126 or 127, died of a signal
 * (-ECHILD) or took too long (-ETIMEDOUT).
 */
int command_run(const struct check *check, const char *path, const struct pattern *pattern,
	bool *met, struct error *error);

/* As command_run(), which gives it COMMAND_TIMEOUT_MS: other bounds are for tests. */
int command_run_within(const struct check *check, unsigned timeout_ms, const char *path,
	const struct pattern *pattern, bool *met, struct error *error);

#endif
