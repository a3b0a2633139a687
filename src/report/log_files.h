/*
 * All log files of a host, in their order: qmvc.log, what a rotation has made of older ones
 * (qmvc.log.1, qmvc.log-20261122, qmvc.log.2026-11-22, qmvc-2026-11.log, with or without .gz or
 * .zst), and for root the same of each user below users/. The files of qmvc.rep in the same way.
 *
 * It can be read again when the logs have grown. A file is known by its first line, in which stands
 * an id that no other file has, so one that is
 * renamed or compressed meanwhile, even between two passes, is neither read twice nor left out; of
 * one that has grown only what is new is read. A log that is emptied in place (logrotate's
 * copytruncate, which qmvc does not need) may lose the lines written between the last pass and then.
 */
#ifndef QMVC_REPORT_LOG_FILES_H
#define QMVC_REPORT_LOG_FILES_H

#include "base/error.h"
#include "report/log_reader.h"

struct log_folder;

struct log_files {
	const char *base; /* the directory with log/ in it; borrowed */
	bool users;	  /* also users/UID/log */
	bool follow;	  /* leave a last line alone that has no end yet */
	int64_t since_ms; /* files that were last written before need not be opened; 0: all */
	struct log_counts counts;
	struct error failed; /* the first file that could not be read */

	struct log_folder *folders;
	unsigned folder_count;
};

void log_files_release(struct log_files *files);

/*
 * Gives every entry of qmvc.log that has not been given yet to `take`; within a file in order, the
 * files by when they were last written. Below users/ no link is followed, and a directory or file
 * that does not belong to the uid it is called by is passed over: everybody can put some there. A
 * file that cannot be read is counted in counts.failed. Returns 0, what `take` returned, -ENOENT or
 * another negative errno with *error set when BASE/log cannot be read, -ENOMEM.
 */
int log_files_read(struct log_files *files, log_take *take, void *context, struct error *error);

/* The same for the records of qmvc.rep; with a struct log_files of its own. */
int log_files_read_records(
	struct log_files *files, rep_take *take, void *context, struct error *error);

/* Is this the name of such a log file, current or older? For those who archive them. */
bool log_files_is(const char *name, enum log_kind kind);

#endif
