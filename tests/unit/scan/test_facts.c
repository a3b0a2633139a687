/* What scanners tell about themselves: check_NAME's protocol, clamd's VERSION, and hostile forms of both. */
#include "unit.h"

#include "scan_test.h"

#include <errno.h>
#include <time.h>

#include "base/clock.h"
#include "scan/facts.h"
#include "scan/plugin.h"

static struct scan_facts *read_facts(struct scan_test *test, struct slice out)
{
	struct fact_collector collector = {.arena = &test->arena};

	facts_read(out, facts_collect, &collector);
	assert_false(collector.no_memory);
	return collector.first;
}

static void assert_line(
	const struct scan_facts *facts, unsigned index, enum scan_fact kind, const char *text)
{
	assert_true(index < facts->count);
	assert_int_equal(facts->lines[index].kind, kind);
	assert_string_equal(facts->lines[index].text, text);
}

static void test_protocol(void **state)
{
	struct scan_facts *facts = read_facts(
		*state, slice_cstr("engine\tProduct 1.2, engine 3\npatterns\t2026-11-22_01\r\n"
				   "date\t2026-11-22T09:00:00Z\n\nwarning\tlicence ends soon\n"
				   "error\t no licence \n"));

	assert_string_equal(facts->engine, "Product 1.2, engine 3");
	assert_string_equal(facts->patterns, "2026-11-22_01");
	assert_int_equal(facts->date, 1795338000);
	assert_int_equal(facts->count, 2);
	assert_line(facts, 0, FACT_WARNING, "licence ends soon");
	assert_line(facts, 1, FACT_ERROR, "no licence");
	assert_true(facts->failed);
	assert_string_equal(facts_error(facts), "no licence");
	assert_null(facts->next);
}

static void test_nothing_told(void **state)
{
	assert_null(read_facts(*state, SLICE_EMPTY));
	assert_null(read_facts(*state, slice_cstr("\n \n\r\n")));
}

/* None of them is a fact, and none is an error: the exit code says whether it is usable. */
static void test_outside_the_protocol(void **state)
{
	static const char *const lines[] = {"ClamAV 1.4.6", "engine", "engine\t", "engine\t \n",
		"Engine\tx", "engine x", "\tx", "engines\tx", "note\tx", "date\tyesterday"};
	struct scan_test *test = *state;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct scan_facts *facts = read_facts(test, slice_cstr(lines[i]));

		assert_null(facts->engine);
		assert_int_equal(facts->date, FACTS_NO_DATE);
		assert_int_equal(facts->count, 1);
		assert_int_equal(facts->lines[0].kind, FACT_WARNING);
		assert_false(facts->failed);
	}
}

static void test_hostile(void **state)
{
	static const char nul[] = "engine\ta\0b\033[2J\tc\nerror\tx\0y";
	struct scan_test *test = *state;
	struct buf flood = {0};
	struct scan_facts *facts = read_facts(test, slice_make(nul, sizeof(nul) - 1));

	assert_string_equal(facts->engine, "a?b?[2J?c");
	assert_string_equal(facts_error(facts), "x?y");

	for (int i = 0; i < 100000; i++)
		buf_add_cstr(&flood, "engine\tx\n");
	facts = read_facts(test, buf_slice(&flood));
	assert_int_equal(facts->count, FACTS_LINES);
	assert_string_equal(facts->engine, "x");

	buf_clear(&flood);
	buf_add_cstr(&flood, "engine\t");
	for (int i = 0; i < 1000000; i++)
		buf_add_byte(&flood, 'x');
	facts = read_facts(test, buf_slice(&flood));
	assert_int_equal(strlen(facts->engine), 200);
	buf_release(&flood);
}

/* An error beyond the last line that is kept still makes it unusable. */
static void test_error_after_a_flood(void **state)
{
	struct scan_test *test = *state;
	struct buf flood = {0};
	struct scan_facts *facts;

	for (int i = 0; i < FACTS_LINES; i++)
		buf_add_cstr(&flood, "warning\tx\n");
	buf_add_cstr(&flood, "error\tx\n");
	facts = read_facts(test, buf_slice(&flood));
	assert_true(facts->failed);
	buf_release(&flood);
}

static void test_dates(void **state)
{
	static const char *const wrong[] = {"", "2026-11-22", "2026-11-22T09:00:00",
		"2026-11-22 09:00:00Z", "2026-02-31T09:00:00Z", "2026-13-01T09:00:00Z",
		"2026-00-01T09:00:00Z", "2026-11-22T24:00:00Z", "2026-11-22T09:60:00Z",
		"2026-11-22T09:00:00Z ", "+026-11-22T09:00:00Z", "2026-11-2 T09:00:00Z"};
	int64_t date = 4711;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(facts_read_date(slice_cstr(wrong[i]), &date), -EINVAL);
	assert_int_equal(date, 4711);
	assert_int_equal(facts_read_date(slice_cstr("1970-01-01T00:00:00Z"), &date), 0);
	assert_int_equal(date, 0);
	assert_int_equal(facts_read_date(slice_cstr("2024-02-29T23:59:59Z"), &date), 0);
	assert_int_equal(date, 1709251199);
}

static void test_age(void **state)
{
	struct scan_facts facts = {.date = 1000000};

	(void)state;
	assert_int_equal(facts_age_days(&facts, (1000000 + 86399) * INT64_C(1000)), 0);
	assert_int_equal(facts_age_days(&facts, (1000000 + 86400) * INT64_C(1000)), 1);
	assert_int_equal(facts_age_days(&facts, 0), 0);
	facts.date = FACTS_NO_DATE;
	assert_int_equal(facts_age_days(&facts, 0), -1);
}

static struct scan_facts *read_clamav(struct scan_test *test, const char *version)
{
	struct fact_collector collector = {.arena = &test->arena};

	facts_read_clamav(slice_cstr(version), facts_collect, &collector);
	return collector.first;
}

static void test_clamav(void **state)
{
	struct scan_facts *facts;

	assert_int_equal(setenv("TZ", "UTC0", 1), 0);
	tzset();
	facts = read_clamav(*state, "ClamAV 1.4.6/27000/Sun Nov 22 09:00:00 2026");
	assert_string_equal(facts->engine, "ClamAV 1.4.6");
	assert_string_equal(facts->patterns, "27000");
	assert_int_equal(facts->date, 1795338000);
	assert_int_equal(facts->count, 0);
	facts = read_clamav(*state, "ClamAV 1.4.6/27000/Sun Nov  1 09:00:00 2026");
	assert_int_equal(facts->date, 1795338000 - 21 * 86400);
	facts = read_clamav(*state, "ClamAV 1.4.6");
	assert_string_equal(facts->engine, "ClamAV 1.4.6");
	assert_null(facts->patterns);
	assert_int_equal(facts->date, FACTS_NO_DATE);
	facts = read_clamav(*state, "ClamAV 1.4.6/27000");
	assert_string_equal(facts->patterns, "27000");
	facts = read_clamav(*state, "ClamAV 1.4.6//x");
	assert_null(facts->patterns);
	facts = read_clamav(*state, "ClamAV 1.4.6/1/Sun Nov 22 09:00:00 2026 and more");
	assert_int_equal(facts->date, FACTS_NO_DATE);
	facts = read_clamav(*state, "");
	assert_int_equal(facts->date, FACTS_NO_DATE);
}

/* --- asking a plug-in --- */

static int ask(struct scan_test *test, const char *script, struct scan_facts **facts)
{
	scan_test_write(scan_test_path(test, "check_x"),
		slice_cstr(arena_printf(&test->arena, "#!/bin/sh\n%s\n", script)), 0755);
	test->scanners.scanners[0].timeout_ms = 20000;
	return scan_ask(&test->request, &test->scanners.scanners[0], facts);
}

static void test_plugin(void **state)
{
	static const struct {
		const char *script;
		int usable; /* scan_ask()'s 0 or 1 */
		const char *error;
	} cases[] = {
		{"printf 'engine\\tX 1\\n'", 0, NULL},
		{"printf 'engine\\tX 1\\nerror\\tno licence\\n'", 1, "no licence"},
		{"printf 'engine\\tX 1\\nerror\\tno licence\\n'; exit 1", 1, "no licence"},
		{"printf 'engine\\tX 1\\n'; echo wrong >&2; exit 1", 1, "exit code 1: wrong"},
		{"printf 'engine\\tX 1\\n'; exit 3", 1, "exit code 3"},
		{"printf 'engine\\tX 1\\n'; kill -9 $$", 1, "killed by signal 9"},
	};
	struct scan_test *test = *state;
	struct scan_facts *facts;

	scan_test_plugin(test, "x", "exit 0");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(ask(test, cases[i].script, &facts), cases[i].usable);
		assert_string_equal(facts->engine, "X 1");
		assert_int_equal(facts->failed, cases[i].usable);
		if (cases[i].error)
			assert_non_null(strstr(facts_error(facts), cases[i].error));
	}
}

static void test_plugin_that_hangs(void **state)
{
	struct scan_test *test = *state;
	struct scan_facts *facts;

	scan_test_plugin(test, "x", "exit 0")->timeout_ms = 50;
	scan_test_write(scan_test_path(test, "check_x"),
		slice_cstr("#!/bin/sh\nprintf 'engine\\tX 1\\n'; exec sleep 300\n"), 0755);
	assert_int_equal(scan_ask(&test->request, &test->scanners.scanners[0], &facts), 1);
	assert_non_null(strstr(facts_error(facts), "no answer within"));
}

static void test_plugin_without_a_check(void **state)
{
	struct scan_test *test = *state;
	struct scan_facts *facts;

	scan_test_plugin(test, "x", "exit 0");
	assert_int_equal(scan_ask(&test->request, &test->scanners.scanners[0], &facts), 0);
	assert_null(facts->engine);
	assert_non_null(strstr(facts->lines[0].text, "there is no"));
	scan_test_write(scan_test_path(test, "check_x"), slice_cstr("#!/nonexistent\n"), 0755);
	assert_int_equal(scan_ask(&test->request, &test->scanners.scanners[0], &facts), 1);
	unlink(scan_test_path(test, "av_x"));
	assert_int_equal(scan_ask(&test->request, &test->scanners.scanners[0], &facts), 1);
	assert_non_null(strstr(facts_error(facts), "av_x"));
}

static void test_old_patterns(void **state)
{
	struct scan_test *test = *state;
	struct scan_facts *facts;
	char date[CLOCK_UTC_SIZE];

	scan_test_plugin(test, "x", "exit 0");
	for (int days = 3; days <= 4; days++) {
		clock_format_utc(clock_wall_ms() - days * INT64_C(86400000), date);
		assert_int_equal(
			ask(test, arena_printf(&test->arena, "printf 'date\\t%.19sZ\\n'", date),
				&facts),
			0);
		assert_int_equal(facts->count, days - 3);
	}
	assert_line(facts, 0, FACT_WARNING, "the patterns are 4 days old");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scan_test(test_protocol),
		scan_test(test_nothing_told),
		scan_test(test_outside_the_protocol),
		scan_test(test_hostile),
		scan_test(test_error_after_a_flood),
		scan_test(test_dates),
		scan_test(test_age),
		scan_test(test_clamav),
		scan_test(test_plugin),
		scan_test(test_plugin_that_hangs),
		scan_test(test_plugin_without_a_check),
		scan_test(test_old_patterns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
