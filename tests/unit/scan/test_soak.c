/*
 * Scan after scan in one process, with scanners that behave at random: descriptors, children and
 * memory stay what they were, each verdict is one that its scanner's behaviour allows, and every name
 * and text is of the scanner and the scan that it stands with. QMVC_SOAK is how many (default 150).
 */
#include "unit.h"

#include "clamd_test.h"

#include <malloc.h>
#include <poll.h>

#include "config.h"

enum how {
	CLEAN,
	LATE, /* clean, in a while */
	INFECTED,
	FAILS, /* with words of its own */
	GARBAGE,
	CUT,
	CLOSES,
	LEAVES, /* clean; a program leaves children, a daemon takes no descriptors */
	HANGS,
	HOWS
};

/* Two daemons (0, 1), a plug-in (2) and a helper (3). */
#define SCANNERS 4

static struct {
	unsigned scan; /* number of it */
	enum how how[SCANNERS];
} plan;

static uint32_t seed = 4711;

static unsigned draw(unsigned below)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % below;
}

/* --- the daemons: threads, that look at the plan of the scan under way --- */

static bool behave(struct fake_clamd *fake, const struct fake_request *request, unsigned who)
{
	char words[80];

	if (strcmp(request->word, "PING") == 0) {
		fake_say(fake, "%u: PONG", request->number);
		return true;
	}
	if (slice_starts(request->content, "qmvc asks")) {
		fake_reply(fake, request, "OK");
		return true;
	}
	switch (plan.how[who]) {
	case INFECTED:
		snprintf(words, sizeof(words), "Virus.%u.%u FOUND", who, plan.scan);
		fake_reply(fake, request, words);
		return true;
	case FAILS:
		snprintf(words, sizeof(words), "Can't do %u.%u ERROR", who, plan.scan);
		fake_reply(fake, request, words);
		return true;
	case GARBAGE:
		fake_say(fake, "%u: nonsense %u.%u", request->number, who, plan.scan);
		return true;
	case CUT:
		fake_say_raw(fake, "1: fd[", 6);
		return false;
	case CLOSES:
		return false;
	case HANGS:
		return true;
	case LEAVES:
		if (request->stream)
			break;
		fake_say(fake, "%u: No file descriptor received. ERROR", request->number);
		return false;
	case LATE:
		poll(NULL, 0, 2);
		break;
	case CLEAN:
	case HOWS:
		break;
	}
	fake_reply(fake, request, "OK");
	return true;
}

static bool behave_0(struct fake_clamd *fake, const struct fake_request *request)
{
	return behave(fake, request, 0);
}

static bool behave_1(struct fake_clamd *fake, const struct fake_request *request)
{
	return behave(fake, request, 1);
}

/* --- the plug-in: how and scan stand in a file --- */

static const char script[] =
	"read how scan <$(dirname \"$1\")/plan\n"
	"case $how in\n"
	"0) ;;\n"
	"1) sleep 0.002 ;;\n"
	"2) printf 'infected\\tVirus.2.%s\\t0001\\n' \"$scan\"; exit 1 ;;\n"
	"3) echo \"Can't do 2.$scan\" >&2; exit 2 ;;\n"
	"4) printf 'nonsense 2.%s\\n' \"$scan\" ;;\n"
	"5) printf 'error\\tCan' ;;\n"
	"6) kill -SEGV $$ ;;\n"
	"7) sleep 300 & setsid sleep 300 & ;;\n"
	"8) sleep 300 ;;\n"
	"esac\n";

/* --- what may come of it --- */

static bool allowed(unsigned who, const struct scan_result *result)
{
	switch (plan.how[who]) {
	case CLEAN:
	case LATE:
		return result->verdict == VERDICT_CLEAN;
	case LEAVES: /* the helper cannot */
		return result->verdict == VERDICT_CLEAN;
	case INFECTED:
		return result->verdict == VERDICT_INFECTED;
	case HANGS:
		return result->verdict == VERDICT_TIMEOUT;
	default:
		return result->verdict == VERDICT_ERROR;
	}
}

/* Names and words of who did not say them, or of another scan, are a fault. */
static void assert_own_words(unsigned who, const struct scan_result *result)
{
	char own[32];

	snprintf(own, sizeof(own), who == 3 ? "Test.Evil" : "Virus.%u.%u", who, plan.scan);
	for (unsigned i = 0; i < result->virus_count; i++)
		assert_string_equal(result->viruses[i], own);
	snprintf(own, sizeof(own), " %u.%u", who, plan.scan);
	if (strstr(result->text, "Can't do") || strstr(result->text, "nonsense"))
		assert_non_null(strstr(result->text, own));
}

static void look(struct scan_test *test, unsigned *ended)
{
	bool found = false;

	for (unsigned i = 0; i < SCANNERS; i++)
		found |= test->results.list[i].verdict == VERDICT_INFECTED;
	for (unsigned i = 0; i < SCANNERS; i++) {
		const struct scan_result *result = &test->results.list[i];
		bool cut_short = (found && test->request.quitasap &&
					 (result->verdict == VERDICT_CANCELLED ||
						 result->verdict == VERDICT_SKIPPED)) ||
				 (test->scanners.deadline_ms < 1000 &&
					 result->verdict == VERDICT_TIMEOUT);

		*ended += cut_short;
		if (!cut_short && !allowed(i, result))
			fail_msg("scan %u: scanner %u, behaviour %d, says %s (%s)", plan.scan, i,
				plan.how[i], verdict_name(result->verdict), result->text);
		assert_own_words(i, result);
		assert_true(result->reach_us + result->send_us + result->scan_us <=
			    result->latency_us);
	}
}

/* --- one scan --- */

static void draw_plan(struct scan_test *test)
{
	static const char *const helper[HOWS] = {[INFECTED] = "EVIL", [CLOSES] = "CRASH"};
	char *text;

	plan.scan++;
	for (unsigned i = 0; i < SCANNERS; i++) {
		plan.how[i] = draw(100) < 3 ? HANGS : (enum how)draw(HANGS);
		if (i == 3 && plan.how[i] != INFECTED && plan.how[i] != CLOSES)
			plan.how[i] = CLEAN;
		test->scanners.scanners[i].timeout_ms = plan.how[i] == HANGS ? 30 : 30000;
	}
	test->request.quitasap = draw(2);
	test->scanners.sequential = draw(4) == 0;
	test->scanners.deadline_ms = draw(10) == 0 ? 1 + draw(20) : 60000;
	test->objects.count = 0;
	scan_test_text(test, "the mail");
	scan_test_text(test, helper[plan.how[3]] ? helper[plan.how[3]] : "a part");
	text = arena_printf(&test->arena, "%d %u\n", plan.how[2], plan.scan);
	scan_test_write(scan_test_path(test, "plan"), slice_cstr(text), 0600);
}

static void one_scan(struct scan_test *test, unsigned *ended)
{
	struct arena before = test->arena;

	/* An arena of its own, as a delivery has. */
	test->arena = (struct arena){0};
	draw_plan(test);
	scan_test_run(test);
	look(test, ended);
	assert_false(loop_test_has_children());
	arena_release(&test->arena);
	test->arena = before;
}

static size_t memory(void)
{
	struct mallinfo2 now = mallinfo2();

	return now.uordblks + now.hblkhd;
}

static void test_many_scans(void **state)
{
	static struct fake_clamd fakes[2];
	struct scan_test *test = *state;
	const char *wanted = getenv("QMVC_SOAK");
	unsigned count = wanted ? (unsigned)atoi(wanted) : 150, ended = 0, fds = 0;
	size_t bytes = 0;

	assert_int_equal(symlink(FAKE_HELPER, scan_test_path(test, "qmvc-clamav")), 0);
	test->profile.libexec = test->directory;
	fake_clamd_start(&fakes[0], scan_test_path(test, "ctl0"), behave_0);
	fake_clamd_start(&fakes[1], scan_test_path(test, "ctl1"), behave_1);
	scan_test_clamd(test, scan_test_path(test, "ctl0"));
	scan_test_clamd(test, scan_test_path(test, "ctl1"));
	scan_test_plugin(test, "soak", script);
	scan_test_scanner(test, SCANNER_LIBCLAMAV, "libclamav");
	for (unsigned i = 0; i < count; i++) {
		one_scan(test, &ended);
		if (i != count / 4)
			continue;
		bytes = memory();
		fds = loop_test_count_fds();
	}
	/* A thread may hold its last connection still, and one descriptor that came over each. */
	assert_in_range(loop_test_count_fds(), 0, fds + 4);
	if (!QMVC_SANITIZED) /* which looks for leaks itself */
		assert_in_range(memory(), 0, bytes + 16384);
	fake_clamd_stop(&fakes[0]);
	fake_clamd_stop(&fakes[1]);
	assert_true(ended > count / 20); /* cancelling was tried */
	print_message("soak: %u scans, %u answers cut short, %zu bytes then %zu\n", count, ended,
		bytes, memory());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scan_test(test_many_scans),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
