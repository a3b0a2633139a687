/*
 * The back-end icap: what depends on when things happen on the connection. What answers mean is
 * test_icap_verdict.c, and how the whole filter takes them tests/e2e/test_icap.py.
 */
#include "unit.h"

#include "scan_test.h"

#include "cancel_test.h"
#include "fake_daemon.h"
#include "scan/icap_state.h"

#define HEAD	"ISTag: \"T-1\"\r\n"
#define CLEAN	"ICAP/1.0 204 Unmodified\r\n" HEAD "\r\n"
#define CLOSE	"ICAP/1.0 204 Unmodified\r\n" HEAD "Connection: close\r\n\r\n"
#define FOUND	"ICAP/1.0 200 OK\r\n" HEAD "X-Infection-Found: Type=0; Threat=Test.Evil;\r\n\r\n"
#define OPTIONS "ICAP/1.0 200 OK\r\nMethods: RESPMOD\r\n" HEAD "Allow: 204\r\nPreview: 4\r\n"

/* Reads a chunked body behind what is there already. False: the client has closed. */
static bool get_chunks(struct fake_daemon *fake, struct buf *body)
{
	char line[80];
	size_t len;

	for (;;) {
		if (!fake_gets(fake, line, sizeof(line)))
			return false;
		len = strtoul(line, NULL, 16);
		assert_int_equal(buf_reserve(body, len), 0);
		if (!fake_get(fake, body->data + body->len, len))
			return false;
		body->len += len;
		if (!fake_gets(fake, line, sizeof(line)) || len == 0)
			return len == 0;
	}
}

/* Reads a header up to the object. False: the client has closed. */
static bool get_header(struct fake_daemon *fake, bool *options, bool *previewed)
{
	char line[400], byte;
	unsigned headers = 0;

	if (!fake_gets(fake, line, sizeof(line)))
		return false;
	*options = slice_starts(slice_cstr(line), "OPTIONS");
	*previewed = false;
	while (fake_gets(fake, line, sizeof(line)) && *line) {
		if (slice_starts(slice_cstr(line), "Preview"))
			*previewed = true;
		if (slice_starts(slice_cstr(line), "Encapsulated"))
			headers = (unsigned)strtoul(strrchr(line, '=') + 1, NULL, 10);
	}
	for (; headers > 0; headers--)
		if (!fake_get(fake, &byte, 1))
			return false;
	return true;
}

/*
 * What it says to OPTIONS and to an object; if the object holds EVIL, `found` or that it found
 * something, if it holds BOMB, that it has failed.
 */
struct manners {
	const char *options, *answer, *found;
	bool stays; /* it does not close when it has said so, and says nothing more */
};

static const char *answer_to(const struct manners *manners, struct slice object)
{
	if (slice_find(object, slice_cstr("EVIL"), 0) < object.len)
		return manners->found ? manners->found : FOUND;
	if (slice_find(object, slice_cstr("BOMB"), 0) < object.len)
		return "ICAP/1.0 500 Server error\r\n\r\n";
	return manners->answer;
}

static void serve(struct fake_daemon *fake, const struct manners *manners)
{
	bool options, previewed, go_on = true;

	while (go_on && get_header(fake, &options, &previewed)) {
		struct buf body = {0};
		const char *answer = manners->options;

		if (!options)
			go_on = get_chunks(fake, &body);
		if (go_on && previewed) {
			fake_say(fake, "ICAP/1.0 100 Continue\r\n\r\n");
			go_on = get_chunks(fake, &body);
		}
		if (!options) {
			answer = answer_to(manners, buf_slice(&body));
			fake->questions++;
		}
		if (go_on && answer)
			fake_say(fake, "%s", answer);
		go_on = go_on && answer && !strstr(answer, "close");
		buf_release(&body);
	}
	if (manners->stays)
		fake_hang(fake);
}

static void honest(struct fake_daemon *fake)
{
	serve(fake, &(struct manners){OPTIONS "\r\n", CLEAN});
}

static void forgetful(struct fake_daemon *fake)
{
	serve(fake, &(struct manners){OPTIONS "Options-TTL: 0\r\n\r\n", CLEAN});
}

static void closing(struct fake_daemon *fake)
{
	serve(fake,
		&(struct manners){OPTIONS "Options-TTL: 0\r\nConnection: close\r\n\r\n", CLOSE});
}

static void closing_in_words(struct fake_daemon *fake)
{
	serve(fake, &(struct manners){OPTIONS "Connection: close\r\n\r\n", CLOSE, .stays = true});
}

static void talkative(struct fake_daemon *fake)
{
	serve(fake, &(struct manners){OPTIONS "\r\n", CLEAN, .found = FOUND CLEAN});
}

static void hanging_up(struct fake_daemon *fake)
{
	serve(fake, &(struct manners){OPTIONS "\r\n", NULL});
}

static void failing(struct fake_daemon *fake)
{
	serve(fake, &(struct manners){OPTIONS "\r\n", "ICAP/1.0 500 Server error\r\n\r\n"});
}

static void unlicensed(struct fake_daemon *fake)
{
	serve(fake, &(struct manners){OPTIONS "\r\n", "ICAP/1.0 539 No licence\r\n\r\n"});
}

static void gone(struct fake_daemon *fake)
{
	serve(fake, &(struct manners){"ICAP/1.0 404 Service not found\r\n\r\n", NULL});
}

static void silent(struct fake_daemon *fake)
{
	fake_hang(fake);
}

static struct scanner_config *scanner(struct scan_test *test)
{
	struct scanner_config *config = scan_test_scanner(test, SCANNER_ICAP, "icap://test");

	config->service = "av";
	return config;
}

static void add_address(struct scanner_config *config, const struct fake_daemon *fake)
{
	config->addresses[config->address_count++] =
		(struct scanner_address){.host = "127.0.0.1", .port = fake->port};
}

static const struct scan_result *run_against(
	struct scan_test *test, struct fake_daemon *fake, fake_talk *talk)
{
	const struct scan_result *result;

	test->scanners.count = 0;
	unlink(scan_test_path(test, "run/icap.S0.0"));
	unlink(scan_test_path(test, "run/scanner.S0"));
	fake_daemon_start(fake, NULL, AF_INET, talk);
	add_address(scanner(test), fake);
	result = scan_test_run(test);
	fake_daemon_stop(fake);
	return result;
}

static void test_answers(void **state)
{
	struct scan_test *test = *state;
	struct fake_daemon fake;
	const struct scan_result *result;

	scan_test_text(test, "one");
	scan_test_text(test, "two, longer than the preview");
	scan_test_text(test, "");
	assert_int_equal(run_against(test, &fake, honest)->verdict, VERDICT_CLEAN);
	assert_int_equal(fake.questions, 2);
	assert_int_equal(fake.connections, 1);
	assert_int_equal(run_against(test, &fake, closing)->verdict, VERDICT_CLEAN);
	assert_int_equal(fake.connections, 3);
	scan_test_text(test, "three is behind the preview: EVIL");
	result = run_against(test, &fake, honest);
	assert_int_equal(result->verdict, VERDICT_INFECTED);
	assert_string_equal(result->viruses[0], "Test.Evil");
	assert_int_equal(result->virus_objects[0], 3);
	assert_int_equal(run_against(test, &fake, closing)->verdict, VERDICT_INFECTED);
	test->objects.count = 2;
	assert_int_equal(run_against(test, &fake, failing)->verdict, VERDICT_ERROR);
	assert_int_equal(run_against(test, &fake, hanging_up)->verdict, VERDICT_ERROR);
	assert_true(fake.connections < 12);
}

/* Each says that it closes, so nothing is asked over the connection, closed or not. */
static void test_said_to_close(void **state)
{
	struct scan_test *test = *state;
	struct fake_daemon fake;

	scan_test_text(test, "one");
	scan_test_text(test, "two");
	assert_int_equal(run_against(test, &fake, closing_in_words)->verdict, VERDICT_CLEAN);
	assert_int_equal(fake.connections, 3);
}

/* What comes behind an answer is no answer to the next question. */
static void test_more_than_one_answer(void **state)
{
	struct scan_test *test = *state;
	struct fake_daemon fake;

	scan_test_text(test, "the mail");
	scan_test_text(test, "EVIL");
	scan_test_text(test, "more");
	assert_int_equal(run_against(test, &fake, talkative)->verdict, VERDICT_INFECTED);
	assert_int_equal(fake.questions, 3);
	assert_int_equal(fake.connections, 2);
}

/* The probe has answered, on a connection that is spent: the object is asked over the next. */
static void test_fails_on_one_object(void **state)
{
	static fake_talk *const talks[] = {honest, closing};
	struct scan_test *test = *state;

	scan_test_text(test, "one");
	scan_test_text(test, "BOMB");
	scan_test_text(test, "two");
	for (size_t i = 0; i < sizeof(talks) / sizeof(talks[0]); i++) {
		struct fake_daemon fake;
		const struct scan_result *result = run_against(test, &fake, talks[i]);

		assert_int_equal(result->verdict, VERDICT_ERROR);
		assert_true(result->beaten);
		assert_string_equal(result->text, "object 1: ICAP/1.0 500 Server error");
		assert_true(fake.questions < 12);
	}
}

/* Only what the whitelist does not know counts, of all that one answer names. */
static void many_names(struct fake_daemon *fake)
{
	serve(fake,
		&(struct manners){OPTIONS "\r\n",
			"ICAP/1.0 200 OK\r\n" HEAD "X-Infection-Found: Type=0; Threat=Joke.A;\r\n"
			"X-Infection-Found: Type=0; Threat=Real.B;\r\n\r\n"});
}

static void test_whitelist(void **state)
{
	struct scan_test *test = *state;
	struct fake_daemon fake;
	const struct scan_result *result;

	scan_test_text(test, "mail");
	scan_test_whitelist(test, "joke.*");
	result = run_against(test, &fake, many_names);
	assert_int_equal(result->verdict, VERDICT_INFECTED);
	assert_string_equal(result->viruses[0], "Real.B");
	assert_true(result->whitelisted);
	scan_test_whitelist(test, "*");
	assert_int_equal(run_against(test, &fake, many_names)->verdict, VERDICT_CLEAN);
}

/* It says clean when it has read nothing but the header of a large object. */
static void hasty(struct fake_daemon *fake)
{
	bool options, previewed;
	char line[80];

	while (get_header(fake, &options, &previewed)) {
		fake_say(fake, "%s",
			options ? "ICAP/1.0 200 OK\r\nMethods: RESPMOD\r\n" HEAD "\r\n" : CLEAN);
		if (!options) {
			/* The client does not go on sending to it; it closes. */
			fake->questions++;
			assert_true(fake_gets(fake, line, sizeof(line)));
			return;
		}
	}
}

static char large[32 << 20];

static void test_answer_before_the_object(void **state)
{
	struct scan_test *test = *state;
	struct fake_daemon fake;

	scan_test_object(test, slice_make(large, sizeof(large)));
	/* That it answers properly otherwise, for a small one, makes it the mail's doing. */
	assert_int_equal(run_against(test, &fake, hasty)->verdict, VERDICT_LIMIT);
	assert_int_equal(fake.questions, 2);
}

static void test_another_address(void **state)
{
	struct scan_test *test = *state;
	struct fake_daemon first, second;
	static fake_talk *const talks[] = {unlicensed, silent};

	scan_test_text(test, "mail");
	for (size_t i = 0; i < sizeof(talks) / sizeof(talks[0]); i++) {
		struct scanner_config *config;

		test->scanners.count = 0;
		unlink(scan_test_path(test, "run/icap.S0.0"));
		fake_daemon_start(&first, NULL, AF_INET, talks[i]);
		fake_daemon_start(&second, NULL, AF_INET, honest);
		config = scanner(test);
		config->timeout_ms = 4000;
		add_address(config, &first);
		add_address(config, &second);
		assert_int_equal(scan_test_run(test)->verdict, VERDICT_CLEAN);
		fake_daemon_stop(&first);
		fake_daemon_stop(&second);
		assert_int_equal(first.connections, 1);
		assert_int_equal(second.questions, 1);
	}
}

/* In the answer to OPTIONS; what it answers to an object may be the object's doing. */
static void test_unusable_counts_for_the_breaker(void **state)
{
	struct scan_test *test = *state;
	struct fake_daemon fake;

	scan_test_text(test, "mail");
	assert_int_equal(run_against(test, &fake, gone)->verdict, VERDICT_ERROR);
	assert_int_equal(access(scan_test_path(test, "run/scanner.S0"), F_OK), 0);
	assert_int_equal(run_against(test, &fake, unlicensed)->verdict, VERDICT_ERROR);
	assert_int_equal(access(scan_test_path(test, "run/scanner.S0"), F_OK), -1);
	assert_int_equal(access(scan_test_path(test, "run/icap.S0.0"), F_OK), -1);
	assert_int_equal(run_against(test, &fake, failing)->verdict, VERDICT_ERROR);
	assert_int_equal(access(scan_test_path(test, "run/scanner.S0"), F_OK), -1);
}

/* --- what is remembered of OPTIONS --- */

static void test_state(void **state)
{
	const struct icap_limits limits = {
		.allow_204 = true, .always_tells = true, .preview = 7, .ttl_s = 60, .tag = "A-1"};
	struct scan_test *test = *state;
	struct scanner_config *config = scanner(test);
	struct icap_limits found = {0};

	assert_false(icap_state_read(&test->profile, config, 0, 1000000, &found));
	icap_state_write(&test->profile, config, 0, 1000000, &limits);
	assert_true(icap_state_read(&test->profile, config, 0, 1059000, &found));
	assert_true(found.allow_204 && found.always_tells);
	assert_int_equal(found.preview, 7);
	assert_int_equal(found.ttl_s, 60);
	assert_string_equal(found.tag, "A-1");
	assert_false(icap_state_read(&test->profile, config, 1, 1000000, &found));
	assert_false(icap_state_read(&test->profile, config, 0, 1060000, &found)); /* old */
	assert_false(icap_state_read(&test->profile, config, 0, 999000, &found));  /* to come */
	config->engine = "icap://tes";
	assert_false(icap_state_read(&test->profile, config, 0, 1000000, &found));
	config->engine = "icap://test/2";
	assert_false(icap_state_read(&test->profile, config, 0, 1000000, &found));
	config->engine = "icap://test";
	icap_state_forget(&test->profile, config, 0);
	assert_false(icap_state_read(&test->profile, config, 0, 1000000, &found));
	scan_test_write(scan_test_path(test, "run/icap.S0.0"), slice_cstr("1000 60 x\n"), 0600);
	assert_false(icap_state_read(&test->profile, config, 0, 1000000, &found));
}

/* --- cancelled after N turns --- */

static void cancel_at_every_turn(struct scan_test *test, fake_talk *talk)
{
	bool cancelled = true;

	for (int i = 0; i < 5; i++)
		scan_test_object(test, slice_make(large, i % 2 ? 5 : 2000000));
	for (int turns = 0; cancelled; turns++) {
		struct fake_daemon fake;
		struct scanner_config *config;

		test->scanners.count = 0;
		fake_daemon_start(&fake, NULL, AF_INET, talk);
		config = scanner(test);
		add_address(config, &fake);
		cancelled = cancel_after(test, config, turns);
		fake_daemon_stop(&fake);
	}
}

static void test_cancel(void **state)
{
	cancel_at_every_turn(*state, forgetful);
}

static void test_cancel_reconnect(void **state)
{
	cancel_at_every_turn(*state, closing);
}

static void test_cancel_loss(void **state)
{
	cancel_at_every_turn(*state, hanging_up);
}

static void test_cancel_unusable(void **state)
{
	cancel_at_every_turn(*state, unlicensed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scan_test(test_answers),
		scan_test(test_said_to_close),
		scan_test(test_more_than_one_answer),
		scan_test(test_fails_on_one_object),
		scan_test(test_whitelist),
		scan_test(test_answer_before_the_object),
		scan_test(test_another_address),
		scan_test(test_unusable_counts_for_the_breaker),
		scan_test(test_state),
		scan_test(test_cancel),
		scan_test(test_cancel_reconnect),
		scan_test(test_cancel_loss),
		scan_test(test_cancel_unusable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
