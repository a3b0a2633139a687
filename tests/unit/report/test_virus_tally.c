/*
 * What a record is counted as, and what many add up to. Pages made of it, and larger numbers, are in
 * tests/e2e/test_virulator.py.
 */
#include "unit.h"

#include "base/cleanup.h"
#include "report/virus_lines.h"

#include <stdio.h>
#include <stdlib.h>

#define HOUR_MS ((int64_t)3600 * 1000)
/* 2026-11-22T00:00Z */
#define MIDNIGHT INT64_C(1795305600000)

#define HEAD \
	"Id: 1k81\nVersion: 1\nTime: 2026-11-22T14:05:42.123Z\nSender: " \
	"Bob@Example.ORG\nRecipient: a@b\n"
#define VIRUS "Virus: Eicar\nFile: x.com\nType: text/plain\n"

/* A record, read; the text must live as long as the arena. */
struct reading {
	struct arena arena;
	struct rep_record record;
	struct rep_entry entry;
	struct virus_mail mail;
};

static struct reading *read_mail(struct reading *reading, const char *text)
{
	struct slice rest = slice_cstr(text);

	memset(reading, 0, sizeof(*reading));
	assert_int_equal(rep_record_parse(&rest, &reading->arena, &reading->record), 0);
	assert_int_equal(rep_entry_read(&reading->record, &reading->entry), 0);
	virus_mail_read(&reading->entry, &reading->mail);
	return reading;
}

static void expect_name(
	const struct virus_mail *mail, unsigned at, enum virus_list list, const char *name)
{
	assert_true(at < mail->name_count);
	assert_int_equal(mail->names[at].list, list);
	assert_slice(mail->names[at].name, name);
}

static void test_domains(void **state)
{
	static const char *const pairs[][2] = {
		{"Bob@Example.ORG", "example.org"},
		{"a@b@C.d", "c.d"},
		{"a@[192.0.2.1]", "[192.0.2.1]"},
		{"a@m\xc3\xbcnchen.example", "m\xc3\xbcnchen.example"},
		{"<>", "<>"},
		{"#@[]", "#@[]"},
		{"nobody", "nobody"},
		{"a@", "a@"},
		{"a@b c", "a@b c"},
		{"a@\033[m", "a@\033[m"},
		{"", ""},
	};
	unsigned char room[TOP_NAME_SIZE];
	cleanup_buf struct buf longest = {0};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		assert_slice(virus_domain(slice_cstr(pairs[i][0]), room), pairs[i][1]);
	buf_add_cstr(&longest, "x@");
	while (longest.len < 2 + TOP_NAME_SIZE)
		buf_add_byte(&longest, 'D');
	assert_int_equal(virus_domain(buf_slice(&longest), room).len, TOP_NAME_SIZE);
	buf_add_byte(&longest, 'D');
	assert_int_equal(virus_domain(buf_slice(&longest), room).len, TOP_NAME_SIZE + 3);
}

static void test_infected(void **state)
{
	struct reading one;
	const struct virus_mail *mail;

	/* Also where the rule came first: what a scanner found something in is a virus mail. */
	mail = &read_mail(&one,
		HEAD "Decided: filename\nCondition: filename: *.com (x.com)\nFile: x.com\n" VIRUS
		     "Virus: Eicar\nFile: y.com\nVirus: Other\nFile: x.com\n"
		     "Scanner: C infected 1.000 ms Eicar (Clam)\n"
		     "Scanner: F clean 1.000 ms (F)\n"
		     "Scanner: G suspicious 1.000 ms Other (G)\n")
			->mail;
	assert_int_equal(mail->kind, VIRUS_INFECTED);
	assert_int_equal(mail->name_count, 8);
	expect_name(mail, 0, VIRUS_SENDERS, "Bob@Example.ORG");
	expect_name(mail, 1, VIRUS_DOMAINS, "example.org");
	expect_name(mail, 2, VIRUS_RECIPIENTS, "a@b");
	expect_name(mail, 3, VIRUS_NAMES, "Eicar");
	expect_name(mail, 4, VIRUS_FILES, "x.com");
	expect_name(mail, 5, VIRUS_TYPES, "text/plain");
	expect_name(mail, 6, VIRUS_FILES, "y.com");
	expect_name(mail, 7, VIRUS_NAMES, "Other");
	assert_int_equal(mail->scan_count, 2);
	assert_slice(mail->scans[1].virus, "Other");
	arena_release(&one.arena);
}

static void test_bad(void **state)
{
	struct reading one;
	const struct virus_mail *mail;

	/* bodytext is off, or it would have decided: only what did counts. */
	mail = &read_mail(&one,
		HEAD "Decided: filename\nCondition: bodytext: casino (casino)\nFile: part 1\n"
		     "Condition: filename: *.com (x.com)\nFile: x.com\nType: a/b\n"
		     "Condition: filename: *.com (y.com)\nFile: y.com\n")
			->mail;
	assert_int_equal(mail->kind, VIRUS_BAD);
	assert_int_equal(mail->condition, CONDITION_FILENAME);
	assert_int_equal(mail->name_count, 7);
	expect_name(mail, 0, VIRUS_BAD_SENDERS, "Bob@Example.ORG");
	expect_name(mail, 3, VIRUS_RULES, "filename: *.com");
	expect_name(mail, 4, VIRUS_BAD_FILES, "x.com");
	expect_name(mail, 5, VIRUS_BAD_TYPES, "a/b");
	expect_name(mail, 6, VIRUS_BAD_FILES, "y.com");
	arena_release(&one.arena);
	/* No scanner answered, and onfail=block. */
	mail = &read_mail(&one, HEAD "Decided: virus\n")->mail;
	assert_int_equal(mail->kind, VIRUS_BAD);
	assert_int_equal(mail->condition, CONDITION_VIRUS);
	arena_release(&one.arena);
	mail = &read_mail(&one, HEAD "Decided: novelty\nCondition: novelty: x\n")->mail;
	assert_int_equal(mail->kind, VIRUS_BAD);
	assert_int_equal(mail->condition, CONDITION_COUNT);
	arena_release(&one.arena);
	mail = &read_mail(&one, HEAD)->mail;
	assert_int_equal(mail->kind, VIRUS_KINDS);
	assert_int_equal(mail->name_count, 0);
	arena_release(&one.arena);
}

/* A forged record with more than anybody counts. */
static void test_bounds(void **state)
{
	cleanup_buf struct buf text = {0};
	struct virus_tally *tally = virus_tally_new(MIDNIGHT, MIDNIGHT + 24 * HOUR_MS);
	struct reading one;

	assert_non_null(tally);
	buf_add_cstr(&text, HEAD);
	for (unsigned i = 0; i < 5000; i++)
		buf_addf(&text, "Virus: v%u\nScanner: S%u infected 1.000 ms v%u (n)\n", i, i, i);
	buf_add_byte(&text, 0);
	read_mail(&one, (const char *)text.data);
	assert_int_equal(one.mail.name_count, VIRUS_MAIL_NAMES);
	assert_int_equal(one.mail.scan_count, VIRUS_MAIL_SCANS);
	assert_int_equal(virus_tally_take(tally, &one.mail), 0);
	assert_int_equal(tally->scanner_count, VIRUS_SCANNERS);
	arena_release(&one.arena);
	read_mail(&one, HEAD VIRUS "Scanner: New infected 1.000 ms Eicar (n)\n");
	assert_int_equal(virus_tally_take(tally, &one.mail), 0);
	assert_int_equal(tally->left_out, 1);
	arena_release(&one.arena);
	virus_tally_free(tally);
}

static void expect_axis(int64_t hours, bool by_hours, unsigned count)
{
	struct virus_tally *tally = virus_tally_new(MIDNIGHT, MIDNIGHT + hours * HOUR_MS);

	assert_non_null(tally);
	assert_int_equal(tally->axis.by_hours, by_hours);
	assert_int_equal(tally->axis.count, count);
	assert_int_equal(virus_tally_slot(tally, tally->until_ms - 1), count - 1);
	assert_int_equal(virus_tally_slot(tally, tally->until_ms + 48 * HOUR_MS), VIRUS_SLOTS);
	assert_int_equal(virus_tally_slot(tally, MIDNIGHT - 1), VIRUS_SLOTS);
	virus_tally_free(tally);
}

static void test_axis(void **state)
{
	expect_axis(1, true, 1);
	expect_axis(24, true, 24);
	expect_axis(49, true, 49);
	expect_axis(50, false, 3);
	expect_axis(24 * 366, false, 366);
	expect_axis(24 * 5000, false, VIRUS_SLOTS);
}

/* Of each name the first mails, and no more than a sheet holds; each mail's text is kept once. */
static void test_lines(void **state)
{
	struct virus_tally *tally = virus_tally_new(MIDNIGHT, MIDNIGHT + 24 * HOUR_MS);
	struct virus_lines lines;
	struct reading one;

	assert_non_null(tally);
	read_mail(&one, HEAD VIRUS "Subject: first\nScanner: C infected 1.000 ms Eicar (n)\n");
	for (unsigned i = 0; i < 1000; i++)
		assert_int_equal(virus_tally_take(tally, &one.mail), 0);
	assert_int_equal(virus_lines_init(&lines, tally), 0);
	for (unsigned i = 0; i < 1000; i++)
		assert_int_equal(virus_lines_take(&lines, &one.mail), 0);
	for (unsigned sheet = 0; sheet < VIRUS_SHEETS; sheet++) {
		unsigned kept = 0;

		for (unsigned i = 0; i < lines.sheets[sheet].count; i++) {
			const struct virus_selection *selection =
				&lines.sheets[sheet].selections[i];

			kept += selection->kept;
			assert_true(selection->count == 0 || selection->count == 1000);
			if (selection->kept > 0)
				assert_slice(
					selection->lines[selection->kept - 1]->subject, "first");
		}
		assert_true(kept <= VIRUS_ROWS);
		/* Bad mail there is none. */
		assert_int_equal(kept > 0,
			sheet < VIRUS_RULES ||
				(sheet >= VIRUS_SHEET_MAILS && sheet != VIRUS_SHEET_CONDITIONS));
	}
	assert_int_equal(lines.sheets[VIRUS_SHEET_TIME].selections[14].count, 1000);
	virus_lines_release(&lines);
	virus_tally_free(tally);
	arena_release(&one.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_domains),
		cmocka_unit_test(test_infected),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_axis),
		cmocka_unit_test(test_lines),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
