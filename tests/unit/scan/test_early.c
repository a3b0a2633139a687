/*
 * Scanners that are asked before their turn: whatever becomes of that, the result is what it would have
 * been, nobody is blamed, and nothing is left behind.
 */
#include "unit.h"

#include "clamd_test.h"

#include "base/clock.h"
#include "scan/breaker.h"

/* What the fake was asked about, the first letters of each. */
static char asked[64];

static bool noting(struct fake_clamd *fake, const struct fake_request *request)
{
	size_t len = strlen(asked);

	if (len + 1 < sizeof(asked) && request->content.len > 0)
		asked[len] = (char)request->content.data[request->content.len - 1];
	return honest(fake, request);
}

/* Asks early about the mail and the first `known` objects; `wait`: for the mail's. */
static struct scan *begin(struct scan_test *test, size_t known, bool wait)
{
	size_t all = test->objects.count;
	struct scan *begun;

	memset(asked, 0, sizeof(asked));
	test->objects.count = 0;
	begun = scan_begin(&test->request, test->contents[0].bytes);
	assert_non_null(begun);
	if (wait) /* once the question is out its answer is what comes next */
		loop_turn(test->loop->loop, true);
	test->objects.count = known;
	scan_add(begun);
	test->objects.count = all;
	return begun;
}

/* The list has moved since, and where it was is nothing that can be used. */
static const struct scan_result *go_on(struct scan_test *test, struct scan *begun)
{
	struct object *moved = calloc(SCAN_TEST_OBJECTS, sizeof(*moved));
	const struct scan_result *result;

	memcpy(moved, test->list, sizeof(test->list));
	memset(test->list, 0x55, sizeof(test->list));
	test->objects.list = moved;
	test->request.begun = begun;
	result = scan_test_run(test);
	memcpy(test->list, moved, sizeof(test->list));
	test->objects.list = test->list;
	test->request.begun = NULL;
	free(moved);
	return result;
}

static const struct scan_result *early(struct scan_test *test, struct fake_clamd *fake,
	fake_answer *answer, size_t known, bool wait)
{
	const struct scan_result *result;

	unlink(scan_test_path(test, "ctl"));
	fake_clamd_start(fake, scan_test_path(test, "ctl"), answer);
	if (test->scanners.count == 0)
		scan_test_clamd(test, fake->path);
	result = go_on(test, begin(test, known, wait));
	fake_clamd_stop(fake);
	return result;
}

static bool has_breaker_file(struct scan_test *test)
{
	return access(scan_test_path(test, "run/scanner.S0"), F_OK) == 0;
}

static void test_clean(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;

	scan_test_text(test, "the mail m");
	scan_test_text(test, "part a");
	scan_test_text(test, "part b");
	scan_test_text(test, "member c");
	for (size_t known = 0; known <= 4; known++)
		for (int wait = 0; wait < 2; wait++) {
			const struct scan_result *result =
				early(test, &fake, noting, known, wait && known > 0);

			assert_int_equal(result->verdict, VERDICT_CLEAN);
			assert_string_equal(asked, "mabc");
			assert_int_equal(fake.connections, 1);
			assert_true(result->early_us > 0);
			assert_true(result->early_us < result->latency_us);
			assert_true(result->reach_us + result->send_us + result->scan_us ==
				result->latency_us);
		}
}

/* More parts than are under way at once. */
static void test_many(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;

	for (int i = 0; i < SCAN_TEST_OBJECTS; i++)
		scan_test_text(test, "x");
	assert_int_equal(early(test, &fake, noting, 25, true)->verdict, VERDICT_CLEAN);
	assert_int_equal(strlen(asked), SCAN_TEST_OBJECTS);
	assert_int_equal(fake.connections, 1);
}

/* The mail's answer comes first, and counts last. */
static void test_parts_are_named_first(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;
	const struct scan_result *result;

	scan_test_text(test, "EVIL mail");
	scan_test_text(test, "fine");
	scan_test_text(test, "EVIL part");
	for (int quitasap = 0; quitasap < 2; quitasap++)
		for (size_t known = 1; known <= 3; known++) {
			test->request.quitasap = quitasap;
			result = early(test, &fake, honest, known, true);
			assert_int_equal(result->verdict, VERDICT_INFECTED);
			assert_int_equal(result->virus_count, 1);
			assert_int_equal(result->virus_objects[0], 2);
		}
}

static void test_each_name_in_its_order(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;
	const struct scan_result *result;

	scan_test_text(test, "OTHER mail");
	scan_test_text(test, "EVIL part");
	result = early(test, &fake, honest, 1, true);
	assert_int_equal(result->virus_count, 2);
	assert_string_equal(result->viruses[0], "Test.Evil");
	assert_string_equal(result->viruses[1], "Test.Other");
	assert_int_equal(result->virus_objects[1], 0);
}

static void test_found_in_the_mail_alone(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;
	const struct scan_result *result;

	scan_test_text(test, "EVIL mail");
	scan_test_text(test, "fine");
	scan_test_text(test, "PARSE");
	for (int quitasap = 0; quitasap < 2; quitasap++)
		for (size_t known = 1; known <= 3; known++) {
			test->request.quitasap = quitasap;
			result = early(test, &fake, honest, known, true);
			assert_int_equal(result->verdict, VERDICT_INFECTED);
			assert_int_equal(result->virus_objects[0], 0);
		}
	scan_test_whitelist(test, "Test.Evil");
	result = early(test, &fake, honest, 2, true);
	assert_true(result->whitelisted);
	assert_int_equal(result->verdict, VERDICT_LIMIT); /* for what it could not parse */
}

/* Finds something in the mail, goes away, and has forgotten it when it comes back. */
static bool forgetful(struct fake_clamd *fake, const struct fake_request *request)
{
	fake_reply(fake, request, request->connection == 1 ? "Test.Evil FOUND" : "OK");
	return request->connection > 1;
}

/* Begins, and comes back when the connection is gone. */
static struct scan *begin_and_lose(struct scan_test *test, struct fake_clamd *fake)
{
	struct scan *begun;

	scan_test_text(test, "mail");
	scan_test_text(test, "part");
	fake_clamd_start(fake, scan_test_path(test, "ctl"), forgetful);
	scan_test_clamd(test, fake->path);
	begun = begin(test, 1, false);
	while (loop_turn(test->loop->loop, true))
		;
	return begun;
}

static void test_found_is_never_forgotten(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;
	struct scan *begun = begin_and_lose(test, &fake);

	assert_int_equal(go_on(test, begun)->verdict, VERDICT_INFECTED);
	fake_clamd_stop(&fake);
	assert_int_equal(fake.connections, 2);
}

/* Nor is it because nobody can be asked again, as the failures of other mails have brought about. */
static void test_found_before_the_breaker(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;
	struct scan *begun = begin_and_lose(test, &fake);

	while (!breaker_note(
		test->request.profile, &test->scanners.scanners[0], false, clock_wall_ms()))
		;
	assert_int_equal(go_on(test, begun)->verdict, VERDICT_INFECTED);
	assert_string_equal(test->results.list[0].viruses[0], "Test.Evil");
	fake_clamd_stop(&fake);
	assert_int_equal(fake.connections, 1);
}

static unsigned said;

static bool counting(struct fake_clamd *fake, const struct fake_request *request)
{
	bool goes_on = honest(fake, request);

	__atomic_add_fetch(&said, 1, __ATOMIC_SEQ_CST);
	return goes_on;
}

/* A socket at which somebody listens, whose queue is full: a connection neither comes about nor fails. */
static void queue_up(const char *path, int fds[4])
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	for (int i = 0; i < 4; i++)
		fds[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert_int_equal(bind(fds[0], (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fds[0], 0), 0);
	for (int i = 1; i < 4; i++)
		(void)connect(fds[i], (struct sockaddr *)&address, sizeof(address));
}

/*
 * The first has answered everything before its turn and ends in it, while the second, which could not be
 * asked, is dropped: the third, in between, is still the one that was asked early.
 */
static void test_one_is_not_there(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd first, third;
	struct scan *begun;
	int fds[4];

	scan_test_text(test, "mail");
	scan_test_text(test, "part");
	fake_clamd_start(&first, scan_test_path(test, "first"), counting);
	fake_clamd_start(&third, scan_test_path(test, "third"), counting);
	queue_up(scan_test_path(test, "second"), fds);
	scan_test_clamd(test, first.path);
	scan_test_clamd(test, scan_test_path(test, "second"))->timeout_ms = 100;
	scan_test_clamd(test, third.path);
	said = 0;
	begun = begin(test, 2, false);
	while (__atomic_load_n(&said, __ATOMIC_SEQ_CST) < 4)
		loop_turn(test->loop->loop, false);
	for (int i = 0; i < 4; i++)
		loop_turn(test->loop->loop, false);
	assert_int_equal(go_on(test, begun)->verdict, VERDICT_CLEAN);
	assert_int_equal(test->results.list[1].verdict, VERDICT_TIMEOUT);
	assert_int_equal(test->results.list[2].verdict, VERDICT_CLEAN);
	assert_true(test->results.list[2].early_us > 0);
	for (int i = 0; i < 4; i++)
		close(fds[i]);
	fake_clamd_stop(&first);
	fake_clamd_stop(&third);
	assert_int_equal(first.connections, 1);
	assert_int_equal(third.connections, 1);
}

/* How the first connection ends: at once, or behind an answer, or with words of its own. */
static const char *last_words;
static unsigned answers;

static bool leaving(struct fake_clamd *fake, const struct fake_request *request)
{
	if (request->connection > 1)
		return honest(fake, request);
	if (request->number <= answers)
		fake_reply(fake, request, "OK");
	if (request->number < answers)
		return true;
	if (last_words)
		fake_say(fake, "%s", last_words);
	return false;
}

/* Nobody is to blame for that, and whoever is asked again is asked like anybody: no probe goes before. */
static void test_left_early(void **state)
{
	static const char *const words[] = {NULL, "COMMAND READ TIMED OUT", "1: nonsense",
		"2: fd[9]: No file descriptor received. ERROR"};
	struct scan_test *test = *state;
	struct fake_clamd fake;

	scan_test_text(test, "mail");
	scan_test_text(test, "part");
	for (answers = 0; answers < 3; answers++)
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			for (int wait = 0; wait < 2; wait++) {
				const struct scan_result *result;

				last_words = words[i];
				result = early(test, &fake, leaving, 2, wait);
				assert_int_equal(result->verdict, VERDICT_CLEAN);
				assert_string_equal(result->text, "");
				assert_in_range(fake.connections, 1, 2);
				assert_in_range(fake.requests, 2, 5);
				assert_false(has_breaker_file(test));
			}
}

/* Answers one question twice, and is not to be believed in anything. */
static bool stammering(struct fake_clamd *fake, const struct fake_request *request)
{
	fake_reply(fake, request, "OK");
	fake_say(fake, "1: fd[9]: OK");
	return true;
}

static void test_nonsense_stays_nonsense(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;

	scan_test_text(test, "mail");
	scan_test_text(test, "part");
	for (size_t known = 1; known <= 2; known++)
		for (int wait = 0; wait < 2; wait++)
			assert_int_equal(early(test, &fake, stammering, known, wait)->verdict,
				VERDICT_ERROR);
}

/* The mail kills it each time: that is still found out, and costs one life more. */
static void test_the_mail_kills_it(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;
	const struct scan_result *result;

	scan_test_text(test, "KILL");
	scan_test_text(test, "fine");
	for (int wait = 0; wait < 2; wait++) {
		result = early(test, &fake, honest, 2, wait);
		assert_int_equal(result->verdict, VERDICT_ERROR);
		assert_true(result->beaten);
		assert_in_range(fake.connections, 3, 5);
		assert_false(has_breaker_file(test));
	}
}

static unsigned errors_left;

static bool failing(struct fake_clamd *fake, const struct fake_request *request)
{
	if (errors_left > 0 && slice_starts(request->content, "bad")) {
		errors_left--;
		fake_reply(fake, request, "Can't allocate memory ERROR");
		return true;
	}
	return honest(fake, request);
}

/* What fails early is asked again, what fails in its turn has failed. */
static void test_errors_count_in_their_turn(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;

	scan_test_text(test, "bad mail");
	scan_test_text(test, "bad part");
	scan_test_text(test, "fine");
	for (int wait = 0; wait < 2; wait++) {
		errors_left = 2;
		assert_int_equal(early(test, &fake, failing, 3, wait)->verdict, VERDICT_CLEAN);
		assert_int_equal(fake.requests, 5);
		errors_left = 3;
		assert_int_equal(early(test, &fake, failing, 3, wait)->verdict, VERDICT_ERROR);
	}
}

static bool refusing(struct fake_clamd *fake, const struct fake_request *request)
{
	fake_reply(fake, request, request->stream ? "OK" : "Permission denied. ERROR");
	return true;
}

static void test_descriptors_refused(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;

	scan_test_text(test, "mail");
	scan_test_text(test, "part");
	for (int wait = 0; wait < 2; wait++) {
		assert_int_equal(early(test, &fake, refusing, 2, wait)->verdict, VERDICT_CLEAN);
		assert_int_equal(fake.streams, 2);
	}
}

static void test_parts_too_large(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;

	scan_test_text(test, "mail");
	scan_test_text(test, "a part that is larger");
	scan_test_text(test, "p");
	scan_test_clamd(test, scan_test_path(test, "ctl"))->max_size = 10;
	for (size_t known = 1; known <= 3; known++) {
		const struct scan_result *result = early(test, &fake, honest, known, true);

		assert_int_equal(result->verdict, VERDICT_LIMIT);
		assert_true(result->too_large);
		assert_int_equal(fake.requests, 2);
	}
}

static void test_nobody_there(void **state)
{
	struct scan_test *test = *state;
	const struct scan_result *result;

	scan_test_text(test, "mail");
	scan_test_clamd(test, scan_test_path(test, "nobody"));
	result = go_on(test, begin(test, 1, false));
	assert_int_equal(result->verdict, VERDICT_ERROR);
	assert_int_equal(result->early_us, 0);

	char note[8] = "";
	int fd = open(scan_test_path(test, "run/scanner.S0"), O_RDONLY | O_CLOEXEC);

	assert_int_equal(read(fd, note, 2), 2);
	close(fd);
	assert_string_equal(note, "1 "); /* one mail, one failure */
	/* It is on record now: it is asked in its turn, and not before. */
	assert_null(scan_begin(&test->request, slice_cstr("mail")));
}

static void test_who_is_not_asked(void **state)
{
	struct scan_test *test = *state;
	struct scanner_config *first = scan_test_plugin(test, "plug", "exit 0"), *clamd;

	scan_test_text(test, "mail");
	assert_null(scan_begin(&test->request, slice_cstr("mail")));
	clamd = scan_test_clamd(test, scan_test_path(test, "ctl"));
	test->scanners.sequential = true;
	assert_null(scan_begin(&test->request, slice_cstr("mail")));
	test->scanners.sequential = false;
	assert_null(scan_begin(&test->request, SLICE_EMPTY));
	clamd->max_size = 3;
	assert_null(scan_begin(&test->request, slice_cstr("mail")));
	clamd->max_size = 0;
	clamd->addresses[0] = (struct scanner_address){.host = "127.0.0.1", .port = 1};
	assert_null(scan_begin(&test->request, slice_cstr("mail")));
	(void)first;
	scan_add(NULL);
	scan_drop(NULL);
}

/* With nothing to give in the end, nothing is said. */
static void test_nothing_given(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;

	scan_test_text(test, "mail")->flags |= OBJECT_NEGATIVE;
	assert_int_equal(early(test, &fake, honest, 0, false)->verdict, VERDICT_SKIPPED);
}

static void test_dropped_after_each_turn(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;
	unsigned fds;

	scan_test_text(test, "EVIL mail");
	scan_test_text(test, "part");
	fake_clamd_start(&fake, scan_test_path(test, "ctl"), honest);
	scan_test_clamd(test, fake.path);
	fds = loop_test_count_fds();
	for (int turns = 0; turns < 2; turns++) {
		struct scan *begun = begin(test, 2, turns > 0);

		scan_drop(begun);
		assert_false(loop_turn(test->loop->loop, false));
		/* The fake's own end closes when it has seen ours do so. */
		assert_in_range(loop_test_count_fds(), fds, fds + 2);
	}
	fake_clamd_stop(&fake);
	assert_int_equal(fake.connections, 2);
	assert_false(has_breaker_file(test));
}

/* Another scanner decides while what was asked early is still out. */
static bool silent(struct fake_clamd *fake, const struct fake_request *request)
{
	return true;
}

static void test_cancelled_in_its_turn(void **state)
{
	struct scan_test *test = *state;
	struct fake_clamd fake;

	scan_test_text(test, "mail");
	scan_test_text(test, "part");
	fake_clamd_start(&fake, scan_test_path(test, "ctl"), silent);
	scan_test_clamd(test, fake.path);
	scan_test_plugin(test, "plug", "printf 'infected\\tX\\n'; exit 1");
	test->request.quitasap = true;
	assert_int_equal(go_on(test, begin(test, 2, false))->verdict, VERDICT_CANCELLED);
	fake_clamd_stop(&fake);
	assert_int_equal(test->results.list[1].verdict, VERDICT_INFECTED);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		scan_test(test_clean),
		scan_test(test_many),
		scan_test(test_parts_are_named_first),
		scan_test(test_each_name_in_its_order),
		scan_test(test_found_in_the_mail_alone),
		scan_test(test_found_is_never_forgotten),
		scan_test(test_found_before_the_breaker),
		scan_test(test_one_is_not_there),
		scan_test(test_left_early),
		scan_test(test_nonsense_stays_nonsense),
		scan_test(test_the_mail_kills_it),
		scan_test(test_errors_count_in_their_turn),
		scan_test(test_descriptors_refused),
		scan_test(test_parts_too_large),
		scan_test(test_nobody_there),
		scan_test(test_who_is_not_asked),
		scan_test(test_nothing_given),
		scan_test(test_dropped_after_each_turn),
		scan_test(test_cancelled_in_its_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
