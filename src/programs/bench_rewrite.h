/* The control file `scanners` for a way of asking that bench.h recommends. */
#ifndef QMVC_PROGRAMS_BENCH_REWRITE_H
#define QMVC_PROGRAMS_BENCH_REWRITE_H

#include "base/buf.h"
#include "programs/bench.h"

/*
 * The control file `scanners` for a way: the lines of `text`, those of scanners in their new order,
 * each with the comments directly above it, up to one that is a line put out of use; mode= as it has to
 * be; everything else where it was, but for a byte order mark. `list` is what `text` says. Scanners that `data` has no answers of come last. Returns 0 or -ENOMEM.
 */
int bench_rewrite(const struct bench_data *data, const struct bench_way *way,
	const struct scanner_list *list, struct slice text, struct buf *out);

/*
 * Of a control file `scanners` the lines that say something, each with the comments directly above it:
 * no samples, and nothing about them. To be shown. Returns 0 or -ENOMEM.
 */
int bench_rewrite_lines(struct slice text, struct buf *out);

#endif
