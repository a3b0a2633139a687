/* A whole profile: what is read for which filters, and what must be there. */
#include "control_tree.h"

#include "control/control.h"

struct loaded {
	struct arena arena;
	struct options options;
	struct profile profile;
	struct control control;
	struct error error;
};

static void loaded_release(struct loaded *loaded)
{
	arena_release(&loaded->arena);
}

#define cleanup_loaded cleanup_(loaded_release)

static int load(struct tree *tree, struct loaded *loaded)
{
	setenv("QMVC_HOME", tree_path(tree, "home"), 1);
	tree_dir(tree, "home");
	tree_dir(tree, "home/control");
	loaded->error = (struct error){0};
	assert_works(profile_locate(&loaded->arena, &loaded->options, tree_path(tree, "bob"),
			     &loaded->profile, &loaded->error),
		loaded->error);
	return control_load(&loaded->profile, &loaded->options, &loaded->arena, &loaded->control,
		&loaded->error);
}

/* In `message`, @ stands for the tree's root. */
static void assert_load_fails(struct tree *tree, struct loaded *loaded, int code,
	const char *message)
{
	cleanup_buf struct buf expected = {0};
	int got = load(tree, loaded);

	for (const char *at = message; *at; at++) {
		if (*at == '@')
			buf_add_cstr(&expected, tree->root);
		else
			buf_add_byte(&expected, (unsigned char)*at);
	}
	assert_int_equal(got, code);
	assert_string_equal(loaded->error.text, buf_cstr(&expected));
}

static void test_no_filters(void **state)
{
	struct tree *tree = *state;
	cleanup_loaded struct loaded loaded = {.options = {.user = true}};

	assert_load_fails(tree, &loaded, -ENOENT,
		"no control file 'filters' (looked in @/bob/qmvc/control, @/home/control)");
	tree_file(tree, "home/control/filters", "virus=y;keep;;quitsap\n");
	assert_load_fails(tree, &loaded, -EINVAL,
		"@/home/control/filters:1: 'quitsap': no such reaction or option (notify=, "
		"inform=, forward=, ignorecase, goodmail, quitasap)");
}

static void test_only_what_is_needed(void **state)
{
	struct tree *tree = *state;
	cleanup_loaded struct loaded loaded = {0};

	tree_dir(tree, "home");
	tree_dir(tree, "home/control");
	tree_file(tree, "home/control/filters", "subject=y;\nvirus=n;\nbodytext=n;\n");
	tree_file(tree, "home/control/badsubjects", "spam\n");
	/* Broken, and nobody asks for them. */
	tree_file(tree, "home/control/scanners", "what is this\n");
	tree_file(tree, "home/control/badbodytexts", "|\n");
	tree_file(tree, "home/control/noscantypes", "a\rb\n");
	tree_file(tree, "home/control/language", "../..\n");
	tree_file(tree, "home/control/whitelist", "a\rb\n");
	tree_file(tree, "home/control/passwords", "secret\n");
	assert_works(load(tree, &loaded), loaded.error);
	assert_int_equal(loaded.control.subjects.count, 1);
	assert_int_equal(loaded.control.limits.depth, 16);
	assert_string_equal(loaded.control.languages[0], "en");
	assert_int_equal(loaded.control.scanners.count, 0);
	assert_null(loaded.control.whitelist.path);

	loaded.options.noscan = true;
	assert_load_fails(tree, &loaded, -EINVAL,
		"@/home/control/noscantypes:1: a carriage return inside the line");
}

static void test_everything(void **state)
{
	struct tree *tree = *state;
	cleanup_loaded struct loaded loaded = {.options = {.noscan = true, .user = true}};

	tree_dir(tree, "home");
	tree_dir(tree, "home/control");
	tree_dir(tree, "bob");
	tree_dir(tree, "bob/qmvc");
	tree_dir(tree, "bob/qmvc/control");
	tree_file(tree, "home/control/filters",
		"errors=y;\nsubject=y;\nbodytext=y;\nfilename=y;\nmimetype=y;\nloadertype=y;\n"
		"encrypted=y\nvirus=y\n");
	tree_file(tree, "home/control/mailheaders", "date=r\n");
	tree_file(tree, "home/control/badsubjects", "a\n");
	tree_file(tree, "bob/qmvc/control/badsubjects", "a\nb\n");
	tree_file(tree, "home/control/badbodytexts", "|true\n");
	tree_file(tree, "home/control/badfilenames", "*.exe\n*.scr\n");
	tree_file(tree, "home/control/badmimetypes", "video/*\n");
	tree_file(tree, "home/control/badloadertypes", "magic:4d5a\n");
	tree_file(tree, "home/control/noscantypes", "text/plain\n");
	tree_file(tree, "home/control/limits", "depth=3\n");
	tree_file(tree, "home/control/scanners", "clamd:/s;C\n");
	tree_file(tree, "home/control/whitelist", "PUA.*\n");
	assert_works(load(tree, &loaded), loaded.error);
	assert_int_equal(loaded.control.mailheaders.wanted, MAIL_ERROR_DATE);
	assert_int_equal(loaded.control.subjects.count, 2);
	assert_int_equal(loaded.control.bodytexts.list[0].kind, PATTERN_COMMAND);
	assert_int_equal(loaded.control.filenames.count, 2);
	assert_int_equal(loaded.control.mimetypes.list[0].kind, PATTERN_TYPE);
	assert_int_equal(loaded.control.loadertypes.list[0].kind, PATTERN_MAGIC);
	assert_int_equal(loaded.control.noscantypes.count, 1);
	assert_int_equal(loaded.control.limits.depth, 3);
	assert_int_equal(loaded.control.scanners.count, 1);
	assert_int_equal(loaded.control.whitelist.list[0].kind, PATTERN_NAME);

	tree_file(tree, "home/control/passwords", "secret\n");
	assert_load_fails(tree, &loaded, -EINVAL,
		"@/home/control/passwords: trying passwords comes with a later version; take this "
		"file away");
}

static void test_needed_and_missing(void **state)
{
	static const struct {
		const char *filters, *file;
	} cases[] = {{"errors", "mailheaders"}, {"subject", "badsubjects"},
		{"bodytext", "badbodytexts"}, {"filename", "badfilenames"},
		{"mimetype", "badmimetypes"}, {"loadertype", "badloadertypes"},
		{"virus", "scanners"}};
	struct tree *tree = *state;
	cleanup_loaded struct loaded loaded = {0};

	tree_dir(tree, "home");
	tree_dir(tree, "home/control");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char filters[64], message[256];

		snprintf(filters, sizeof(filters), "%s=y\n", cases[i].filters);
		snprintf(message, sizeof(message),
			"no control file '%s', which %s=y needs (looked in @/home/control)",
			cases[i].file, cases[i].filters);
		tree_file(tree, "home/control/filters", filters);
		assert_load_fails(tree, &loaded, -ENOENT, message);
	}
	tree_file(tree, "home/control/scanners", "# none\n");
	assert_load_fails(tree, &loaded, -EINVAL,
		"@/home/control/scanners: lists no scanner, and virus=y needs one");
	tree_file(tree, "home/control/filters", "");
	assert_works(load(tree, &loaded), loaded.error);
	loaded.options.noscan = true;
	assert_load_fails(tree, &loaded, -ENOENT,
		"no control file 'noscantypes', which option -n needs (looked in @/home/control)");
}

/* The reader of mail goes by the limits whatever the filters look for. */
static void test_limits_always(void **state)
{
	struct tree *tree = *state;
	cleanup_loaded struct loaded loaded = {0};

	tree_dir(tree, "home");
	tree_dir(tree, "home/control");
	tree_file(tree, "home/control/filters", "overlimit=n\n");
	tree_file(tree, "home/control/limits", "parts=7\n");
	assert_works(load(tree, &loaded), loaded.error);
	assert_int_equal(filters_enabled(&loaded.control.filters), 0);
	assert_int_equal(loaded.control.limits.parts, 7);
}

/* What control_check() reported, each on a line, errors marked with "E ". */
struct reports {
	struct buf text;
};

static void collect(void *context, bool is_error, const char *text)
{
	struct reports *reports = context;

	buf_addf(&reports->text, "%s%s\n", is_error ? "E " : "W ", text);
}

static void assert_check(struct tree *tree, int errors, const char *expected)
{
	cleanup_loaded struct loaded loaded = {0};
	struct reports reports = {0};
	cleanup_buf struct buf wanted = {0};

	setenv("QMVC_HOME", tree_path(tree, "home"), 1);
	assert_works(profile_locate(&loaded.arena, &loaded.options, NULL, &loaded.profile,
			     &loaded.error),
		loaded.error);
	assert_int_equal(control_check(&loaded.profile, &loaded.options, &loaded.arena,
				 &loaded.control, collect, &reports),
		errors);
	for (const char *at = expected; *at; at++) {
		if (*at == '@')
			buf_addf(&wanted, "%s/home/control", tree->root);
		else
			buf_add_byte(&wanted, (unsigned char)*at);
	}
	assert_string_equal(buf_cstr(&reports.text), buf_cstr(&wanted));
	buf_release(&reports.text);
}

static void test_check(void **state)
{
	struct tree *tree = *state;

	tree_dir(tree, "home");
	tree_dir(tree, "home/control");
	assert_check(tree, 1, "E no control file 'filters' (looked in @)\n");

	/* Every file is looked at, whether its condition is on or not, and after an error too. */
	tree_file(tree, "home/control/filters",
		"filename=y\nsubject=y\nvirus=y\nencrypted=y\nerrors=y\n"
		"bodytext=y;inspect;goodmail\nloadertype=n;trash;notify=r\n");
	tree_file(tree, "home/control/badsubjects", "# none\n");
	tree_file(tree, "home/control/badbodytexts", "x\n");
	tree_file(tree, "home/control/badmimetypes", "x\ry");
	tree_file(tree, "home/control/mailheaders", "");
	tree_file(tree, "home/control/limits", "depth=0\n");
	tree_file(tree, "home/control/language", "a/b\n");
	tree_file(tree, "home/control/passwords", "a\n");
	tree_file(tree, "home/control/scanners",
		"clamd:/s;C;;;timeout=90,onfail=ignore,group=no-such-group\n");
	assert_check(tree, 6,
		"W warning: @/mailheaders: asks for nothing, so errors=y never meets\n"
		"W warning: @/badsubjects: is empty, so nothing in it can meet\n"
		"E no control file 'badfilenames', which filename=y needs (looked in @)\n"
		"E @/badmimetypes:1: a carriage return inside the line\n"
		"E @/limits:1: 'depth=0': must be a number from 1 to 100\n"
		"E @/language:1: 'a/b': is no name of a language (such as en or de)\n"
		"E @/passwords: trying passwords comes with a later version; take this file away\n"
		"W warning: @/filters:7: 'loadertype': action trash carries out no reaction\n"
		"W warning: @/filters:6: 'goodmail': @/badbodytexts has no command for it to act on\n"
		"W warning: @/scanners:1: 'clamd:/s': timeout=90 is cut short by deadline=60\n"
		"W warning: @/scanners:1: 'clamd:/s': onfail=ignore wants a clean answer from another "
		"scanner, and there is none: it defers\n"
		"E @/scanners:1: 'group=no-such-group': there is no such group\n");

	tree_file(tree, "home/control/filters", "virus=y\nvirus=y\n");
	tree_file(tree, "home/control/badmimetypes", "x");
	tree_file(tree, "home/control/limits", "");
	tree_file(tree, "home/control/language", "de");
	tree_file(tree, "home/control/scanners", "");
	assert_check(tree, 1,
		"E @/filters:2: 'virus': this condition is given twice (the first time in line "
		"1)\n");
	tree_file(tree, "home/control/filters", "virus=y\n");
	assert_check(tree, 1, "E @/scanners: lists no scanner, and virus=y needs one\n");
	tree_file(tree, "home/control/filters", "# nothing\n");
	assert_check(tree, 0, "W warning: @/filters: no condition is on, nothing is filtered\n");
	tree_file(tree, "home/control/filters", "mimetype=y;block\n");
	assert_check(tree, 0, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_no_filters, tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(
			test_only_what_is_needed, tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(test_everything, tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(
			test_needed_and_missing, tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(test_limits_always, tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(test_check, tree_setup, tree_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
