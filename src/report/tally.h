/*
 * What a period's log lines add up to. One tally for all reports; they only show it.
 *
 * Its memory is bounded whatever the log holds (some 11 MB): durations go into histograms
 * (histogram.h, percentiles within 0.8 %), names into Space-Saving counters (top.h, exact up to 1024
 * different ones), and of the other kinds of things there are fixed numbers of places, TALLY_... What
 * finds no place any more is counted as `other` or left out, and which is said there.
 */
#ifndef QMVC_REPORT_TALLY_H
#define QMVC_REPORT_TALLY_H

#include "control/vocabulary.h"
#include "report/calendar.h"
#include "report/histogram.h"
#include "report/log_reader.h"
#include "report/top.h"

#define TALLY_DAYS     4096 /* eleven years; mails of more are in the total only */
#define TALLY_SCANNERS 16
#define TALLY_MAILS    10
#define TALLY_CODES    8 /* bits of condition errors */

enum tally_action {
	TALLY_PASS,
	TALLY_BLOCK, /* from here as enum action */
	TALLY_KEEP,
	TALLY_TRASH,
	TALLY_BOUNCE,
	TALLY_INSPECT,
	TALLY_DEFER,
	TALLY_OTHER, /* of a newer qmvc */
	TALLY_ACTIONS
};

enum tally_verdict { /* in the order of a table's columns */
	TALLY_CLEAN,
	TALLY_INFECTED,
	TALLY_SUSPICIOUS,
	TALLY_ENCRYPTED,
	TALLY_LIMIT,
	TALLY_UNSUPPORTED,
	TALLY_TIMEOUT,
	TALLY_ERROR,
	TALLY_CANCELLED,
	TALLY_SKIPPED,
	TALLY_NO_VERDICT, /* one of a newer qmvc */
	TALLY_VERDICTS
};

enum tally_phase { /* of a scanner's time: qmvc-log(5), split */
	TALLY_WAITING,
	TALLY_SENDING,
	TALLY_SCANNING,
	TALLY_PHASES
};

struct tally_counts {
	uint64_t mails, bytes;
	uint64_t stopped;   /* block, keep, trash, bounce */
	uint64_t bad;	    /* acted on (stopped, inspect) though no scanner found anything */
	uint64_t infected;  /* a scanner found something (infected, suspicious) */
	uint64_t disagreed; /* and another one called it clean */
	uint64_t sealed, forwarded;
	uint64_t actions[TALLY_ACTIONS];
	uint64_t met[CONDITION_COUNT + 1]; /* mails; the last one: conditions of a newer qmvc */
	uint64_t codes[TALLY_CODES];	   /* mails with that code of condition errors */
};

struct tally_day {
	int64_t day; /* as in calendar.h */
	struct tally_counts counts;
	uint32_t mails[24], stopped[24]; /* by the hour that the clock showed */
};

struct tally_stage {
	unsigned char name[LOG_STAGE_NAMES];
	unsigned length;
	struct histogram time;
};

struct tally_scanner {
	unsigned char initial[LOG_STAGE_NAMES];
	unsigned length;
	uint64_t mails; /* that name it, whatever it said */
	uint64_t verdicts[TALLY_VERDICTS];
	struct histogram latency;	       /* where it was not skipped, cancelled, left alone */
	struct histogram phases[TALLY_PHASES]; /* where the split is known; of the same mails */
	struct histogram turn;		       /* waited for its turn before, where it did */
	uint64_t found;			       /* infected or suspicious */
	uint64_t unique;		       /* found by it alone, while another one said clean */
	uint64_t missed;		       /* called clean by it, found by another one */
	uint64_t openings;		       /* of its circuit breaker */
	uint64_t left_alone;		       /* mails for which it was not asked while that was open */
	struct top hits;		       /* the viruses it named */
};

struct tally_text { /* a beginning of something hostile */
	unsigned length;
	unsigned char bytes[156];
};

/* One mail of note, and where it stands in the log. */
struct tally_mail {
	int64_t time_ms;
	uint64_t size, delay_us, line;
	struct tally_text id, sender, recipient, subject, file;
};

struct tally_mails {
	unsigned count;
	struct tally_mail list[TALLY_MAILS]; /* the most notable first */
};

struct tally {
	int64_t since_ms, until_ms; /* what is counted: since <= t < until */
	int64_t first_ms, last_ms;  /* the mails that were; only when there are some */
	struct calendar calendar;
	struct tally_counts total;
	struct histogram delay;
	struct tally_day *days; /* ascending; days without mail are not there */
	unsigned day_count, day_room, last_day;
	struct tally_stage *stages[LOG_STAGES];
	unsigned stage_count;
	struct tally_scanner *scanners[TALLY_SCANNERS];
	unsigned scanner_count;
	uint64_t left_out; /* scanners' answers for want of a place */
	struct top senders, recipients, viruses, virus_senders;
	struct tally_mails biggest, slowest;
};

/* Counts what is `since_ms` <= t < `until_ms`. Returns NULL without memory. */
struct tally *tally_new(int64_t since_ms, int64_t until_ms);
void tally_free(struct tally *tally);

/* What a mail was counted as, for who puts more than figures together. */
struct tally_seen {
	enum tally_action action;
	unsigned met;		    /* bit N: the condition N; CONDITION_COUNT: of a newer qmvc */
	struct tally_counts counts; /* of it alone */
	unsigned scan_count;	    /* as the entry's */
	struct tally_seen_scan {
		int scanner; /* its place in `scanners`; -1: it has none */
		enum tally_verdict verdict;
		bool unique, missed;
	} scans[LOG_SCANNERS];
};

/* A log_take. `context` is the tally. Returns 0 or -ENOMEM. */
int tally_take(void *context, const struct log_entry *entry, const struct log_place *place);
/* As that, and fills in *seen. Returns 0, 1 when the entry is not of the period, or -ENOMEM. */
int tally_take_seen(struct tally *tally, const struct log_entry *entry,
	const struct log_place *place, struct tally_seen *seen);

const char *tally_action_name(enum tally_action action);
const char *tally_verdict_name(enum tally_verdict verdict);
const char *tally_phase_name(enum tally_phase phase);
/* "header", "date", ...: qmvc-log(5), errors. */
const char *tally_code_name(unsigned bit);
/* A condition, or "other". */
const char *tally_condition_name(unsigned condition);

static inline struct slice tally_slice(const struct tally_text *text)
{
	return slice_make(text->bytes, text->length);
}

static inline struct slice tally_stage_name(const struct tally_stage *stage)
{
	return slice_make(stage->name, stage->length);
}

static inline struct slice tally_initial(const struct tally_scanner *scanner)
{
	return slice_make(scanner->initial, scanner->length);
}

#endif
