/*
 * Remembered OPTIONS; see icap_state.h. One line, "WHEN TTL PREVIEW ALLOW-204 TELLS ISTAG ENGINE":
 * the engine is last, so that a line that was read half written fits none.
 */
#include "scan/icap_state.h"

#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "base/fd.h"

#define STATE_MAX 8192

/* The file's path into `path`; false: no run directory, or too long. */
static bool state_path(const struct profile *profile, const struct scanner_config *scanner,
	unsigned address, char path[PATH_MAX])
{
	int n;

	if (!profile || !profile->run)
		return false;
	n = snprintf(path, PATH_MAX, "%s/icap.%s.%u", profile->run, scanner->initial, address);
	return n > 0 && n < PATH_MAX;
}

bool icap_state_read(const struct profile *profile, const struct scanner_config *scanner,
	unsigned address, int64_t now_ms, struct icap_limits *limits)
{
	struct icap_limits found = {0};
	cleanup_buf struct buf buf = {0};
	int64_t when, now = now_ms / 1000;
	unsigned allow_204, tells;
	char path[PATH_MAX];
	const char *text;
	int at = 0;

	_Static_assert(ICAP_TAG_MAX == 64, "sscanf below");
	if (!state_path(profile, scanner, address, path) ||
		fd_read_file(AT_FDCWD, path, STATE_MAX, &buf) < 0)
		return false;
	text = buf_cstr(&buf);
	if (!text ||
		sscanf(text, "%" SCNd64 " %u %zu %u %u %63s %n", &when, &found.ttl_s,
			&found.preview, &allow_204, &tells, found.tag, &at) < 6 ||
		at == 0 || !slice_eq_cstr(slice_cstr(text + at), scanner->engine))
		return false;
	found.allow_204 = allow_204;
	found.always_tells = tells;
	if (when > now || now - when >= found.ttl_s)
		return false;
	*limits = found;
	return true;
}

void icap_state_write(const struct profile *profile, const struct scanner_config *scanner,
	unsigned address, int64_t now_ms, const struct icap_limits *limits)
{
	cleanup_buf struct buf buf = {0};
	cleanup_fd int fd = -1;
	char path[PATH_MAX];

	if (limits->ttl_s == 0 || !state_path(profile, scanner, address, path))
		return;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0 || buf_addf(&buf, "%" PRId64 " %u %zu %u %u %s %s", now_ms / 1000, limits->ttl_s,
			      limits->preview, (unsigned)limits->allow_204,
			      (unsigned)limits->always_tells, limits->tag, scanner->engine) < 0)
		return;
	fd_write_all(fd, buf_slice(&buf));
}

void icap_state_forget(
	const struct profile *profile, const struct scanner_config *scanner, unsigned address)
{
	char path[PATH_MAX];

	if (state_path(profile, scanner, address, path))
		unlink(path);
}
