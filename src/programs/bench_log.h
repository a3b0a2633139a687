/* From qmvc.log to what bench.h reckons with. */
#ifndef QMVC_PROGRAMS_BENCH_LOG_H
#define QMVC_PROGRAMS_BENCH_LOG_H

#include "programs/bench.h"
#include "report/log_reader.h"

/* Takes a line of qmvc.log: a log_take, whose context is the data. */
int bench_take_entry(void *context, const struct log_entry *entry, const struct log_place *place);
/* What a line of the log says, if it is of a mail that scanners have answered for. */
bool bench_read_entry(
	struct bench_data *data, const struct log_entry *entry, struct bench_mail *mail);

#endif
