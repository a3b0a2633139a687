/* The parts of vupdate(8): which updates there are to run, and running them. */
#ifndef QMVC_PROGRAMS_VUPDATE_H
#define QMVC_PROGRAMS_VUPDATE_H

#include "base/buf.h"
#include "programs/asking.h"

/* One run of update_NAME, which serves one scanner of the profile or more. */
struct update {
	const char *
		plugin; /* NAME of check_NAME and update_NAME; NULL: none serves it, why_none says why */
	const char *database; /* libclamav's own directory, or NULL */
	const char *why_none;
	const struct scanner_config *scanners[SCANNERS_MAX];
	unsigned count;
	struct scan_facts *before, *after; /* by check_NAME, NULL: it was not asked */
	bool failed;
	const char *words; /* how it failed */
};

struct updates {
	struct update list[SCANNERS_MAX];
	unsigned count;
};

/*
 * The updates for the profile's scanners, or for those of them that are named by initial or engine in
 * `names` (NULL-terminated; empty: all). Two doors to one engine are one update. Returns 0, or
 * -EINVAL with *error set when a name fits no scanner.
 */
int vupdate_plan(const struct asking *asking, char *const *names, struct updates *updates,
	struct error *error);

/*
 * Runs one, for `timeout_ms` at the longest. That it fails is noted in it. Returns 0, or a negative
 * errno with *error set (no memory).
 */
int vupdate_run(
	struct asking *asking, struct update *update, unsigned timeout_ms, struct error *error);

/* What became of it: one line for each of its scanners; `quiet`: only if it failed. */
void vupdate_tell(struct asking *asking, const struct update *update, bool quiet, struct buf *out);

#endif
