/* The plug-in protocol, with plug-ins that are small shell scripts: one case a way to go wrong. */
#include "unit.h"

#include "scan_test.h"

static const struct {
	const char *script;
	enum verdict verdict;
	const char *text; /* part of the result's text, or NULL */
} cases[] = {
	{"exit 0", VERDICT_CLEAN, NULL},
	{"echo noise >&2; exit 0", VERDICT_CLEAN, NULL},
	{"printf 'infected\\tEvil\\t%s/0001\\n' \"$1\"; exit 1", VERDICT_INFECTED, NULL},
	{"printf 'suspicious\\tOdd\\t0001\\n'; exit 1", VERDICT_SUSPICIOUS, NULL},
	{"printf 'encrypted\\tZip\\t0001\\n'; exit 1", VERDICT_ENCRYPTED, NULL},
	{"printf 'limit\\tBig\\t0001\\n'; exit 1", VERDICT_LIMIT, NULL},
	{"printf 'error\\tno licence\\t0001\\n'; exit 1", VERDICT_ERROR, "no licence"},
	/* A finding counts however it ended. */
	{"printf 'infected\\tEvil\\t0001\\n'; exit 0", VERDICT_INFECTED, NULL},
	{"printf 'infected\\tEvil\\t0001\\n'; exit 9", VERDICT_INFECTED, "exit code 9"},
	{"printf 'infected\\tEvil\\t0001\\n'; kill -9 $$", VERDICT_INFECTED, "signal 9"},
	{"printf 'limit\\tBig\\t0001\\ninfected\\tEvil\\t0001\\n'; exit 1", VERDICT_INFECTED, NULL},
	/* Not clean: */
	{"exit 1", VERDICT_ERROR, "without a finding"},
	{"exit 2", VERDICT_ERROR, "exit code 2"},
	{"echo why >&2; exit 77", VERDICT_ERROR, "exit code 77: why"},
	{"exit 255", VERDICT_ERROR, "exit code 255"},
	{"kill -9 $$", VERDICT_ERROR, "signal 9"},
	{"kill -11 $$", VERDICT_ERROR, "signal 11"},
	{"exec /nonexistent/engine", VERDICT_ERROR, "exit code 127"},
	{"echo OK; exit 0", VERDICT_ERROR, "outside the protocol: OK"},
	{"echo; exit 0", VERDICT_ERROR, "outside the protocol"},
	{"echo 'clean\t-\t0001'; exit 0", VERDICT_ERROR, "outside the protocol"},
	{"echo 'infected'; exit 0", VERDICT_ERROR, "outside the protocol"},
	{"printf '\\0'; exit 0", VERDICT_ERROR, NULL},
	{"printf '\\0\\n'; exit 0", VERDICT_ERROR, NULL},
	{"printf 'error\\tx'; exit 0", VERDICT_ERROR, "cut"},
	{"head -c 10000000 /dev/zero; exit 0", VERDICT_ERROR, "more output"},
	{"yes | head -c 10000000; exit 0", VERDICT_ERROR, "more output"},
	{"head -c 10000000 /dev/zero >&2; exit 0", VERDICT_ERROR, "more output"},
	/* Protection on access takes the file away, or cures it, before the engine has seen it. */
	{"rm \"$1/0001\"; exit 0", VERDICT_ERROR, "0001"},
	{": > \"$1/0001\"; exit 0", VERDICT_ERROR, "0001"},
	{"rm \"$1/0001\"; ln -s 0000 \"$1/0001\"; exit 0", VERDICT_ERROR, "0001"},
	/* Who holds stdout open after the plug-in's end is killed, not waited for. */
	{"sleep 300 & exit 0", VERDICT_CLEAN, NULL},
	{"read x; exit 0", VERDICT_CLEAN, NULL},
};

static void test_outcomes(void **state)
{
	struct scan_test *test = *state;

	scan_test_text(test, "mail");
	scan_test_text(test, "part");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct scan_result *result;

		test->scanners.count = 0;
		unlink(scan_test_path(test, "files/0001"));
		scan_test_write(scan_test_path(test, "files/0001"), slice_cstr("part"), 0600);
		scan_test_plugin(test, "case", cases[i].script);
		result = scan_test_run(test);
		if (result->verdict != cases[i].verdict)
			fail_msg("\"%s\" gave %s: %s", cases[i].script,
				verdict_name(result->verdict), result->text);
		if (cases[i].text && !strstr(result->text, cases[i].text))
			fail_msg("\"%s\" said: %s", cases[i].script, result->text);
		assert_null(strchr(result->text, '\n'));
	}
}

static void test_objects(void **state)
{
	struct scan_test *test = *state;
	const struct scan_result *result;

	scan_test_text(test, "mail");
	scan_test_text(test, "part");
	scan_test_plugin(test, "x",
		"printf 'infected\\tA\\t%s/0001\\ninfected\\tB\\t0000/in/side\\n' \"$1\"\n"
		"printf 'infected\\tC\\t/etc/passwd\\ninfected\\tD\\t./0009\\ninfected\\tE\\n'\n"
		"printf 'infected\\t\\t/elsewhere%s/0001\\ninfected\\tA\\t0000\\n' \"$1\"; exit 1");
	result = scan_test_run(test);
	assert_int_equal(result->verdict, VERDICT_INFECTED);
	assert_int_equal(result->virus_count, 6);
	assert_int_equal(result->virus_objects[0], 1);
	assert_int_equal(result->virus_objects[1], 0);
	assert_int_equal(result->virus_objects[2], -1);
	assert_int_equal(result->virus_objects[3], -1);
	assert_int_equal(result->virus_objects[4], -1);
	assert_int_equal(result->virus_objects[5], 1); /* tmp behind a link */
	assert_string_equal(result->viruses[5], "unnamed");
}

static void test_many_names(void **state)
{
	struct scan_test *test = *state;
	const struct scan_result *result;

	scan_test_text(test, "mail");
	scan_test_plugin(test, "x",
		"i=0; while [ $i -lt 50 ]; do printf 'infected\\tV%d\\033\\t0000\\n' $i\n"
		"i=$((i+1)); done; exit 1");
	result = scan_test_run(test);
	assert_int_equal(result->virus_count, SCAN_RESULT_VIRUSES);
	assert_string_equal(result->viruses[0], "V0?");
}

static void test_whitelisted(void **state)
{
	struct scan_test *test = *state;
	const struct scan_result *result;

	scan_test_whitelist(test, "Fal*");
	scan_test_text(test, "mail");
	scan_test_text(test, "part");
	scan_test_plugin(test, "x", "printf 'infected\\tFalse\\t0001\\n'; exit 1");
	result = scan_test_run(test);
	assert_int_equal(result->verdict, VERDICT_CLEAN);
	assert_string_equal(result->whitelisted_name, "False");
	test->scanners.count = 0;
	scan_test_plugin(
		test, "x", "printf 'infected\\tFalse\\t0001\\ninfected\\tTrue\\t0001\\n'; exit 1");
	assert_int_equal(scan_test_run(test)->verdict, VERDICT_INFECTED);
}

/* Nothing of our environment reaches the engine; its temporary files lie in the work tree. */
static void test_environment(void **state)
{
	struct scan_test *test = *state;
	struct buf out = {0};

	setenv("SENDER", "hostile", 1);
	scan_test_text(test, "mail");
	scan_test_plugin(test, "x", "env | sort > \"$TMPDIR/env\"; pwd >> \"$TMPDIR/env\"; exit 0");
	assert_int_equal(scan_test_run(test)->verdict, VERDICT_CLEAN);
	assert_int_equal(fd_read_file(AT_FDCWD, scan_test_path(test, "tmp/env"), 65536, &out), 0);
	assert_string_equal(buf_cstr(&out),
		arena_printf(&test->arena,
			"HOME=%s\nLANG=C\nLC_ALL=C\n"
			"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"
			"PWD=%s\nTMPDIR=%s\n%s\n",
			test->scratch, test->scratch, test->scratch, test->scratch));
	buf_release(&out);
}

static void test_timeout(void **state)
{
	struct scan_test *test = *state;
	const struct scan_result *result;

	scan_test_text(test, "mail");
	scan_test_plugin(test, "x", "sleep 300")->timeout_ms = 50;
	result = scan_test_run(test);
	assert_int_equal(result->verdict, VERDICT_TIMEOUT);
	assert_true(result->latency_us >= 50000);
}

static void test_missing(void **state)
{
	struct scan_test *test = *state;
	const struct scan_result *result;

	scan_test_text(test, "mail");
	scan_test_scanner(test, SCANNER_PROCESS, "missing");
	result = scan_test_run(test);
	assert_int_equal(result->verdict, VERDICT_ERROR);
	assert_non_null(strstr(result->text, "av_missing"));
}

static void test_absolute_path(void **state)
{
	struct scan_test *test = *state;
	struct scanner_config *config;

	scan_test_text(test, "mail");
	config = scan_test_plugin(test, "x", "printf 'infected\\tEvil\\t0000\\n'; exit 1");
	config->plugin = scan_test_path(test, "av_x");
	assert_int_equal(scan_test_run(test)->verdict, VERDICT_INFECTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scan_test(test_outcomes),
		scan_test(test_objects),
		scan_test(test_many_names),
		scan_test(test_whitelisted),
		scan_test(test_environment),
		scan_test(test_timeout),
		scan_test(test_missing),
		scan_test(test_absolute_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
