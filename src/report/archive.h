/*
 * Putting logs away: qmvc.log becomes qmvc-2026-11-22.log.zst, qmvc.rep and qmvc.error likewise, and
 * what is older than so many months is removed. A second archive of a day is qmvc-2026-11-22.2.log.zst.
 * log_files.h reads all of them.
 *
 * Nothing is lost and nothing counted twice, wherever it is interrupted: a log is renamed, then its
 * writers are waited for (record/log_file.h), then it is compressed beside its place, compared byte
 * by byte, and only then is the plain one removed. What a crash leaves the next run puts right.
 */
#ifndef QMVC_REPORT_ARCHIVE_H
#define QMVC_REPORT_ARCHIVE_H

#include "base/error.h"
#include "report/log_reader.h"

#define ARCHIVE_KINDS 3 /* enum log_kind */

struct archive_done {
	unsigned archived; /* logs that were compressed */
	unsigned removed;
	unsigned kept; /* old enough to be removed, but not counted yet */
};

/*
 * Archives what is in the directory `dir`, which is called `path` in messages. Only regular files of
 * the effective user are touched, no link is followed. Waits for another one that archives there,
 * unless it is the caller who holds the lock of the directory (flock(2)). `today` is the day in the names. Adds to *done. What fails does not keep the others back. Returns
 * 0 or a negative errno with *error set.
 */
int archive_logs(int dir, const char *path, bool locked, int64_t today, struct archive_done *done,
	struct error *error);

/*
 * Removes archives with our own names and a date before `before`, of a kind that is counted beyond that
 * date, up to the day closed[kind] (INT64_MIN: not at all). Adds to *done. Returns as archive_logs().
 */
int archive_expire(int dir, const char *path, int64_t before, const int64_t closed[ARCHIVE_KINDS],
	struct archive_done *done, struct error *error);

#endif
