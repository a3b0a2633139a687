/*
 * One line of qmvc.log, formatted and parsed in one place. The format (qmvc-log(5)) is logfmt:
 * key=value pairs, values quoted when needed, so that no value can add a key or a line.
 */
#ifndef QMVC_RECORD_LOG_ENTRY_H
#define QMVC_RECORD_LOG_ENTRY_H

#include "base/arena.h"
#include "base/buf.h"

#define LOG_VERSION	1
#define LOG_SCANNERS	4
#define LOG_STAGES	8
#define LOG_STAGE_NAMES 16

/* What log_scan's `breaker` may say; a later version may say something else. */
#define LOG_BREAKER_OPENED "opened" /* this failure opened the circuit breaker */
#define LOG_BREAKER_LEFT   "left"   /* open: the scanner was left alone */

struct log_scan {
	struct slice initial, verdict;
	uint64_t latency_us, wait_us;
	struct slice virus; /* first name; empty when none */
	uint64_t reach_us, send_us, scan_us; /* what latency_us is made up of; all 0: not known */
	struct slice breaker; /* LOG_BREAKER_...; empty when it had no part in this mail */
	uint64_t early_us;    /* how much of latency_us lay before the scanners' stage */
};

struct log_stage {
	struct slice name;
	uint64_t us;
};

struct log_entry {
	int64_t time_ms;	  /* wall clock at the beginning of the delivery */
	struct slice id, sender, recipient;
	uint64_t size;		  /* bytes of the message */
	unsigned parts;		  /* objects checked, the raw message not counted */
	struct slice met;	  /* conditions met, comma separated; empty when none */
	struct slice decided;	  /* the condition that decided; empty when none */
	struct slice action;	  /* "pass", "block", ..., "defer" */
	unsigned errors;	  /* the sum of the codes of condition errors */
	unsigned exit_code;
	uint64_t delay_us;	  /* whole time in qmvc */
	struct log_stage stages[LOG_STAGES];
	unsigned stage_count;
	struct log_scan scans[LOG_SCANNERS];
	unsigned scan_count;
	unsigned sealed;	  /* 1: passed because of our own seal, without being looked at */
	unsigned forwarded;	  /* addresses the mail itself has gone to */
	struct slice saved;	  /* path of the saved mail; empty when none */
	struct slice subject;	  /* decoded; hostile */
	struct slice error;	  /* why it was deferred; empty when not */
};

/*
 * Appends the line, newline included: at most 16 KB, always one line, valid UTF-8 without control
 * characters, with no key but ours, whatever the strings hold (long ones are cut and end in
 * U+2026). Returns 0 or -ENOMEM.
 */
int log_entry_format(const struct log_entry *entry, struct buf *out);

/*
 * Parses one line (without newline) of this or an older version; strings are unquoted into the
 * arena where something in them was escaped, else borrowed. Keys may come in any order, unknown
 * ones are passed over. Returns 0, 1 (no log line: cut, joined with another, foreign, of a newer
 * version) or -ENOMEM.
 */
int log_entry_parse(struct slice line, struct arena *arena, struct log_entry *entry);

#endif
