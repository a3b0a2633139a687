/*
 * Fuzz target: the input is a qmvc.rep, record by record. Checked: a record says the same when it is
 * written and read again, what is taken for one thing found or one scanner lies within one value, and
 * virulator counts it within its bounds.
 */
#include "report/virus_tally.h"

#include "base/cleanup.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "fuzz_rep_entry: not so: %s\n", #condition); \
			abort(); \
		} \
	} while (0)

#define REP_MAX_READ 65536

/* A piece of some value of the record, or nothing. */
static void lies_within(const struct rep_record *record, struct slice piece)
{
	bool found = piece.len == 0;

	for (size_t i = 0; i < record->count && !found; i++) {
		struct slice value = record->fields[i].value;

		found = value.len > 0 && piece.data >= value.data &&
			piece.data + piece.len <= value.data + value.len;
	}
	REQUIRE(found);
}

static void read_again(const struct rep_record *record, struct arena *arena)
{
	cleanup_buf struct buf written = {0};
	struct rep_record again;
	struct slice rest;

	REQUIRE(rep_record_format(record, &written) == 0);
	rest = buf_slice(&written);
	REQUIRE(rep_record_parse(&rest, arena, &again) == 0);
	REQUIRE(rest.len == 0 && again.count == record->count);
	for (size_t i = 0; i < again.count; i++)
		REQUIRE(strcmp(again.fields[i].name, record->fields[i].name) == 0 &&
			slice_eq(again.fields[i].value, record->fields[i].value));
}

static void take_apart(const struct rep_record *record)
{
	struct rep_finding finding;
	struct rep_scan scan;

	for (size_t at = 0; rep_finding_next(record, &at, &finding);) {
		lies_within(record, finding.rule);
		lies_within(record, finding.file);
		lies_within(record, finding.type);
		REQUIRE(finding.virus || !slice_eq_cstr(finding.condition, "virus"));
	}
	for (size_t at = 0; rep_scan_next(record, &at, &scan);) {
		lies_within(record, scan.initial);
		lies_within(record, scan.verdict);
		lies_within(record, scan.virus);
		lies_within(record, scan.name);
	}
}

static void count(struct virus_tally *tally, const struct rep_entry *entry)
{
	static struct virus_mail mail;

	virus_mail_read(entry, &mail);
	REQUIRE(mail.name_count <= VIRUS_MAIL_NAMES && mail.scan_count <= VIRUS_MAIL_SCANS);
	for (unsigned i = 0; i < mail.name_count; i++)
		REQUIRE(mail.names[i].name.len > 0 && mail.names[i].name.len <= TOP_NAME_SIZE);
	REQUIRE(virus_tally_take(tally, &mail) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = slice_first(slice_make(data, size), REP_MAX_READ);
	struct virus_tally *tally = virus_tally_new(0, INT64_MAX);

	REQUIRE(tally);
	for (;;) {
		cleanup_arena struct arena arena = {0};
		struct rep_record record;
		struct rep_entry entry;

		if (rep_record_parse(&rest, &arena, &record))
			break;
		read_again(&record, &arena);
		take_apart(&record);
		if (rep_entry_read(&record, &entry) == 0)
			count(tally, &entry);
	}
	virus_tally_free(tally);
	return 0;
}
