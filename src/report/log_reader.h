/*
 * The lines of one qmvc.log as entries, or the records of one qmvc.rep: any version of the formats,
 * plain or compressed. Memory does not grow with the file. A line or a record that is none of ours,
 * is longer than ours are, or was cut by a crash, is counted and passed over.
 */
#ifndef QMVC_REPORT_LOG_READER_H
#define QMVC_REPORT_LOG_READER_H

#include "record/log_entry.h"
#include "record/rep_entry.h"
#include "report/log_source.h"

enum log_kind {
	LOG_KIND_LOG,	/* qmvc.log */
	LOG_KIND_REP,	/* qmvc.rep */
	LOG_KIND_ERROR, /* qmvc.error, which has a name here and no reader */
};

/* A record that is longer is passed over: no mail that means well makes one. */
#define LOG_RECORD_MAX ((size_t)1 << 20)

/* Where an entry stands. */
struct log_place {
	const char *file; /* its path when it was opened; not kept */
	uint64_t line;	  /* from 1; of a record its first one */
};

/*
 * Takes an entry, which is valid until it returns. 0 goes on; a positive number or -ENOMEM stops the
 * reading and is what that returns.
 */
typedef int log_take(void *context, const struct log_entry *entry, const struct log_place *place);
typedef int rep_take(void *context, const struct rep_entry *entry, const struct log_place *place);

/* Who takes what is read: `line` for a qmvc.log, `record` for a qmvc.rep; the other one is NULL. */
struct log_taker {
	log_take *line;
	rep_take *record;
	void *context;
};

struct log_counts {
	uint64_t files, bytes, lines; /* read; bytes as they were before they were compressed */
	uint64_t not_read;	      /* lines that are cut, foreign or of a newer version */
				      /* (of a qmvc.rep, both count records) */
	uint64_t failed; /* files that could not be read, nothing in them or not to their end */
};

/* Where the reading of a file stands, so that it can go on there later. */
struct log_position {
	uint64_t offset, line; /* bytes and lines that have been dealt with */
};

struct log_reader;

/* Owns `fd` from now on; not LOG_KIND_ERROR. Returns 0, -ENOMEM or another negative errno. */
int log_reader_new(int fd, const char *path, enum log_kind kind, struct log_reader **reader);
void log_reader_free(struct log_reader *reader);
bool log_reader_is_plain(const struct log_reader *reader);

/*
 * A number that stays the same for a file however it is renamed or compressed, and differs from
 * that of others: a hash of its first line that is one of qmvc's, in which stands an id that no other
 * file has, and of what is before it. Before anything else is read. Returns 0, 1 when there is no whole line yet (it is that of what is there
 * then), or a negative errno.
 */
int log_reader_identity(struct log_reader *reader, uint64_t *identity);

/* Passes over what has been dealt with before. Returns 0, 1 (it is shorter) or a negative errno. */
int log_reader_skip(struct log_reader *reader, const struct log_position *position);

/*
 * Gives all entries from there on to `taker`, and adds to `counts`. A last line without its newline is
 * taken when `whole` is set; else it may still be written, and stands behind *position. A last record
 * without its blank line is never taken, for nothing in it shows that it is complete; `whole` counts
 * it as not read. Returns 0, what the taker returned, -ENOMEM, LOG_SOURCE_DAMAGED or another negative errno; in any case *position
 * is how far it came.
 */
int log_reader_read(struct log_reader *reader, bool whole, const struct log_taker *taker,
	struct log_counts *counts, struct log_position *position);

#endif
