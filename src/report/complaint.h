/*
 * What an administrator has to see to, in one line for cron(8): mails deferred, scanners that fail,
 * logs that cannot be read.
 */
#ifndef QMVC_REPORT_COMPLAINT_H
#define QMVC_REPORT_COMPLAINT_H

#include "report/log_files.h"
#include "report/tally.h"

struct complaint_scanner {
	unsigned char initial[LOG_STAGE_NAMES];
	unsigned length;
	uint64_t timeouts, errors, left_alone;
};

/* A zeroed one is that of no mail at all. */
struct complaint {
	uint64_t mails, deferred;
	struct complaint_scanner scanners[TALLY_SCANNERS];
	unsigned scanner_count;
	uint64_t files_failed;
	struct error failed; /* the first of them */
	uint64_t days_kept;  /* of which the logs have fewer mails now than were counted before */
};

/* Each adds to it. */
void complaint_take(struct complaint *complaint, const struct tally *tally);
void complaint_take_files(struct complaint *complaint, const struct log_files *files);

/* Appends "PROGRAM: ..." and a newline. Returns false, and appends nothing, when all is well. */
bool complaint_tell(const struct complaint *complaint, const char *program, struct buf *out);

#endif
