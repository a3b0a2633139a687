/*
 * What qmvcbench(8) knows: for each of many mails what each scanner said and how long it took, and
 * what that would add up to if the scanners were asked in another way.
 *
 * bench_data is filled mail by mail, from a log or from mails that are filtered for it, and then
 * completed; bench_ways_reckon() works on a complete one.
 */
#ifndef QMVC_PROGRAMS_BENCH_H
#define QMVC_PROGRAMS_BENCH_H

#include "base/slice.h"
#include "control/scanner_list.h"
#include "report/histogram.h"

#define BENCH_SCANNERS SCANNERS_MAX
/* Mails that are kept; of more an even sample of that many. */
#define BENCH_MAILS 100000
/* 24 orders one after the other, with and without quitasap, and all at once with and without. */
#define BENCH_WAYS 50

enum bench_says {
	BENCH_UNKNOWN, /* it was not asked, or cancelled before it could answer */
	BENCH_SKIPPED, /* there was nothing for it to do */
	BENCH_CLEAN,
	BENCH_FOUND,
	BENCH_NO_ANSWER, /* timeout, error, limit: its time counts, its word does not */
};

struct bench_scan {
	uint32_t us;	    /* BENCH_UNKNOWN: it would have taken this long at least */
	uint32_t early_us;  /* how much of it ran beside the rest, in this mail, as it does for who is first */
	unsigned char says; /* enum bench_says */
};

struct bench_mail {
	uint32_t other_us; /* what qmvc took besides the scanners */
	struct bench_scan scans[BENCH_SCANNERS];
};

/* Counted over the mails that are kept. */
struct bench_scanner {
	char initial[8];
	struct histogram latency; /* us, of its answers */
	uint64_t found, only;	  /* by it alone, while another one said clean */
	uint64_t no_answer, unknown;
};

/* Zeroed it is empty. */
struct bench_data {
	struct bench_scanner scanners[BENCH_SCANNERS];
	unsigned scanner_count;
	bool is_list; /* the scanners are those of a control file, and no others are taken in */
	struct bench_mail *mails; /* owned */
	unsigned mail_count, mail_room;
	uint64_t seen; /* mails with an answer of a scanner; more than mail_count: a sample */
	uint64_t not_scanned;		/* mails without */
	uint64_t left_out;		/* answers of other scanners */
	uint64_t guessed;		/* answers that bench_data_complete() made up */
	char silent[BENCH_SCANNERS][8]; /* scanners dropped there: none of their answers is known */
	unsigned silent_count;
	int64_t since_ms, until_ms; /* of a log: entries that count, those at until_ms not */
	uint64_t dice;
};

void bench_data_release(struct bench_data *data);

/*
 * Adds a mail. The sample is even whatever comes (Vitter, "Random sampling with a reservoir", 1985,
 * algorithm R), and the same each time. Returns 0 or -ENOMEM.
 */
int bench_data_add(struct bench_data *data, const struct bench_mail *mail);
/* The place of a scanner, a new one when there is room; -1: no room, or none of the list. */
int bench_data_scanner(struct bench_data *data, struct slice initial);

/*
 * Once all mails are there: counts what each scanner found, drops those that never answered, and gives
 * the answers that are not known the time of another answer of that scanner, drawn at random among
 * those that took as long as it had already been at work, and clean as the word.
 */
void bench_data_complete(struct bench_data *data);

/* A way to ask them. */
struct bench_way {
	unsigned char order[BENCH_SCANNERS]; /* places in bench_data.scanners */
	bool sequential, quitasap;
	uint64_t mails;
	struct histogram delay;	  /* us, of whole mails */
	uint64_t busy_us;	  /* scanners at work, all mails and scanners together */
	uint64_t cpu_us, failed;  /* where it was measured: of qmvc, and mails without an outcome */
	uint64_t started, caught; /* scanners, mails */
};

struct bench_ways {
	struct bench_way *list; /* owned; by mean delay, the least first */
	unsigned count;
	unsigned best;		  /* the recommended one */
	unsigned best_sequential; /* the fastest of those that ask one after the other */
	unsigned best_at_once;	  /* the same of the others */
};

/*
 * Reckons every way, and recommends one of those with quitasap: the one with the least mean delay;
 * but one after the other, when that is no more than a tenth slower than all at once, for it starts
 * fewer scanners. One scanner can be asked in one way only, with and without quitasap. Returns 0 or
 * -ENOMEM.
 */
int bench_ways_reckon(const struct bench_data *data, struct bench_ways *ways);
/* Sorts a list and chooses among it, by the rule above. */
void bench_ways_choose(struct bench_ways *ways);
void bench_ways_release(struct bench_ways *ways);
/* Do both ask the same, in the same order where that matters? */
bool bench_way_is(
	const struct bench_data *data, const struct bench_way *a, const struct bench_way *b);

static inline uint64_t bench_mean(const struct histogram *histogram)
{
	return histogram->count ? histogram->sum / histogram->count : 0;
}

#endif
