/*
 * What a period's records of qmvc.rep add up to, for virulator(8).
 *
 * A virus mail is one in which a scanner found something; a bad mail is any other that was acted on.
 * By `Decided` and not by Condition: conditions that are off stand in records too. Where that is
 * `virus` although nothing was found, no scanner answered (onfail=block).
 *
 * Memory is bounded whatever the records hold, some 11 MB: names go into Space-Saving counters (top.h,
 * exact up to 1024 different ones), scanners have a fixed number of places, and of one mail at most
 * VIRUS_MAIL_NAMES names are counted, each once.
 */
#ifndef QMVC_REPORT_VIRUS_TALLY_H
#define QMVC_REPORT_VIRUS_TALLY_H

#include "control/vocabulary.h"
#include "report/calendar.h"
#include "report/log_reader.h"
#include "report/top.h"

#define VIRUS_SCANNERS	 16
#define VIRUS_MAIL_NAMES 256
#define VIRUS_MAIL_SCANS 16
#define VIRUS_SLOTS	 366

enum virus_kind { /* of mail */
	VIRUS_INFECTED,
	VIRUS_BAD,
	VIRUS_KINDS
};

enum virus_list { /* of names; a mail has one or more in each list of its kind, or none */
	VIRUS_NAMES,
	VIRUS_SENDERS,
	VIRUS_DOMAINS,
	VIRUS_RECIPIENTS,
	VIRUS_FILES,
	VIRUS_TYPES,
	VIRUS_RULES, /* from here on of bad mails: "filename: *.exe" */
	VIRUS_BAD_SENDERS,
	VIRUS_BAD_DOMAINS,
	VIRUS_BAD_RECIPIENTS,
	VIRUS_BAD_FILES,
	VIRUS_BAD_TYPES,
	VIRUS_LISTS
};

/* One mail, taken apart; slices are borrowed from the entry, or lie in `domain`. */
struct virus_mail {
	const struct rep_entry *entry;
	enum virus_kind kind; /* VIRUS_KINDS: neither, which qmvc does not write */
	unsigned condition;   /* that decided: enum condition_id, or CONDITION_COUNT */
	unsigned name_count, scan_count;
	struct virus_mail_name {
		enum virus_list list;
		struct slice name; /* at most TOP_NAME_SIZE bytes */
	} names[VIRUS_MAIL_NAMES];
	struct rep_scan scans[VIRUS_MAIL_SCANS]; /* that found something */
	unsigned char domain[TOP_NAME_SIZE];
};

/* What it is counted as. */
void virus_mail_read(const struct rep_entry *entry, struct virus_mail *mail);

struct virus_scanner {
	unsigned char initial[16], name[64];
	unsigned initial_length, name_length;
	uint64_t found; /* mails */
	struct top hits;
};

/* What one place on the axis of time is. */
struct virus_axis {
	bool by_hours; /* as the clock shows them; else by days */
	int64_t first; /* of the slots: a day, or a day times 24 and the hour */
	unsigned count;
};

struct virus_tally {
	int64_t since_ms, until_ms; /* what is counted: since <= t < until */
	struct calendar calendar;
	struct virus_axis axis;
	int64_t first_ms; /* the earliest mail; only when records > 0 */
	uint64_t records;
	uint64_t mails[VIRUS_KINDS];
	uint64_t conditions[CONDITION_COUNT + 1]; /* that decided about bad mails */
	uint64_t slots[VIRUS_SLOTS][VIRUS_KINDS];
	struct top lists[VIRUS_LISTS];
	struct virus_scanner *scanners[VIRUS_SCANNERS];
	unsigned scanner_count;
	uint64_t left_out; /* what scanners found, for want of a place */
};

/*
 * Counts what is `since_ms` <= t < `until_ms`; up to two days go by hours, the last VIRUS_SLOTS days
 * of more by days. Returns NULL without memory.
 */
struct virus_tally *virus_tally_new(int64_t since_ms, int64_t until_ms);
void virus_tally_free(struct virus_tally *tally);

/* Is that moment in the period? */
static inline bool virus_tally_wants(const struct virus_tally *tally, int64_t time_ms)
{
	return time_ms >= tally->since_ms && time_ms < tally->until_ms;
}

/* Counts a mail of the period. Returns 0 or -ENOMEM. */
int virus_tally_take(struct virus_tally *tally, const struct virus_mail *mail);

/* The place of a scanner, by initial and name; scanner_count when it has none. */
unsigned virus_tally_scanner(const struct virus_tally *tally, const struct rep_scan *scan);

/* Its place on the axis, or VIRUS_SLOTS. */
unsigned virus_tally_slot(struct virus_tally *tally, int64_t time_ms);

/*
 * The part behind the last '@', in lower case, in `room`; an address that has none (bounces, what is
 * malformed) is its own.
 */
struct slice virus_domain(struct slice address, unsigned char room[TOP_NAME_SIZE]);

static inline struct slice virus_scanner_initial(const struct virus_scanner *scanner)
{
	return slice_make(scanner->initial, scanner->initial_length);
}

static inline struct slice virus_scanner_name(const struct virus_scanner *scanner)
{
	return slice_make(scanner->name, scanner->name_length);
}

#endif
