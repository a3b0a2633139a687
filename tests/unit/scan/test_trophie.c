/*
 * trophie and sophie: a path out, a line back, a connection for each. Only 0 is clean: there are
 * clients that take everything for clean that is not 1.
 */
#include "unit.h"

#include "daemon_test.h"

static const struct {
	const char *content, *answer;
} replies[] = {
	{"EVIL", "1:Eicar_test_file\n"},
	{"UNNAMED", "1\n"},
	{"COLON", "0:\n"},
	{"ATEND", "0"},
	{"EVILATEND", "1:At.End"},
	{"CRLF", "0\r\n"},
	{"FAIL", "-1:Could not scan\n"},
	{"OTHERFAIL", "-2\n"},
	{"EMPTY", "\n"},
	{"WORD", "OK\n"},
	{"TEN", "01\n"},
	{"MORE", "0\n1:Late\n"},
	{"MINUS", "-\n"},
	{"TWENTY", "20\n"},
	{"KILL", ""},
};

/* Closes behind its answer. */
static void honest(struct fake_daemon *fake)
{
	char path[200], content[100];

	if (!fake_gets(fake, path, sizeof(path)))
		return;
	fake->questions++;
	fake_read_file(path, content, sizeof(content));
	for (size_t i = 0; i < sizeof(replies) / sizeof(replies[0]); i++) {
		if (strcmp(content, replies[i].content) != 0)
			continue;
		fake_say(fake, "%s", replies[i].answer);
		return;
	}
	fake_say(fake, strstr(content, "EICAR-STANDARD") ? "1:EICAR\n" : "0\n");
}

static void stays(struct fake_daemon *fake)
{
	honest(fake);
	fake_hang(fake);
}

static const struct scan_result *run_against(
	struct scan_test *test, struct fake_daemon *fake, fake_talk *talk)
{
	return daemon_test_run(test, fake, SCANNER_TROPHIE, talk);
}

static void test_clean(void **state)
{
	struct scan_test *test = *state;
	fake_talk *const talks[] = {honest, stays};

	for (int i = 0; i < 10; i++)
		scan_test_text(test, "plain");
	scan_test_text(test, "");
	for (size_t i = 0; i < 2; i++) {
		struct fake_daemon fake;

		assert_int_equal(run_against(test, &fake, talks[i])->verdict, VERDICT_CLEAN);
		assert_int_equal(fake.questions, 10);
	}
}

static void test_infected(void **state)
{
	struct scan_test *test = *state;
	struct fake_daemon fake;
	const struct scan_result *result;

	scan_test_text(test, "mail");
	scan_test_text(test, "EVIL");
	scan_test_text(test, "UNNAMED");
	scan_test_text(test, "EVILATEND");
	result = run_against(test, &fake, honest);
	assert_int_equal(result->verdict, VERDICT_INFECTED);
	assert_int_equal(result->virus_count, 3);
	assert_string_equal(result->viruses[0], "Eicar_test_file");
	assert_int_equal(result->virus_objects[0], 1);
	assert_string_equal(result->viruses[1], "unnamed");
	assert_string_equal(result->viruses[2], "At.End");
}

static void test_each_answer(void **state)
{
	static const struct {
		const char *content;
		enum verdict verdict;
	} cases[] = {
		{"EVIL", VERDICT_INFECTED},
		{"COLON", VERDICT_CLEAN},
		{"ATEND", VERDICT_CLEAN},
		{"CRLF", VERDICT_CLEAN},
		{"FAIL", VERDICT_LIMIT},
		{"OTHERFAIL", VERDICT_LIMIT},
		{"EMPTY", VERDICT_ERROR},
		{"WORD", VERDICT_ERROR},
		{"TEN", VERDICT_ERROR},
		{"MORE", VERDICT_ERROR},
		{"MINUS", VERDICT_ERROR},
		{"TWENTY", VERDICT_ERROR},
		{"KILL", VERDICT_ERROR},
	};
	struct scan_test *test = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct scan_result *result = daemon_test_one(
			test, SCANNER_TROPHIE, honest, cases[i].content, cases[i].verdict);

		assert_true(result->beaten == (strcmp(cases[i].content, "KILL") == 0));
	}
}

/* The only object: the probe tells whose fault it is. */
static void fails_always(struct fake_daemon *fake)
{
	char path[200];

	if (fake_gets(fake, path, sizeof(path)))
		fake_say(fake, "-1:cannot read %s\n", path);
}

static void test_whose_fault(void **state)
{
	struct scan_test *test = *state;
	struct fake_daemon fake;

	scan_test_text(test, "FAIL");
	assert_int_equal(run_against(test, &fake, honest)->verdict, VERDICT_LIMIT);
	assert_int_equal(run_against(test, &fake, fails_always)->verdict, VERDICT_ERROR);
	assert_false(test->results.list[0].answered);
}

/* An on-access scanner took the file away: what is left is clean. */
static void takes_away(struct fake_daemon *fake)
{
	char path[200];

	if (fake_gets(fake, path, sizeof(path))) {
		unlink(path);
		fake_say(fake, "0\n");
	}
}

static void test_file_taken_away(void **state)
{
	struct scan_test *test = *state;
	struct fake_daemon fake;

	scan_test_text(test, "x");
	assert_int_equal(run_against(test, &fake, takes_away)->verdict, VERDICT_ERROR);
	assert_non_null(strstr(test->results.list[0].text, "was changed"));
}

static void test_without_tree(void **state)
{
	struct scan_test *test = *state;

	scan_test_text(test, "x");
	test->request.files = NULL;
	scan_test_daemon(test, SCANNER_TROPHIE, "/nonexistent/socket");
	assert_int_equal(scan_test_run(test)->verdict, VERDICT_ERROR);
}

static void hang(struct fake_daemon *fake)
{
	fake_say(fake, "0"); /* no newline, and no end */
	fake_hang(fake);
}

static void test_timeout(void **state)
{
	struct scan_test *test = *state;
	struct fake_daemon fake;

	scan_test_text(test, "x");
	scan_test_daemon(test, SCANNER_TROPHIE, scan_test_path(test, "ctl"))->timeout_ms = 500;
	assert_int_equal(run_against(test, &fake, hang)->verdict, VERDICT_TIMEOUT);
}

/* Late with one file, while it answers for others, each over a connection of its own. */
static void blocked(struct fake_daemon *fake)
{
	char path[200], content[100];

	if (!fake_gets(fake, path, sizeof(path)))
		return;
	fake_read_file(path, content, sizeof(content));
	if (strcmp(content, "BLOCK") == 0)
		fake_hang(fake);
	else
		fake_say(fake, "%s", strcmp(content, "EVIL") == 0 ? "1:Evil\n" : "0\n");
}

static void test_a_file_blocks_it(void **state)
{
	struct scan_test *test = *state;
	struct fake_daemon fake;
	const struct scan_result *result;

	scan_test_text(test, "mail");
	scan_test_text(test, "BLOCK");
	scan_test_daemon(test, SCANNER_TROPHIE, scan_test_path(test, "ctl"))->timeout_ms = 500;
	result = run_against(test, &fake, blocked);
	assert_int_equal(result->verdict, VERDICT_TIMEOUT);
	assert_true(result->beaten);
}

static void test_cancel(void **state)
{
	daemon_test_cancel(*state, SCANNER_TROPHIE, honest);
}

static void test_check(void **state)
{
	struct scan_test *test = *state;
	struct said said;

	assert_int_equal(daemon_test_check(test, SCANNER_TROPHIE, honest, &said), 0);
	assert_non_null(strstr(said.text, "/ctl): answers\n"));
	assert_null(strstr(said.text, "warning"));
	assert_int_equal(daemon_test_check(test, SCANNER_TROPHIE, fails_always, &said), 1);
	assert_non_null(strstr(said.text, "does not call harmless content clean: -1:cannot read"));
	/* Without a tree the file is in tmp, and does not stay there. */
	test->request.files = NULL;
	assert_int_equal(daemon_test_check(test, SCANNER_TROPHIE, honest, &said), 0);
	assert_int_equal(rmdir(test->scratch), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scan_test(test_clean),
		scan_test(test_infected),
		scan_test(test_each_answer),
		scan_test(test_whose_fault),
		scan_test(test_file_taken_away),
		scan_test(test_without_tree),
		scan_test(test_timeout),
		scan_test(test_a_file_blocks_it),
		scan_test(test_cancel),
		scan_test(test_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
