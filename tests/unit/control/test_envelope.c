/* The environment of qmail-local, and what the sender wrote as the recipient. */
#include "control_unit.h"

#include "control/envelope.h"

static int setup(void **state)
{
	static const char *const unset[] = {
		"NEWSENDER", "EXT", "EXT2", "EXT3", "EXT4", "DEFAULT", "DTLINE", "RPLINE"};

	for (size_t i = 0; i < sizeof(unset) / sizeof(unset[0]); i++)
		unsetenv(unset[i]);
	setenv("SENDER", "x y@z.test", 1);
	setenv("LOCAL", "bob-info-sub", 1);
	setenv("HOST", "vdom.test", 1);
	setenv("RECIPIENT", "bob-info-sub@vdom.test", 1);
	setenv("USER", "bob", 1);
	setenv("HOME", "/home/bob", 1);
	return 0;
}

/* What `original` becomes for LOCAL and -v PREPEND. */
static void assert_original(const char *local, const char *prepend, const char *expected)
{
	cleanup_arena struct arena arena = {0};
	struct options options = {.prepend = prepend};
	struct envelope envelope;
	struct error error = {0};

	setenv("LOCAL", local, 1);
	assert_works(envelope_from_environment(&arena, &options, &envelope, &error), error);
	assert_slice(envelope.original, expected);
	assert_slice(envelope.local, local);
}

static void test_original(void **state)
{
	assert_original("bob-info-sub", NULL, "bob-info-sub@vdom.test");
	assert_original("bob-info-sub", "-", "info-sub@vdom.test");
	assert_original("BOB-Info.Sub", "-", "Info.Sub@vdom.test");
	assert_original("vdom2-Info.X", "vdom2", "Info.X@vdom.test");
	assert_original("vdom2-a-b", "vdom2-a", "b@vdom.test");
	assert_original("vdom2-Info.X", "-", "vdom2-Info.X@vdom.test");
	assert_original("bobby-x", "-", "bobby-x@vdom.test");
	assert_original("bob", "-", "bob@vdom.test");
	assert_original("bob-", "-", "bob-@vdom.test");
	assert_original("", "-", "@vdom.test");
}

static void test_values(void **state)
{
	cleanup_arena struct arena arena = {0};
	struct options options = {0};
	struct envelope envelope;
	struct error error = {0};

	setenv("EXT", "info-sub", 1);
	setenv("EXT2", "sub", 1);
	setenv("DEFAULT", "info\n`sub`", 1);
	setenv("NEWSENDER", "n@z.test", 1);
	setenv("DTLINE", "Delivered-To: bob-info-sub@vdom.test\n", 1);
	setenv("RPLINE", "Return-Path: <\"x y\"@z.test>\n", 1);
	assert_works(envelope_from_environment(&arena, &options, &envelope, &error), error);
	setenv("SENDER", "changed", 1);
	assert_slice(envelope.sender, "x y@z.test");
	assert_slice(envelope.newsender, "n@z.test");
	assert_slice(envelope.recipient, "bob-info-sub@vdom.test");
	assert_slice(envelope.host, "vdom.test");
	assert_slice(envelope.ext, "info-sub");
	assert_slice(envelope.ext2, "sub");
	assert_slice(envelope.ext3, "");
	assert_slice(envelope.default_ext, "info\n`sub`");
	assert_slice(envelope.user, "bob");
	assert_slice(envelope.dtline, "Delivered-To: bob-info-sub@vdom.test\n");
	assert_slice(envelope.rpline, "Return-Path: <\"x y\"@z.test>\n");
	assert_string_equal(envelope.home, "/home/bob");
	assert_string_equal(envelope_home(), "/home/bob");
	assert_false(envelope_sender_is_null(&envelope));
}

static void test_missing(void **state)
{
	static const char *const required[] = {"SENDER", "LOCAL", "HOST"};
	cleanup_arena struct arena arena = {0};
	struct options options = {0};
	struct envelope envelope;
	struct error error = {0};

	for (size_t i = 0; i < 3; i++) {
		char message[128];

		setup(state);
		unsetenv(required[i]);
		snprintf(message, sizeof(message),
			"%s is not in the environment: qmvc is called from a dot-qmail file",
			required[i]);
		assert_fails(envelope_from_environment(&arena, &options, &envelope, &error),
			-EINVAL, error, message);
	}
	setup(state);
	unsetenv("RECIPIENT");
	unsetenv("HOME");
	assert_works(envelope_from_environment(&arena, &options, &envelope, &error), error);
	assert_slice(envelope.recipient, "bob-info-sub@vdom.test");
	assert_null(envelope.home);
	assert_null(envelope_home());
	unsetenv("USER");
	assert_works(envelope_from_environment(&arena, &options, &envelope, &error), error);
	options.prepend = "-";
	assert_fails(envelope_from_environment(&arena, &options, &envelope, &error), -EINVAL, error,
		"option -v-: USER is not in the environment, or empty");
}

static void test_addresses(void **state)
{
	static const struct {
		const char *recipient, *prepend, *local, *host, *original;
	} cases[] = {
		{"a@b", NULL, "a", "b", "a@b"},
		{"bob-a@b", "bob", "bob-a", "b", "a@b"},
		{"bob-a@b", "-", "bob-a", "b", "a@b"},
		{"\"x@y\"@b", NULL, "\"x@y\"", "b", "\"x@y\"@b"},
		{"nobody", NULL, "nobody", "", "nobody"},
		{"", NULL, "", "", ""},
	};
	cleanup_arena struct arena arena = {0};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct options options = {.prepend = cases[i].prepend};
		struct envelope envelope;
		struct error error = {0};

		assert_works(envelope_from_addresses(&arena, &options, slice_cstr("s@t"),
				     slice_cstr(cases[i].recipient), &envelope, &error),
			error);
		assert_slice(envelope.sender, "s@t");
		assert_slice(envelope.recipient, cases[i].recipient);
		assert_slice(envelope.local, cases[i].local);
		assert_slice(envelope.host, cases[i].host);
		assert_slice(envelope.original, cases[i].original);
		assert_string_equal(envelope.home, "/home/bob");
	}
}

static void test_is_there(void **state)
{
	struct options options = {0};

	assert_true(envelope_is_there(&options));
	unsetenv("RECIPIENT");
	assert_true(envelope_is_there(&options));
	unsetenv("HOST");
	assert_false(envelope_is_there(&options));
}

static void test_null_sender(void **state)
{
	static const struct {
		const char *sender;
		bool null;
	} cases[] = {{"", true}, {"#@[]", true}, {"#@[]x", false}, {"a@b", false}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct envelope envelope = {.sender = slice_cstr(cases[i].sender)};

		assert_int_equal(envelope_sender_is_null(&envelope), cases[i].null);
	}
}

/* Two addresses are enough for other MTAs, from the environment or from the command line. */
static void test_other_mta(void **state)
{
	cleanup_arena struct arena arena = {0};
	struct options options = {.mta = MTA_SYSEXITS};
	struct envelope envelope;
	struct error error = {0};

	unsetenv("LOCAL");
	unsetenv("HOST");
	setenv("RECIPIENT", "a@b@example.org", 1);
	assert_works(envelope_from_environment(&arena, &options, &envelope, &error), error);
	assert_true(envelope_is_there(&options));
	assert_slice(envelope.sender, "x y@z.test");
	assert_slice(envelope.newsender, "x y@z.test");
	assert_slice(envelope.local, "a@b");
	assert_slice(envelope.host, "example.org");
	assert_slice(envelope.original, "a@b@example.org");
	assert_slice(envelope.dtline, "Delivered-To: a@b@example.org\n");
	options.sender = "";
	options.recipient = "one\ntwo";
	assert_works(envelope_from_environment(&arena, &options, &envelope, &error), error);
	assert_slice(envelope.sender, "");
	assert_slice(envelope.newsender, "");
	assert_slice(envelope.local, "one\ntwo");
	assert_slice(envelope.host, "");
	assert_slice(envelope.original, "one\ntwo");
	assert_slice(envelope.dtline, "Delivered-To: one_two\n");
	/* What the command line says stands before the environment, also before qmail's. */
	options.mta = MTA_QMAIL;
	options.recipient = "info@example.org";
	setenv("LOCAL", "bob-info-sub", 1);
	setenv("HOST", "vdom.test", 1);
	setenv("DTLINE", "Delivered-To: bob-info-sub@vdom.test\n", 1);
	assert_works(envelope_from_environment(&arena, &options, &envelope, &error), error);
	assert_slice(envelope.original, "info@example.org");
	assert_slice(envelope.dtline, "Delivered-To: info@example.org\n");
	options = (struct options){.mta = MTA_SYSEXITS};
	unsetenv("RECIPIENT");
	assert_false(envelope_is_there(&options));
	assert_fails(envelope_from_environment(&arena, &options, &envelope, &error), -EINVAL, error,
		"RECIPIENT is not in the environment: say --sender and --recipient");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_original, setup),
		cmocka_unit_test_setup(test_values, setup),
		cmocka_unit_test_setup(test_other_mta, setup),
		cmocka_unit_test_setup(test_missing, setup),
		cmocka_unit_test_setup(test_addresses, setup),
		cmocka_unit_test_setup(test_is_there, setup),
		cmocka_unit_test_setup(test_null_sender, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
