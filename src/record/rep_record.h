/* One record of qmvc.rep: GNU recutils fields, a blank line behind. Format: qmvc-log(5). */
#ifndef QMVC_RECORD_REP_RECORD_H
#define QMVC_RECORD_REP_RECORD_H

#include "base/arena.h"
#include "base/buf.h"

/*
 * Fields keep their order and may repeat (Condition, Virus, File, ...). Names are
 * [A-Za-z][A-Za-z0-9_]*; a value may hold anything: newlines become "+ " lines, and backslashes,
 * NUL, other controls and what is no UTF-8 \xNN.
 */
struct rep_field {
	const char *name;
	struct slice value;
};

struct rep_record {
	struct rep_field *fields;
	size_t count;
};

/* Appends the record and a blank line. Returns 0, -EINVAL (a bad field name) or -ENOMEM. */
int rep_record_format(const struct rep_record *record, struct buf *out);

/*
 * Takes the next record off *rest (comments and blank lines passed over), into the arena; values
 * without escapes are borrowed. Returns 0, 1 when nothing is left, or -ENOMEM.
 */
int rep_record_parse(struct slice *rest, struct arena *arena, struct rep_record *record);

#endif
