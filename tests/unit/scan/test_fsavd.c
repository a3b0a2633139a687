/*
 * F-Secure's fsavd. Clean is CLEAN for the very file, a final OK, and nothing else: a SCAN_FAILURE
 * with an OK behind it is none.
 */
#include "unit.h"

#include "daemon_test.h"

/* The greetings; `refused` is a setting that it does not know, or "". */
static bool greet(struct fake_daemon *fake, const char *refused)
{
	char line[80];

	fake_say(fake, "DBVERSION\t2018-12-21_08\n");
	for (int settings = 0; settings < 7; settings++) {
		if (!fake_gets(fake, line, sizeof(line)))
			return false;
		if (*refused && strstr(line, refused))
			fake_say(fake, "ERROR\tUnknown\n");
		else
			fake_say(fake, "OK\tDone\n");
	}
	return true;
}

#define DONE "OK\tScan ok.\n"

/* %s is the path that was asked about. */
static const struct {
	const char *content, *answer;
} replies[] = {
	{"EVIL", "INFECTED\t%s\tEICAR_Test_File\tLibra\n" DONE},
	{"TWICE", "INFECTED\t%s\tEICAR_Test_File\tLibra\nINFECTED\tx\tEICAR-Test\tAVP\n" DONE},
	{"ARCHIVE", "OPEN_ARCHIVE\t%s\nARCHIVE_INFECTED\tx\tIn.Archive\tLibra\t0\t0\t0\t0\n"
		    "CLOSE_ARCHIVE\tx\n" DONE},
	{"MIME", "MIME_INFECTED\t%s\tIn.Mime\tLibra\n" DONE},
	{"RISK", "RISKWARE\t%s\tRisky\tAquarius\n" DONE},
	{"SUSPECT", "ARCHIVE_SUSPECTED\t%s\tOdd\tAquarius\n" DONE},
	{"FAILURE", "SCAN_FAILURE\t%s\t0x1010\tCould not open the file [Libra]\n" DONE},
	{"FAILCLEAN", "SCAN_FAILURE\t%s\t0x1\tEncrypted [Libra]\nCLEAN\t%s\n" DONE},
	{"FOUNDCLEAN", "INFECTED\t%s\tBoth\tLibra\nCLEAN\t%s\n" DONE},
	{"NOTHING", DONE},
	{"OTHERFILE", "CLEAN\t/etc/passwd\n" DONE},
	{"LONGERFILE", "CLEAN\t%s.0\n" DONE},
	{"ERROR", "ERROR\tOut of memory\n"},
	{"WORD", "NONE\t%s\n" DONE},
	{"EMPTY", "\n" DONE},
	{"CUT", "CLEAN\t%s\nO"},
	{"NOOK", "CLEAN\t%s\n"},
	{"UNASKED", "CLEAN\t%s\n" DONE "CLEAN\t%s\n" DONE},
};

static void answer(struct fake_daemon *fake, const char *path, const char *text)
{
	const char *mark;

	while ((mark = strstr(text, "%s"))) {
		fake_send(fake, text, (size_t)(mark - text));
		fake_say(fake, "%s", path);
		text = mark + 2;
	}
	fake_say(fake, "%s", text);
}

/* Closes behind an answer without an end. */
static bool reply(struct fake_daemon *fake, const char *path)
{
	char content[100];

	fake_read_file(path, content, sizeof(content));
	fake->questions++;
	for (size_t i = 0; i < sizeof(replies) / sizeof(replies[0]); i++) {
		if (strcmp(content, replies[i].content) != 0)
			continue;
		answer(fake, path, replies[i].answer);
		return strstr(replies[i].answer, DONE) != NULL;
	}
	if (strcmp(content, "KILL") == 0)
		return false;
	answer(fake, path,
		strstr(content, "EICAR-STANDARD") ? replies[0].answer : "CLEAN\t%s\n" DONE);
	return true;
}

static const char *refused = "";

static void honest(struct fake_daemon *fake)
{
	char line[200];
	bool go_on = greet(fake, refused);

	while (go_on && fake_gets(fake, line, sizeof(line)))
		go_on = strncmp(line, "SCAN\t", 5) == 0 && reply(fake, line + 5);
}

static const struct scan_result *run_against(
	struct scan_test *test, struct fake_daemon *fake, fake_talk *talk)
{
	return daemon_test_run(test, fake, SCANNER_FSAVD, talk);
}

static void test_clean(void **state)
{
	struct scan_test *test = *state;
	struct fake_daemon fake;

	for (int i = 0; i < 10; i++)
		scan_test_text(test, "plain");
	scan_test_text(test, "");
	assert_int_equal(run_against(test, &fake, honest)->verdict, VERDICT_CLEAN);
	assert_int_equal(fake.connections, 1);
	assert_int_equal(fake.questions, 10);
}

static void test_infected(void **state)
{
	struct scan_test *test = *state;
	struct fake_daemon fake;
	const struct scan_result *result;

	scan_test_text(test, "mail");
	scan_test_text(test, "EVIL");
	scan_test_text(test, "TWICE");
	scan_test_text(test, "ARCHIVE");
	scan_test_text(test, "MIME");
	scan_test_text(test, "SUSPECT");
	result = run_against(test, &fake, honest);
	assert_int_equal(result->verdict, VERDICT_INFECTED);
	assert_int_equal(result->virus_count, 5);
	assert_string_equal(result->viruses[0], "EICAR_Test_File");
	assert_int_equal(result->virus_objects[0], 1);
	assert_string_equal(result->viruses[1], "EICAR-Test");
	assert_int_equal(result->virus_objects[1], 2);
	assert_string_equal(result->viruses[2], "In.Archive");
	assert_string_equal(result->viruses[3], "In.Mime");
	assert_string_equal(result->viruses[4], "Odd");
}

static void test_each_answer(void **state)
{
	static const struct {
		const char *content;
		enum verdict verdict;
	} cases[] = {
		{"EVIL", VERDICT_INFECTED},
		{"RISK", VERDICT_SUSPICIOUS},
		{"SUSPECT", VERDICT_SUSPICIOUS},
		{"FAILURE", VERDICT_LIMIT},
		{"FAILCLEAN", VERDICT_LIMIT},
		{"FOUNDCLEAN", VERDICT_INFECTED},
		{"NOTHING", VERDICT_LIMIT},
		{"OTHERFILE", VERDICT_ERROR},
		{"LONGERFILE", VERDICT_ERROR},
		{"ERROR", VERDICT_ERROR},
		{"WORD", VERDICT_ERROR},
		{"EMPTY", VERDICT_ERROR},
		{"CUT", VERDICT_ERROR},
		{"NOOK", VERDICT_ERROR},
		{"UNASKED", VERDICT_ERROR},
		{"KILL", VERDICT_ERROR},
	};
	struct scan_test *test = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		daemon_test_one(
			test, SCANNER_FSAVD, honest, cases[i].content, cases[i].verdict);
	}
}

/* Without looking into archives and mails it is of no use; the rest it need not know. */
static void test_settings(void **state)
{
	static const struct {
		const char *setting;
		enum verdict verdict;
	} cases[] = {
		{"PROTOCOL", VERDICT_ERROR},
		{"ARCHIVE", VERDICT_ERROR},
		{"MIME", VERDICT_ERROR},
		{"RISKWARE", VERDICT_CLEAN},
		{"MAXARCH", VERDICT_CLEAN},
	};
	struct scan_test *test = *state;

	scan_test_text(test, "x");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fake_daemon fake;
		char run[100];

		refused = cases[i].setting;
		assert_int_equal(run_against(test, &fake, honest)->verdict, cases[i].verdict);
		snprintf(run, sizeof(run), "rm -f %s/run/*", test->directory);
		assert_int_equal(system(run), 0);
	}
	refused = "";
}

static void stranger(struct fake_daemon *fake)
{
	fake_say(fake, "OK SSSP/1.0\n");
	fake_hang(fake);
}

static void test_another_daemon(void **state)
{
	struct scan_test *test = *state;
	struct fake_daemon fake;

	scan_test_text(test, "x");
	assert_int_equal(run_against(test, &fake, stranger)->verdict, VERDICT_ERROR);
	assert_non_null(strstr(test->results.list[0].text, "OK SSSP/1.0"));
}

static void test_cancel(void **state)
{
	daemon_test_cancel(*state, SCANNER_FSAVD, honest);
}

static void test_check(void **state)
{
	struct scan_test *test = *state;
	struct said said;

	assert_int_equal(daemon_test_check(test, SCANNER_FSAVD, honest, &said), 0);
	assert_non_null(strstr(said.text, "patterns 2018-12-21_08 of 2018-12-21"));
	assert_null(strstr(said.text, "EICAR"));
	refused = "ARCHIVE";
	assert_int_equal(daemon_test_check(test, SCANNER_FSAVD, honest, &said), 1);
	refused = "";
	assert_non_null(strstr(said.text, "refuses CONFIGURE?ARCHIVE?1: Unknown"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scan_test(test_clean),
		scan_test(test_infected),
		scan_test(test_each_answer),
		scan_test(test_settings),
		scan_test(test_another_daemon),
		scan_test(test_cancel),
		scan_test(test_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
