/*
 * The back-end clamd against daemons that lie, die and hang. The rule behind every case: only the
 * exact clean answer for every object is clean.
 */
#include "unit.h"

#include "clamd_test.h"

static void test_clean(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;
	const struct scan_result *result;

	for (int i = 0; i < 30; i++)
		scan_test_text(test, "plain");
	scan_test_text(test, "");
	scan_test_text(test, "EVIL but under -n")->flags = OBJECT_NEGATIVE;
	result = run_against(test, &fake, honest);
	assert_int_equal(result->verdict, VERDICT_CLEAN);
	assert_true(result->answered);
	assert_int_equal(fake.connections, 1);
	assert_int_equal(fake.requests, 30);
	assert_int_equal(fake.streams, 0);
	assert_string_equal(result->initial, "S0");
	assert_string_equal(result->text, "");
}

static void test_infected(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;
	const struct scan_result *result;

	scan_test_text(test, "mail");
	scan_test_text(test, "PHISH");
	scan_test_text(test, "EVIL");
	scan_test_text(test, "OTHER");
	scan_test_text(test, "EVIL again");
	scan_test_text(test, "BIG");
	scan_test_text(test, "ZIP");
	result = run_against(test, &fake, honest);
	assert_int_equal(result->verdict, VERDICT_INFECTED);
	assert_int_equal(result->virus_count, 3);
	assert_string_equal(result->viruses[1], "Test.Evil");
	assert_int_equal(result->virus_objects[1], 2);
	assert_string_equal(result->viruses[2], "Test.Other");
	assert_true(result->saw_limit);
	assert_true(result->saw_encrypted);
}

static void test_quitasap_asks_no_more(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;

	test->request.quitasap = true;
	scan_test_text(test, "the mail, asked last");
	scan_test_text(test, "EVIL");
	for (int i = 0; i < 24; i++)
		scan_test_text(test, "plain");
	assert_int_equal(run_against(test, &fake, honest)->verdict, VERDICT_INFECTED);
	assert_true(fake.requests < 26);
}

static void test_whitelist(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;
	const struct scan_result *result;

	scan_test_whitelist(test, "test.e*");
	test->request.quitasap = true;
	scan_test_text(test, "EVIL");
	scan_test_text(test, "plain");
	result = run_against(test, &fake, honest);
	assert_int_equal(result->verdict, VERDICT_CLEAN);
	assert_true(result->whitelisted);
	assert_string_equal(result->whitelisted_name, "Test.Evil");

	/* What could not be read is not clean, whatever a list says. */
	scan_test_whitelist(test, "*");
	scan_test_text(test, "BIG");
	unlink(scan_test_path(test, "ctl"));
	assert_int_equal(run_against(test, &fake, honest)->verdict, VERDICT_LIMIT);
}

static void test_maxsize(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;
	const struct scan_result *result;

	scan_test_text(test, "EVIL and long");
	scan_test_text(test, "short");
	scan_test_clamd(test, scan_test_path(test, "ctl"))->max_size = 5;
	result = run_against(test, &fake, honest);
	assert_int_equal(result->verdict, VERDICT_LIMIT);
	assert_true(result->too_large && !result->saw_limit);
	assert_int_equal(fake.requests, 1);
}

/* The raw message may be too large where its parts are not; but something must be given. */
static void test_message_beyond_maxsize(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;
	const struct scan_result *result;

	scan_test_text(test, "long message")->flags |= OBJECT_IN_PARTS;
	scan_test_text(test, "part");
	scan_test_clamd(test, scan_test_path(test, "ctl"))->max_size = 5;
	result = run_against(test, &fake, honest);
	assert_int_equal(result->verdict, VERDICT_CLEAN);
	assert_false(result->too_large);
	scan_test_text(test, "long part");
	unlink(scan_test_path(test, "ctl"));
	assert_true(run_against(test, &fake, honest)->too_large);
	test->objects.count = 1;
	unlink(scan_test_path(test, "ctl"));
	assert_int_equal(run_against(test, &fake, honest)->verdict, VERDICT_LIMIT);
}

static void test_all_beyond_maxsize(void **state)
{
	struct scan_test *test = *state;
	const struct scan_result *result;

	scan_test_text(test, "too long");
	scan_test_clamd(test, "/nonexistent/socket")->max_size = 5;
	result = scan_test_run(test);
	assert_int_equal(result->verdict, VERDICT_LIMIT);
	assert_false(result->answered);
}

static void test_one_object_fails(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;
	const struct scan_result *result;

	scan_test_text(test, "mail");
	scan_test_text(test, "PARSE");
	result = run_against(test, &fake, honest);
	assert_int_equal(result->verdict, VERDICT_LIMIT);
	assert_true(result->saw_limit && result->answered);
	assert_string_equal(result->text, "object 1: Can't parse data");
}

static void test_only_object_fails(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;

	/* The probe is answered: it is the mail, not the engine. */
	scan_test_text(test, "PARSE");
	assert_int_equal(run_against(test, &fake, honest)->verdict, VERDICT_LIMIT);
	assert_int_equal(fake.requests, 2);
}

static bool all_fail(struct fake_clamd *fake, const struct fake_request *request)
{
	fake_reply(fake, request, "Can't parse data ERROR");
	return true;
}

static void test_engine_fails_on_everything(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;
	const struct scan_result *result;

	scan_test_text(test, "a");
	scan_test_text(test, "b");
	result = run_against(test, &fake, all_fail);
	assert_int_equal(result->verdict, VERDICT_ERROR);
	assert_false(result->answered);
}

static void test_environment_error(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;

	scan_test_text(test, "plain");
	scan_test_text(test, "MEMORY");
	assert_int_equal(run_against(test, &fake, honest)->verdict, VERDICT_ERROR);
}

static bool hangs_up(struct fake_clamd *fake, const struct fake_request *request)
{
	(void)fake;
	(void)request;
	return false;
}

/* The first request brings the daemon down for good. */
static bool dies(struct fake_clamd *fake, const struct fake_request *request)
{
	(void)request;
	unlink(fake->path);
	return false;
}

static void test_brought_down(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;

	scan_test_text(test, "a");
	assert_int_equal(run_against(test, &fake, dies)->verdict, VERDICT_ERROR);
	/* A mail may have done it, so it does not count for the breaker. */
	assert_int_equal(access(scan_test_path(test, "run/scanner.S0"), F_OK), -1);
}

static void test_always_hangs_up(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;

	scan_test_text(test, "a");
	scan_test_text(test, "b");
	assert_int_equal(run_against(test, &fake, hangs_up)->verdict, VERDICT_ERROR);
	assert_true(fake.connections < 10);
}

/* Once: in the first connection only, for the first request, as `lie` does it. */
static const char *lie;
static size_t lie_len;

static bool liar(struct fake_clamd *fake, const struct fake_request *request)
{
	fake_say_raw(fake, lie, lie_len);
	(void)request;
	return false;
}

static void test_lies(void **state)
{
	static const char *const lies[] = {"OK", "1: OK", "2: fd[9]: OK", "1: stream: OK",
		"1: fd[9]: Excluded", "1: PONG", "UNKNOWN COMMAND", "1: fd[9]: OK\n", "",
		"7: No file descriptor received. ERROR", "1: INSTREAM size limit exceeded. ERROR"};
	struct scan_test *test = *state;
	struct fake_clamd fake;

	scan_test_text(test, "one object");
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		lie = lies[i];
		lie_len = strlen(lie) + 1;
		unlink(scan_test_path(test, "ctl"));
		if (run_against(test, &fake, liar)->verdict != VERDICT_ERROR)
			fail_msg(
				"\"%s\" gave %s", lie, verdict_name(test->results.list[0].verdict));
		assert_int_equal(fake.connections, 1);
	}
	lie = "COMMAND READ TIMED OUT\n"; /* without NUL, as clamd does */
	lie_len = strlen(lie);
	unlink(scan_test_path(test, "ctl"));
	assert_int_equal(run_against(test, &fake, liar)->verdict, VERDICT_ERROR);
	lie = "1: fd[9]: OK"; /* cut */
	lie_len = strlen(lie);
	unlink(scan_test_path(test, "ctl"));
	assert_int_equal(run_against(test, &fake, liar)->verdict, VERDICT_ERROR);
	lie = "1: fd[9]: OK\0"
	      "1: fd[9]: OK"; /* an answer to what was answered */
	lie_len = 26;
	scan_test_text(test, "another object");
	unlink(scan_test_path(test, "ctl"));
	assert_int_equal(run_against(test, &fake, liar)->verdict, VERDICT_ERROR);
}

static bool endless(struct fake_clamd *fake, const struct fake_request *request)
{
	char noise[4096];

	memset(noise, 'x', sizeof(noise));
	fake_say(fake, "%u: fd[9]: ", request->number);
	for (int i = 0; i < 200; i++)
		fake_say_raw(fake, noise, sizeof(noise));
	return true;
}

static void test_reply_without_end(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;

	scan_test_text(test, "one object");
	assert_int_equal(run_against(test, &fake, endless)->verdict, VERDICT_ERROR);
}

/* Replies backwards once it has three. */
static bool backwards(struct fake_clamd *fake, const struct fake_request *request)
{
	if (request->number < 3)
		return true;
	fake_say(fake, "3: fd[7]: OK");
	fake_say(fake, "2: fd[6]: Test.Second FOUND");
	fake_say(fake, "1: fd[5]: OK");
	return true;
}

static void test_order(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;
	const struct scan_result *result;

	for (int i = 0; i < 3; i++)
		scan_test_text(test, "x");
	result = run_against(test, &fake, backwards);
	assert_int_equal(result->verdict, VERDICT_INFECTED);
	assert_int_equal(result->virus_objects[0], 2); /* asked second: the mail itself is last */
}

/* One byte at a time. */
static bool dribbling(struct fake_clamd *fake, const struct fake_request *request)
{
	char text[64];
	int n = snprintf(text, sizeof(text), "%u: fd[9]: OK", request->number);

	for (int i = 0; i <= n; i++)
		fake_say_raw(fake, &text[i], 1);
	return true;
}

static void test_dribble(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;

	for (int i = 0; i < 5; i++)
		scan_test_text(test, "x");
	assert_int_equal(run_against(test, &fake, dribbling)->verdict, VERDICT_CLEAN);
}

/* As with AppArmor: descriptors do not arrive, and clamd closes after saying so. */
static bool no_fds(struct fake_clamd *fake, const struct fake_request *request)
{
	if (request->stream)
		return honest(fake, request);
	fake_say(fake, "%u: No file descriptor received. ERROR", request->number);
	return false;
}

static void test_descriptor_refused(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;
	const struct scan_result *result;

	scan_test_text(test, "mail");
	scan_test_text(test, "EVIL");
	scan_test_text(test, "more");
	result = run_against(test, &fake, no_fds);
	assert_int_equal(result->verdict, VERDICT_INFECTED);
	assert_int_equal(fake.connections, 2);
	assert_int_equal(fake.streams, 3);
}

/* The file may be had, but not be read: only this object goes by stream. */
static bool one_denied(struct fake_clamd *fake, const struct fake_request *request)
{
	if (!request->stream && slice_starts(request->content, "EVIL")) {
		fake_reply(fake, request, "Access denied. ERROR");
		return true;
	}
	return honest(fake, request);
}

static void test_descriptor_denied(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;

	scan_test_text(test, "mail");
	scan_test_text(test, "EVIL");
	assert_int_equal(run_against(test, &fake, one_denied)->verdict, VERDICT_INFECTED);
	assert_int_equal(fake.connections, 1);
	assert_int_equal(fake.streams, 1);
}

/* StreamMaxLength of 100 bytes over TCP. */
static bool short_streams(struct fake_clamd *fake, const struct fake_request *request)
{
	assert_true(request->stream);
	if (request->content.len <= 100)
		return honest(fake, request);
	fake_say(fake, "%u: INSTREAM size limit exceeded. ERROR", request->number);
	return false;
}

static void test_stream_too_long(void **state)
{
	static char large[300000];
	struct scan_test *test = *state;
	struct fake_clamd fake;
	struct scanner_config *config = scan_test_scanner(test, SCANNER_CLAMD, "clamd:tcp");
	const struct scan_result *result;

	memset(large, 'x', sizeof(large));
	scan_test_object(test, slice_make(large, sizeof(large)));
	scan_test_text(test, "small");
	scan_test_object(test, slice_make(large, sizeof(large) - 1));
	scan_test_object(test, slice_make(large, sizeof(large)));
	scan_test_text(test, "EVIL");
	fake_clamd_start(&fake, NULL, short_streams);
	config->addresses[config->address_count++] =
		(struct scanner_address){.host = "127.0.0.1", .port = fake.port};
	result = scan_test_run(test);
	fake_clamd_stop(&fake);
	assert_int_equal(result->verdict, VERDICT_INFECTED);
	assert_true(result->too_large && !result->saw_limit);
}

static bool silent(struct fake_clamd *fake, const struct fake_request *request)
{
	(void)fake;
	(void)request;
	return true;
}

static void test_timeout(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;

	scan_test_text(test, "x");
	scan_test_clamd(test, scan_test_path(test, "ctl"))->timeout_ms = 50;
	assert_int_equal(run_against(test, &fake, silent)->verdict, VERDICT_TIMEOUT);
	assert_false(test->results.list[0].beaten);
}

/* What was found before the time was over is a finding. */
static bool then_silent(struct fake_clamd *fake, const struct fake_request *request)
{
	return request->number == 1 ? honest(fake, request) : true;
}

static void test_timeout_after_finding(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;

	scan_test_text(test, "x");
	scan_test_text(test, "EVIL");
	scan_test_clamd(test, scan_test_path(test, "ctl"))->timeout_ms = 200;
	assert_int_equal(run_against(test, &fake, then_silent)->verdict, VERDICT_INFECTED);
}

static void test_deadline(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;
	const struct scan_result *result;

	scan_test_text(test, "x");
	test->scanners.deadline_ms = 50;
	result = run_against(test, &fake, silent);
	assert_int_equal(result->verdict, VERDICT_TIMEOUT);
	assert_string_equal(result->text, "the deadline of all scanners passed");
}

static void test_next_address(void **state)
{
	struct scan_test *test = *state;
	struct scanner_config *config = scan_test_clamd(test, scan_test_path(test, "none"));
	struct fake_clamd fake;

	config->addresses[config->address_count++].path = scan_test_path(test, "ctl");
	scan_test_text(test, "EVIL");
	assert_int_equal(run_against(test, &fake, honest)->verdict, VERDICT_INFECTED);
}

/* Nobody there, three times: then it is left alone, until it is put right and checked. */
static void test_unreachable(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;
	char *path = scan_test_path(test, "ctl");

	scan_test_text(test, "x");
	scan_test_clamd(test, path);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(scan_test_run(test)->verdict, VERDICT_ERROR);
		assert_non_null(strstr(test->results.list[0].text, path));
	}
	fake_clamd_start(&fake, path, honest);
	assert_int_equal(scan_test_run(test)->verdict, VERDICT_ERROR);
	assert_non_null(strstr(test->results.list[0].text, "left alone"));
	fake_clamd_stop(&fake);
	assert_int_equal(fake.connections, 0);
}

/* The raw message goes as its own file, at offset 0, and the file's offset stays alone. */
static void test_message_descriptor(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;
	char *path = scan_test_path(test, "message");

	scan_test_write(path, slice_cstr("EVIL in the file"), 0600);
	scan_test_text(test, "the mapping");
	test->request.message_fd = open(path, O_RDONLY | O_CLOEXEC);
	lseek(test->request.message_fd, 3, SEEK_SET);
	assert_int_equal(run_against(test, &fake, honest)->verdict, VERDICT_INFECTED);
	assert_int_equal(lseek(test->request.message_fd, 0, SEEK_CUR), 3);
	close(test->request.message_fd);

	/* Never a descriptor that cannot be read: clamd says OK to it. */
	unlink(scan_test_path(test, "ctl"));
	test->request.message_fd = open(path, O_WRONLY | O_CLOEXEC);
	test->contents[0] = content_borrow(slice_cstr("OTHER"));
	assert_int_equal(run_against(test, &fake, honest)->verdict, VERDICT_INFECTED);
	assert_string_equal(test->results.list[0].viruses[0], "Test.Other");
	close(test->request.message_fd);
}

static void test_nothing_to_scan(void **state)
{
	struct scan_test *test = *state;
	const struct scan_result *result;

	scan_test_text(test, "EVIL")->flags = OBJECT_NEGATIVE;
	scan_test_clamd(test, "/nonexistent");
	result = scan_test_run(test);
	assert_int_equal(result->verdict, VERDICT_SKIPPED);
	assert_string_equal(result->name, "/nonexistent");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scan_test(test_clean),
		scan_test(test_infected),
		scan_test(test_quitasap_asks_no_more),
		scan_test(test_whitelist),
		scan_test(test_maxsize),
		scan_test(test_message_beyond_maxsize),
		scan_test(test_all_beyond_maxsize),
		scan_test(test_one_object_fails),
		scan_test(test_only_object_fails),
		scan_test(test_engine_fails_on_everything),
		scan_test(test_environment_error),
		scan_test(test_brought_down),
		scan_test(test_always_hangs_up),
		scan_test(test_lies),
		scan_test(test_reply_without_end),
		scan_test(test_order),
		scan_test(test_dribble),
		scan_test(test_descriptor_refused),
		scan_test(test_descriptor_denied),
		scan_test(test_stream_too_long),
		scan_test(test_timeout),
		scan_test(test_timeout_after_finding),
		scan_test(test_deadline),
		scan_test(test_next_address),
		scan_test(test_unreachable),
		scan_test(test_message_descriptor),
		scan_test(test_nothing_to_scan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
