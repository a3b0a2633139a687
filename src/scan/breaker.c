/*
 * State of the circuit breaker; see breaker.h. The file is run/scanner.INITIAL and holds one line,
 * "FAILURES SECONDS ENGINE": when the control file gives the initial to another engine, the line no
 * longer fits and is passed over.
 */
#include "scan/breaker.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "base/fd.h"

#define STATE_MAX 1024

/* The state file's path into `path`; false: no run directory, or too long. */
static bool state_path(
	const struct profile *profile, const struct scanner_config *scanner, char path[PATH_MAX])
{
	int n;

	if (!profile || !profile->run)
		return false;
	n = snprintf(path, PATH_MAX, "%s/scanner.%s", profile->run, scanner->initial);
	return n > 0 && n < PATH_MAX;
}

/* Reads count and time of the last failure; false: none on record. */
static bool read_state(const char *path, const char *engine, unsigned *failures, int64_t *when)
{
	cleanup_buf struct buf buf = {0};
	int at = 0;

	if (fd_read_file(AT_FDCWD, path, STATE_MAX, &buf) < 0)
		return false;

	const char *text = buf_cstr(&buf);

	if (!text || sscanf(text, "%u %" SCNd64 " %n", failures, when, &at) < 2 || at == 0)
		return false;
	return slice_eq_cstr(slice_trim(slice_cstr(text + at)), engine);
}

static void write_state(const char *path, const char *engine, unsigned failures, int64_t when)
{
	cleanup_buf struct buf buf = {0};
	cleanup_fd int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0 || buf_addf(&buf, "%u %" PRId64 " %s\n", failures, when, engine) < 0)
		return;
	fd_write_all(fd, buf_slice(&buf));
}

enum breaker_state breaker_ask(
	const struct profile *profile, const struct scanner_config *scanner, int64_t now_ms)
{
	char path[PATH_MAX];
	unsigned failures;
	int64_t when, now = now_ms / 1000;

	if (!state_path(profile, scanner, path) ||
		!read_state(path, scanner->engine, &failures, &when))
		return BREAKER_CLOSED;
	if (failures < BREAKER_FAILURES)
		return BREAKER_FAILING;
	if (when <= now && now - when < BREAKER_SECONDS)
		return BREAKER_OPEN;
	/* The pause is over (or the clock was set back): this mail tries, others wait once more. */
	write_state(path, scanner->engine, failures, now);
	return BREAKER_FAILING;
}

void breaker_note(const struct profile *profile, const struct scanner_config *scanner, bool reached,
	int64_t now_ms)
{
	char path[PATH_MAX];
	unsigned failures;
	int64_t when;

	if (!state_path(profile, scanner, path))
		return;
	if (reached) {
		unlink(path);
		return;
	}
	if (!read_state(path, scanner->engine, &failures, &when))
		failures = 0;
	write_state(
		path, scanner->engine, failures < 1000 ? failures + 1 : failures, now_ms / 1000);
}
