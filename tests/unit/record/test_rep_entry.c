/* What a record says: findings with their files, scanners with their viruses, whatever a mail brought. */
#include "unit.h"

#include "record/rep_entry.h"

#include "base/cleanup.h"

static struct slice S(const char *text) {
	return slice_cstr(text);
}

/* Parses one record; the text must live as long. */
static struct rep_record
parse(struct arena *arena, const char *text)
{
	struct slice rest = S(text);
	struct rep_record record;

	assert_int_equal(rep_record_parse(&rest, arena, &record), 0);
	return record;
}

#define HEAD "Id: 1k81\nVersion: 1\nTime: 2026-11-22T14:05:42.123Z\n"

static void test_mail(void **state)
{
	cleanup_arena struct arena arena = {0};
	struct rep_record record = parse(&arena,
		HEAD "Sender: <>\nRecipient: a@b\nSubject: x\\x1By\nSize: 48213\nAction: keep\n"
		     "Decided: filename\n");
	struct rep_entry entry;

	assert_int_equal(rep_entry_read(&record, &entry), 0);
	assert_int_equal(entry.time_ms, INT64_C(1795356342123));
	assert_slice(entry.id, "1k81");
	assert_slice(entry.sender, "<>");
	assert_slice(entry.recipient, "a@b");
	assert_slice(entry.subject, "x\033y");
	assert_int_equal(entry.size, 48213);
	assert_slice(entry.action, "keep");
	assert_slice(entry.decided, "filename");
}

static void test_not_ours(void **state)
{
	static const char *const texts[] = {"Version: 1\nTime: 2026-11-22T14:05:42.123Z\n",
		"Id: 1\nTime: 2026-11-22T14:05:42.123Z\n", "Id: 1\nVersion: 1\n",
		"Id: 1\nVersion: 1\nTime: yesterday\n",
		"Id: 1\nVersion: 2\nTime: 2026-11-22T14:05:42.123Z\n", "Name: Ann\n"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		cleanup_arena struct arena arena = {0};
		struct rep_record record = parse(&arena, texts[i]);
		struct rep_entry entry = {.size = 7};

		assert_int_equal(rep_entry_read(&record, &entry), 1);
		assert_int_equal(entry.size, 7);
	}
}

static void expect_finding(const struct rep_record *record, size_t *at, const char *condition,
	const char *rule, const char *file, const char *type)
{
	struct rep_finding finding;

	assert_true(rep_finding_next(record, at, &finding));
	assert_slice(finding.condition, condition);
	assert_slice(finding.rule, rule);
	assert_slice(finding.file, file);
	assert_slice(finding.type, type);
	assert_int_equal(finding.virus, strcmp(condition, "virus") == 0);
}

static void test_findings(void **state)
{
	cleanup_arena struct arena arena = {0};
	struct rep_record record = parse(&arena, HEAD
		"Condition: errors: 24 (msgid, from)\n"
		"Condition: filename: *.exe (a (b).exe)\nFile: a (b).exe\nType: application/x\n"
		"Condition: encrypted: (a.zip)\n"
		"Condition: virus: Eicar (x.com)\nVirus: Eicar\nFile: x.com\n"
		"Virus: Trojan (gen)\nType: text/html\n"
		"Condition: overlimit:\n"
		"Scanner: C infected 1.000 ms Eicar (Clam)\nFile: stray\n");
	struct rep_finding none;
	size_t at = 0;

	expect_finding(&record, &at, "errors", "24", "", "");
	expect_finding(&record, &at, "filename", "*.exe", "a (b).exe", "application/x");
	expect_finding(&record, &at, "encrypted", "", "", "");
	expect_finding(&record, &at, "virus", "Eicar", "x.com", "");
	expect_finding(&record, &at, "virus", "Trojan (gen)", "", "text/html");
	expect_finding(&record, &at, "overlimit", "", "", "");
	assert_false(rep_finding_next(&record, &at, &none));
}

static void expect_scan(const struct rep_record *record, size_t *at, const char *initial,
	const char *verdict, const char *virus, const char *name)
{
	struct rep_scan scan;

	assert_true(rep_scan_next(record, at, &scan));
	assert_slice(scan.initial, initial);
	assert_slice(scan.verdict, verdict);
	assert_slice(scan.virus, virus);
	assert_slice(scan.name, name);
}

static void test_scanners(void **state)
{
	cleanup_arena struct arena arena = {0};
	struct rep_record record =
		parse(&arena, HEAD "Virus: Trojan\nVirus: Trojan (gen)\nVirus: T\n"
				   "Scanner: C infected 10.900 ms Trojan (gen) (ClamAV daemon)\n"
				   "Scanner: F clean 9.000 ms (F-Secure)\n"
				   "Scanner: X error 9.000 ms (X): Trojan (a) lost\n"
				   "Scanner: Y suspicious 0.001 ms Trojan (Y)\n"
				   "Scanner: broken\n");
	struct rep_scan none;
	size_t at = 0;

	expect_scan(&record, &at, "C", "infected", "Trojan (gen)", "ClamAV daemon");
	expect_scan(&record, &at, "F", "clean", "", "F-Secure");
	expect_scan(&record, &at, "X", "error", "", "X");
	expect_scan(&record, &at, "Y", "suspicious", "Trojan", "Y");
	expect_scan(&record, &at, "broken", "", "", "");
	assert_false(rep_scan_next(&record, &at, &none));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mail),
		cmocka_unit_test(test_not_ours),
		cmocka_unit_test(test_findings),
		cmocka_unit_test(test_scanners),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
