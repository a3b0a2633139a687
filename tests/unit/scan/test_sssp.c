/*
 * Sophos' SAVDI over SSSP, against daemons that lie, die and hang; and what holds for every daemon
 * that is asked about one object after another (daemon.h). The rule behind every case: only "DONE OK
 * 0000", and nothing else, for every object is clean.
 */
#include "unit.h"

#include "daemon_test.h"

/* The greetings. Returns false when the client does not play its part. */
static bool greet(struct fake_daemon *fake, const char *facts)
{
	char line[80];

	fake_say(fake, "OK SSSP/1.0\r\n");
	if (!fake_gets(fake, line, sizeof(line)) || strcmp(line, "SSSP/1.0") != 0)
		return false;
	fake_say(fake, "ACC 1/1\r\n");
	if (!fake_gets(fake, line, sizeof(line)) || strcmp(line, "QUERY SERVER") != 0)
		return false;
	fake_say(fake, "%s", facts);
	return true;
}

#define FACTS "ACC 1/2\r\nversion: SAVDI 2.6\r\nmethod: SCANDATA\r\nmethod: SCANFILE\r\n\r\n"

/* The content of the next SCANDATA; NULL at the end. To be freed. */
static char *next(struct fake_daemon *fake)
{
	char line[80], *content;
	size_t len;

	if (!fake_gets(fake, line, sizeof(line)) || sscanf(line, "SCANDATA %zu", &len) != 1)
		return NULL;
	content = calloc(1, len + 1);
	if (fake_get(fake, content, len)) {
		fake->questions++;
		return content;
	}
	free(content);
	return NULL;
}

#define DONE_CLEAN "DONE OK 0000 The function call succeeded\r\n\r\n"
#define DONE_VIRUS "DONE OK 0203 Virus found during virus scan\r\n\r\n"

/* Content and what is said about it, behind ACC. NULL: the connection is closed. */
static const struct {
	const char *content, *answer;
} replies[] = {
	{"EVIL", "ACC 1/3\r\nVIRUS EICAR-AV-Test ~\r\nOK 0203 ~\r\n" DONE_VIRUS},
	{"TWO", "ACC 1/3\r\nEVENT ONACCESS ~\r\nTYPE 01 ~\r\nFILE ~\r\nVIRUS One ~/a\r\nOK 0203 "
		"~/a\r\nVIRUS Two ~/b\r\nOK 0203 ~/b\r\n" DONE_VIRUS},
	{"UNNAMED", "ACC 1/3\r\n" DONE_VIRUS},
	{"MIXED", "ACC 1/3\r\nVIRUS Mixed ~\r\nFAIL 0212 ~\r\nDONE FAIL 0212 Encrypted\r\n\r\n"},
	{"ZIP", "ACC 1/3\r\nFAIL 0212 ~\r\nDONE FAIL 0212 The file is encrypted\r\n\r\n"},
	{"INNER", "ACC 1/3\r\nFAIL 0212 ~/inner\r\n" DONE_CLEAN},
	{"SLOW", "ACC 1/3\r\nFAIL 060F ~\r\nDONE FAIL 060F Scan terminated due to timeout\r\n\r\n"},
	{"CODE", "ACC 1/3\r\nDONE OK 0204 What may this be\r\n\r\n"},
	{"INCODE", "ACC 1/3\r\nOK 0204 ~\r\n" DONE_CLEAN},
	{"BIG", "REJ 4\r\n"},
	{"FORBIDDEN", "REJ 5\r\n"},
	{"BARE", "ACC 1/3\r\nDONE OK\r\n\r\n"},
	{"WORD", "OK\r\n"},
	{"UNKNOWN", "ACC 1/3\r\nWHAT ~\r\n" DONE_CLEAN},
	{"UNASKED", "ACC 1/3\r\n" DONE_CLEAN "ACC 1/4\r\n" DONE_CLEAN},
	{"UNACCEPTED", DONE_CLEAN},
	{"NOBLANK", "ACC 1/3\r\nDONE OK 0000 The function call succeeded\r\nACC 1/4\r\n"},
	{"KILL", NULL},
};

static bool reply(struct fake_daemon *fake, const char *content)
{
	for (size_t i = 0; i < sizeof(replies) / sizeof(replies[0]); i++) {
		if (strncmp(content, replies[i].content, strlen(replies[i].content)) != 0)
			continue;
		if (replies[i].answer)
			fake_say(fake, "%s", replies[i].answer);
		return replies[i].answer != NULL;
	}
	fake_say(fake, "ACC 1/3\r\nOK 0000 ~\r\n" DONE_CLEAN);
	return true;
}

static void talk_with(struct fake_daemon *fake, const char *facts)
{
	char *content;
	bool go_on = greet(fake, facts);

	while (go_on && (content = next(fake))) {
		go_on = reply(fake, content);
		free(content);
	}
}

static void honest(struct fake_daemon *fake)
{
	talk_with(fake, FACTS);
}

static const struct scan_result *run_against(
	struct scan_test *test, struct fake_daemon *fake, fake_talk *talk)
{
	return daemon_test_run(test, fake, SCANNER_SSSP, talk);
}

static void test_clean(void **state)
{
	struct scan_test *test = *state;
	struct fake_daemon fake;
	const struct scan_result *result;

	for (int i = 0; i < 20; i++)
		scan_test_text(test, "plain");
	scan_test_text(test, "");
	scan_test_text(test, "EVIL but under -n")->flags = OBJECT_NEGATIVE;
	result = run_against(test, &fake, honest);
	assert_string_equal(result->text, "");
	assert_int_equal(result->verdict, VERDICT_CLEAN);
	assert_true(result->answered);
	assert_int_equal(fake.connections, 1);
	assert_int_equal(fake.questions, 20);
}

static void test_infected(void **state)
{
	struct scan_test *test = *state;
	struct fake_daemon fake;
	const struct scan_result *result;

	scan_test_text(test, "mail");
	scan_test_text(test, "EVIL");
	scan_test_text(test, "TWO");
	scan_test_text(test, "UNNAMED");
	scan_test_text(test, "MIXED");
	result = run_against(test, &fake, honest);
	assert_int_equal(result->verdict, VERDICT_INFECTED);
	assert_int_equal(result->virus_count, 5);
	assert_string_equal(result->viruses[0], "EICAR-AV-Test");
	assert_int_equal(result->virus_objects[0], 1);
	assert_string_equal(result->viruses[1], "One");
	assert_string_equal(result->viruses[2], "Two");
	assert_string_equal(result->viruses[3], "unnamed");
	assert_string_equal(result->viruses[4], "Mixed");
	assert_true(result->saw_encrypted);
}

/* Each alone beside a clean object: never clean, and whose fault it is. */
static void test_each_answer(void **state)
{
	static const struct {
		const char *content;
		enum verdict verdict;
	} cases[] = {
		{"EVIL", VERDICT_INFECTED},
		{"ZIP", VERDICT_ENCRYPTED},
		{"INNER", VERDICT_ENCRYPTED},
		{"SLOW", VERDICT_LIMIT},
		{"CODE", VERDICT_LIMIT},
		{"INCODE", VERDICT_LIMIT},
		{"BIG", VERDICT_LIMIT},
		{"FORBIDDEN", VERDICT_ERROR},
		{"BARE", VERDICT_LIMIT},
		{"WORD", VERDICT_ERROR},
		{"UNKNOWN", VERDICT_ERROR},
		{"UNASKED", VERDICT_ERROR},
		{"UNACCEPTED", VERDICT_ERROR},
		{"NOBLANK", VERDICT_ERROR},
		{"KILL", VERDICT_ERROR},
		{"plain", VERDICT_CLEAN},
	};
	struct scan_test *test = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct scan_result *result = daemon_test_one(
			test, SCANNER_SSSP, honest, cases[i].content, cases[i].verdict);

		assert_true(result->answered || result->verdict == VERDICT_ERROR);
	}
}

/* A name on the whitelist takes nothing back but that name. */
static void test_whitelist(void **state)
{
	struct scan_test *test = *state;
	struct fake_daemon fake;

	scan_test_whitelist(test, "one");
	scan_test_text(test, "mail");
	scan_test_text(test, "TWO");
	assert_int_equal(run_against(test, &fake, honest)->verdict, VERDICT_INFECTED);
	scan_test_whitelist(test, "*");
	assert_int_equal(run_against(test, &fake, honest)->verdict, VERDICT_CLEAN);
	assert_true(test->results.list[0].whitelisted);
	scan_test_text(test, "MIXED");
	assert_int_equal(run_against(test, &fake, honest)->verdict, VERDICT_ENCRYPTED);
	/* Two names in one object do not make up for another object's missing answer. */
	test->objects.count = 2;
	scan_test_text(test, "KILL");
	assert_int_equal(run_against(test, &fake, honest)->verdict, VERDICT_ERROR);
}

static void test_quitasap_asks_no_more(void **state)
{
	struct scan_test *test = *state;
	struct fake_daemon fake;

	test->request.quitasap = true;
	scan_test_text(test, "the mail, asked last");
	scan_test_text(test, "EVIL");
	scan_test_text(test, "plain");
	assert_int_equal(run_against(test, &fake, honest)->verdict, VERDICT_INFECTED);
	assert_int_equal(fake.questions, 1);
}

/* What the daemon says about itself spares asking what it does not take. */
static void small(struct fake_daemon *fake)
{
	talk_with(fake, "ACC 1/2\r\nmethod: SCANDATA\r\nmaxscandata: 5\r\n\r\n");
}

static void no_query(struct fake_daemon *fake)
{
	talk_with(fake, "REJ 5\r\n");
}

static void no_data(struct fake_daemon *fake)
{
	talk_with(fake, "ACC 1/2\r\nmethod: SCANFILE\r\n\r\n");
}

static void test_facts(void **state)
{
	struct scan_test *test = *state;
	struct fake_daemon fake;
	const struct scan_result *result;

	scan_test_text(test, "long EVIL");
	scan_test_text(test, "short");
	result = run_against(test, &fake, small);
	assert_int_equal(result->verdict, VERDICT_LIMIT);
	assert_true(result->too_large);
	assert_int_equal(fake.questions, 1);
	assert_int_equal(run_against(test, &fake, no_query)->verdict, VERDICT_CLEAN);
	result = run_against(test, &fake, no_data);
	assert_int_equal(result->verdict, VERDICT_ERROR);
	assert_non_null(strstr(result->text, "allowscandata"));
	assert_int_equal(fake.questions, 0);
}

/* What was not taken is read as commands: their answers are not answers to us. */
static void injected(struct fake_daemon *fake)
{
	char *content;

	if (!greet(fake, FACTS) || !(content = next(fake)))
		return;
	if (strncmp(content, "SCAN", 4) == 0)
		fake_say(fake, "REJ 4\r\nACC 1/4\r\n" DONE_CLEAN);
	else
		reply(fake, content);
	free(content);
	fake_hang(fake);
}

static void test_content_as_commands(void **state)
{
	struct scan_test *test = *state;
	struct fake_daemon fake;

	scan_test_text(test, "EVIL, asked last");
	scan_test_text(test, "SCANDATA 0\n");
	assert_int_equal(run_against(test, &fake, injected)->verdict, VERDICT_INFECTED);
	assert_int_equal(fake.connections, 2);
}

/* --- Greetings, and addresses in turn --- */

static const char *greeting;

static void greets_so(struct fake_daemon *fake)
{
	fake_say(fake, "%s", greeting);
	if (*greeting != 'O')
		fake_hang(fake);
}

static void test_bad_greetings(void **state)
{
	static const char *const greetings[] = {"HELLO\r\n", "OK SSSP/2.0\r\n", "OK SSSP/1.0",
		"OK SSSP/1.0\r\nREJ 2\r\n", "OK SSSP/1.0\r\nACC 1/1\r\nACC 1/2\r\nmeth"};
	struct scan_test *test = *state;

	scan_test_text(test, "x");
	for (size_t i = 0; i < sizeof(greetings) / sizeof(greetings[0]); i++) {
		struct fake_daemon fake;
		char run[100];

		greeting = greetings[i];
		assert_int_equal(run_against(test, &fake, greets_so)->verdict, VERDICT_ERROR);
		assert_int_equal(fake.connections, 1);
		/* Counts for the breaker; that is another test's matter. */
		snprintf(run, sizeof(run), "rm -f %s/run/*", test->directory);
		assert_int_equal(system(run), 0);
	}
}

static void mute(struct fake_daemon *fake)
{
	fake_hang(fake);
}

/* One that nobody listens at, one that refuses, one that says nothing, and then the one. */
static void test_addresses_in_turn(void **state)
{
	struct scan_test *test = *state;
	struct scanner_config *config =
		scan_test_daemon(test, SCANNER_SSSP, scan_test_path(test, "none"));
	struct fake_daemon silent, refusing, fake;

	fake_daemon_start(&silent, NULL, AF_INET, mute);
	fake_daemon_start(&refusing, scan_test_path(test, "refusing"), AF_UNIX, greets_so);
	greeting = "REJ 5\r\n";
	config->timeout_ms = 4000; /* an address has a quarter of it to greet */
	config->addresses[config->address_count++] =
		(struct scanner_address){.host = "127.0.0.1", .port = silent.port};
	config->addresses[config->address_count++].path = refusing.path;
	config->addresses[config->address_count++].path = scan_test_path(test, "ctl");
	scan_test_text(test, "EVIL");
	assert_int_equal(run_against(test, &fake, honest)->verdict, VERDICT_INFECTED);
	fake_daemon_stop(&silent);
	fake_daemon_stop(&refusing);
	assert_int_equal(fake.connections, 1);
	assert_int_equal(refusing.connections, 1);
	assert_int_equal(silent.connections, 1);
}

static void test_ipv6(void **state)
{
	struct scan_test *test = *state;
	struct scanner_config *config = scan_test_scanner(test, SCANNER_SSSP, "sssp:[::1]");
	struct fake_daemon fake;

	fake_daemon_start(&fake, NULL, AF_INET6, honest);
	config->addresses[config->address_count++] =
		(struct scanner_address){.host = "::1", .port = fake.port};
	scan_test_text(test, "EVIL");
	assert_int_equal(scan_test_run(test)->verdict, VERDICT_INFECTED);
	fake_daemon_stop(&fake);
}

/* --- Who is at fault --- */

static void test_an_object_kills_it(void **state)
{
	struct scan_test *test = *state;
	struct fake_daemon fake;
	const struct scan_result *result;

	scan_test_text(test, "mail");
	scan_test_text(test, "KILL");
	scan_test_text(test, "plain");
	result = run_against(test, &fake, honest);
	assert_int_equal(result->verdict, VERDICT_ERROR);
	assert_true(result->beaten);
	scan_test_text(test, "EVIL");
	assert_int_equal(run_against(test, &fake, honest)->verdict, VERDICT_INFECTED);
}

static void half(struct fake_daemon *fake)
{
	char *content;

	if (greet(fake, FACTS) && (content = next(fake))) {
		fake_say(fake, "%s",
			*content == 'V' ? "ACC 1/3\r\nVIRUS Early ~\r\nDO" : "ACC 1/3\r\nDO");
		free(content);
	}
}

/* In the middle of a word: not asked again. What was found until then is found. */
static void test_cut_answer(void **state)
{
	struct scan_test *test = *state;
	struct fake_daemon fake;

	scan_test_text(test, "x");
	assert_int_equal(run_against(test, &fake, half)->verdict, VERDICT_ERROR);
	assert_int_equal(fake.connections, 1);
	test->objects.count = 0;
	scan_test_text(test, "V");
	assert_int_equal(run_against(test, &fake, half)->verdict, VERDICT_INFECTED);
}

static void going_down(struct fake_daemon *fake)
{
	char *content;

	if (fake->connections == 1 && greet(fake, FACTS) && (content = next(fake))) {
		reply(fake, content);
		free(content);
	}
}

static void test_going_down(void **state)
{
	struct scan_test *test = *state;
	struct fake_daemon fake;
	const struct scan_result *result;

	scan_test_text(test, "a");
	scan_test_text(test, "b");
	result = run_against(test, &fake, going_down);
	assert_int_equal(result->verdict, VERDICT_ERROR);
	assert_true(result->answered && !result->beaten);
}

static void blocked(struct fake_daemon *fake)
{
	char *content;
	bool go_on = greet(fake, FACTS);

	while (go_on && (content = next(fake))) {
		go_on = strncmp(content, "BLOCK", 5) != 0 && reply(fake, content);
		if (!go_on)
			fake_hang(fake);
		free(content);
	}
}

static void test_an_object_blocks_it(void **state)
{
	struct scan_test *test = *state;
	struct fake_daemon fake;
	const struct scan_result *result;

	scan_test_text(test, "a");
	scan_test_text(test, "BLOCK");
	scan_test_daemon(test, SCANNER_SSSP, scan_test_path(test, "ctl"))->timeout_ms = 500;
	result = run_against(test, &fake, blocked);
	assert_int_equal(result->verdict, VERDICT_TIMEOUT);
	assert_true(result->beaten);
}

static void hanging(struct fake_daemon *fake)
{
	if (greet(fake, FACTS))
		fake_hang(fake);
}

static void test_timeout(void **state)
{
	struct scan_test *test = *state;
	struct fake_daemon fake;

	scan_test_text(test, "x");
	scan_test_daemon(test, SCANNER_SSSP, scan_test_path(test, "ctl"))->timeout_ms = 500;
	assert_int_equal(run_against(test, &fake, hanging)->verdict, VERDICT_TIMEOUT);
	assert_false(test->results.list[0].beaten);
}

/* It takes the connection and says nothing: three times, and it is left alone for a while. */
static void test_never_greets(void **state)
{
	struct scan_test *test = *state;
	struct fake_daemon fake;

	scan_test_text(test, "x");
	scan_test_daemon(test, SCANNER_SSSP, scan_test_path(test, "ctl"))->timeout_ms = 100;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(run_against(test, &fake, mute)->verdict, VERDICT_TIMEOUT);
		assert_false(test->results.list[0].beaten);
	}
	assert_int_equal(run_against(test, &fake, mute)->verdict, VERDICT_ERROR);
	assert_non_null(strstr(test->results.list[0].text, "left alone"));
	assert_int_equal(fake.connections, 0);
}

static void endless(struct fake_daemon *fake)
{
	char noise[4096];

	memset(noise, 'x', sizeof(noise));
	free(greet(fake, FACTS) ? next(fake) : NULL);
	fake_say(fake, "ACC 1/3\r\n");
	for (int i = 0; i < 100; i++)
		fake_send(fake, noise, sizeof(noise));
	fake_hang(fake);
}

static void test_line_without_end(void **state)
{
	struct scan_test *test = *state;
	struct fake_daemon fake;

	scan_test_text(test, "x");
	assert_int_equal(run_against(test, &fake, endless)->verdict, VERDICT_ERROR);
	assert_non_null(strstr(test->results.list[0].text, "without end"));
}

/* --- Cancelled after N turns --- */

static void test_cancel(void **state)
{
	daemon_test_cancel(*state, SCANNER_SSSP, honest);
}

static void test_cancel_reconnect(void **state)
{
	daemon_test_cancel(*state, SCANNER_SSSP, going_down);
}

/* --- qmvc -t --- */

static void finds_eicar(struct fake_daemon *fake)
{
	char *content;

	if (!greet(fake, FACTS) || !(content = next(fake)))
		return;
	reply(fake, strstr(content, "EICAR-STANDARD") ? "EVIL" : "plain");
	free(content);
	fake_hang(fake);
}

static void test_check(void **state)
{
	struct scan_test *test = *state;
	struct said said;

	assert_int_equal(daemon_test_check(test, SCANNER_SSSP, finds_eicar, &said), 0);
	assert_non_null(strstr(said.text, "/ctl): SAVDI 2.6\n"));
	assert_null(strstr(said.text, "warning"));
	assert_int_equal(daemon_test_check(test, SCANNER_SSSP, honest, &said), 0);
	assert_non_null(strstr(said.text, "warning: answers clean for the test file of EICAR"));
	assert_int_equal(daemon_test_check(test, SCANNER_SSSP, no_data, &said), 1);
	assert_non_null(strstr(said.text, "E Scanner ("));
	assert_non_null(strstr(said.text, "allowscandata"));
	test->scanners.scanners[0].addresses[0].path = "/nonexistent/socket";
	said = (struct said){0};
	assert_int_equal(scan_check(&test->request, daemon_test_note, &said), 1);
	assert_string_equal(said.text,
		"E Scanner (/nonexistent/socket): cannot connect: No such file or directory\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scan_test(test_clean),
		scan_test(test_infected),
		scan_test(test_each_answer),
		scan_test(test_whitelist),
		scan_test(test_quitasap_asks_no_more),
		scan_test(test_facts),
		scan_test(test_content_as_commands),
		scan_test(test_bad_greetings),
		scan_test(test_addresses_in_turn),
		scan_test(test_ipv6),
		scan_test(test_an_object_kills_it),
		scan_test(test_cut_answer),
		scan_test(test_going_down),
		scan_test(test_an_object_blocks_it),
		scan_test(test_timeout),
		scan_test(test_never_greets),
		scan_test(test_line_without_end),
		scan_test(test_cancel),
		scan_test(test_cancel_reconnect),
		scan_test(test_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
