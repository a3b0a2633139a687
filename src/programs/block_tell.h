/*
 * What blockvirussender(8) prints.
 */
#ifndef QMVC_PROGRAMS_BLOCK_TELL_H
#define QMVC_PROGRAMS_BLOCK_TELL_H

#include "programs/block_list.h"

/*
 * Appends a line for each entry that comes or goes. With `trial` it is what would be done, and also
 * why senders are not blocked.
 */
void block_tell(const struct block_list *list, const struct block_senders *senders, bool trial,
	struct buf *out);

/* Appends all entries of ours: "2026-11-22 2026-12-22      5 a@example.com". */
void block_tell_all(const struct block_list *list, struct buf *out);

#endif
