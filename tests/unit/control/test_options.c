/* The command line, as dot-qmail files write it. */
#include "control_unit.h"

#include "control/options.h"

/* Splits `line` at blanks ("''" is an empty word) and parses it. */
static int parse(const char *line, struct options *options, struct error *error)
{
	static char copy[256];
	char *argv[32] = {(char[]){"qmvc"}};
	int argc = 1;

	strcpy(copy, line);
	for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
		argv[argc++] = strcmp(word, "''") ? word : word + 2;
	return options_parse(argc, argv, options, error);
}

static void test_none(void **state)
{
	struct options options;
	struct error error = {0};

	assert_works(parse("", &options, &error), error);
	assert_int_equal(options.mode, RUN_FILTER);
	assert_false(options.noscan);
	assert_false(options.user);
	assert_null(options.basedir);
	assert_null(options.prepend);
}

static void test_combined(void **state)
{
	struct options options;
	struct error error = {0};

	assert_works(parse("-uv-", &options, &error), error);
	assert_true(options.user);
	assert_string_equal(options.prepend, "-");
	assert_works(parse("-nu -c /home/vpopmail/d/qmvc -v-", &options, &error), error);
	assert_true(options.noscan);
	assert_true(options.user);
	assert_string_equal(options.basedir, "/home/vpopmail/d/qmvc");
	assert_string_equal(options.prepend, "-");
	assert_works(parse("-v - -n", &options, &error), error);
	assert_string_equal(options.prepend, "-");
	assert_true(options.noscan);
	assert_false(options.user);
	assert_works(parse("-c/a -vbob --", &options, &error), error);
	assert_string_equal(options.basedir, "/a");
	assert_string_equal(options.prepend, "bob");
}

static void test_modes(void **state)
{
	struct options options;
	struct error error = {0};

	assert_works(parse("-tu", &options, &error), error);
	assert_int_equal(options.mode, RUN_CHECK);
	assert_true(options.user);
	assert_works(parse("-V", &options, &error), error);
	assert_int_equal(options.mode, RUN_VERSION);
	assert_works(parse("--version", &options, &error), error);
	assert_int_equal(options.mode, RUN_VERSION);
	assert_works(parse("-h", &options, &error), error);
	assert_int_equal(options.mode, RUN_HELP);
	assert_works(parse("-xnu", &options, &error), error);
	assert_int_equal(options.mode, RUN_EXPLAIN);
	assert_null(options.file);
	assert_false(options.json);
	assert_works(parse("-x --json mail", &options, &error), error);
	assert_string_equal(options.file, "mail");
	assert_true(options.json);
	assert_works(parse("-t --help --nonsense", &options, &error), error);
	assert_int_equal(options.mode, RUN_HELP);
}

static void test_errors(void **state)
{
	static const struct {
		const char *line, *message;
	} cases[] = {
		{"-q", "there is no option -q"},
		{"-nuq", "there is no option -q"},
		{"-\xc3", "there is no option -\xc3"},
		{"--quick", "there is no option '--quick'"},
		{"--help=me", "option '--help=me' takes no argument"},
		{"-n -c", "option -c needs an argument"},
		{"-uv", "option -v needs an argument"},
		{"-c ''", "option -c has an empty argument"},
		{"-v ''", "option -v has an empty argument"},
		{"-c a -c b", "option -c is given twice"},
		{"-va -vb", "option -v is given twice"},
		{"-x mail other", "'other': option -x takes one file"},
		{"--json", "option --json goes with -x only"},
		{"-t --json", "option --json goes with -x only"},
		{"-x --json=1", "option '--json=1' takes no argument"},
		{"-n mail", "'mail': qmvc takes options only, the message comes on descriptor 0"},
		{"-n -- -u", "'-u': qmvc takes options only, the message comes on descriptor 0"},
		{"-", "'-': qmvc takes options only, the message comes on descriptor 0"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct options options = {.mode = RUN_CHECK, .prepend = "kept"};
		struct error error = {0};

		assert_fails(
			parse(cases[i].line, &options, &error), -EINVAL, error, cases[i].message);
		assert_int_equal(options.mode, RUN_CHECK);
		assert_string_equal(options.prepend, "kept");
	}
}

static void test_mta(void **state)
{
	struct options options;
	struct error error = {0};

	assert_works(parse("", &options, &error), error);
	assert_int_equal(options.mta, MTA_QMAIL);
	assert_works(parse("--mta=sysexits -u", &options, &error), error);
	assert_int_equal(options.mta, MTA_SYSEXITS);
	assert_true(options.user);
	assert_null(options.command);
	assert_null(options.sender);
	assert_works(
		parse("--mta=sysexits --sender= --recipient a@b deliver -d x", &options, &error),
		error);
	assert_string_equal(options.sender, "");
	assert_string_equal(options.recipient, "a@b");
	assert_string_equal(options.command[0], "deliver");
	assert_string_equal(options.command[1], "-d");
	assert_string_equal(options.command[2], "x");
	assert_null(options.command[3]);
	assert_fails(parse("--mta=sendmail", &options, &error), -EINVAL, error,
		"--mta=sendmail: is neither qmail nor sysexits");
	assert_fails(parse("--mta=qmail deliver", &options, &error), -EINVAL, error,
		"'deliver': qmvc takes options only, the message comes on descriptor 0");
	assert_fails(parse("--sender a@b", &options, &error), -EINVAL, error,
		"--sender and --recipient go together");
	assert_fails(parse("--sender a@b --recipient", &options, &error), -EINVAL, error,
		"option '--recipient' needs an argument");
	assert_fails(parse("--sender a@b --recipient=", &options, &error), -EINVAL, error,
		"--recipient is empty");
	/* What is wrong behind it is told to that MTA. */
	options.mta = MTA_QMAIL;
	assert_fails(parse("--mta=sysexits -y", &options, &error), -EINVAL, error,
		"there is no option -y");
	assert_int_equal(options.mta, MTA_SYSEXITS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_mta),
		cmocka_unit_test(test_combined),
		cmocka_unit_test(test_modes),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
