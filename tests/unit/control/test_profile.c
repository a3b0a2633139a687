/* Where things are found: the order of search, the state home, and what is refused on the way. */
#include "control_tree.h"

#include "control/profile.h"

/* As `qmvc` with these options; HOME is TREE/bob, the default home TREE/home. */
static int locate(struct tree *tree, struct arena *arena, struct options options,
	struct profile *profile, struct error *error)
{
	setenv("QMVC_HOME", tree_path(tree, "home"), 1);
	return profile_locate(arena, &options, tree_path(tree, "bob"), profile, error);
}

static void test_default(void **state)
{
	struct tree *tree = *state;
	cleanup_arena struct arena arena = {0};
	struct profile profile;
	struct error error = {0};

	tree_dir(tree, "home");
	assert_works(locate(tree, &arena, (struct options){0}, &profile, &error), error);
	assert_string_equal(profile.home, tree_path(tree, "home"));
	assert_int_equal(profile.dir_count, 1);
	assert_string_equal(profile.dirs[0], tree_path(tree, "home"));
	assert_string_equal(profile.state, tree_path(tree, "home"));
	assert_string_equal(profile.tmp, tree_path(tree, "home/tmp"));
	assert_string_equal(profile.log, tree_path(tree, "home/log"));
	assert_string_equal(profile.save, tree_path(tree, "home/save"));
	assert_string_equal(profile.run, tree_path(tree, "home/run"));
	assert_true(*profile.libexec == '/' && *profile.scanners == '/');
	/* Nothing is made by looking. */
	assert_int_not_equal(access(profile.tmp, F_OK), 0);
}

static void test_search_order(void **state)
{
	struct tree *tree = *state;
	cleanup_arena struct arena arena = {0};
	struct options options = {.user = true, .basedir = tree_path(tree, "base")};
	struct profile profile;
	struct error error = {0};

	tree_dir(tree, "base");
	tree_dir(tree, "base/control");
	assert_works(locate(tree, &arena, options, &profile, &error), error);
	assert_int_equal(profile.dir_count, 3);
	assert_string_equal(profile.dirs[0], tree_path(tree, "base"));
	assert_string_equal(profile.dirs[1], tree_path(tree, "bob/qmvc"));
	assert_string_equal(profile.dirs[2], tree_path(tree, "home"));
	assert_string_equal(profile.state, tree_path(tree, "bob/qmvc"));

	/* Without -u, -c changes the search and not the state. */
	options.user = false;
	tree_dir(tree, "home");
	assert_works(locate(tree, &arena, options, &profile, &error), error);
	assert_int_equal(profile.dir_count, 2);
	assert_string_equal(profile.state, tree_path(tree, "home"));
}

static void test_environment(void **state)
{
	struct tree *tree = *state;
	cleanup_arena struct arena arena = {0};
	struct profile profile;
	struct error error = {0};

	tree_dir(tree, "home");
	setenv("QMVC_LIBEXEC", "/le", 1);
	setenv("QMVC_SCANNERS", "/sc", 1);
	assert_works(locate(tree, &arena, (struct options){0}, &profile, &error), error);
	assert_string_equal(profile.libexec, "/le");
	assert_string_equal(profile.scanners, "/sc");
	setenv("QMVC_QMAIL", "/qm", 1);
	unsetenv("QMAILQUEUE");
	assert_works(locate(tree, &arena, (struct options){0}, &profile, &error), error);
	assert_string_equal(profile.qmail, "/qm");
	assert_string_equal(profile.queue, "/qm/bin/qmail-queue");
	setenv("QMVC_SCANNERS", "sc", 1);
	assert_fails(locate(tree, &arena, (struct options){0}, &profile, &error), -EINVAL, error,
		"QMVC_SCANNERS in the environment: 'sc' is not an absolute path");
	setenv("QMVC_LIBEXEC", "", 1);
	assert_fails(locate(tree, &arena, (struct options){0}, &profile, &error), -EINVAL, error,
		"QMVC_LIBEXEC in the environment: '' is not an absolute path");
}

static void test_locate_errors(void **state)
{
	struct tree *tree = *state;
	cleanup_arena struct arena arena = {0};
	struct options options = {.basedir = tree_path(tree, "base")};
	struct profile profile;
	struct error error = {0};
	char message[512];

	snprintf(message, sizeof(message), "home directory %s/home: No such file or directory",
		tree->root);
	assert_fails(locate(tree, &arena, (struct options){0}, &profile, &error), -ENOENT, error,
		message);
	tree_file(tree, "home", "");
	snprintf(message, sizeof(message), "home directory %s/home: Not a directory", tree->root);
	assert_fails(locate(tree, &arena, (struct options){0}, &profile, &error), -ENOTDIR, error,
		message);
	snprintf(message, sizeof(message),
		"-c %s/base: %s/base/control: No such file or directory", tree->root, tree->root);
	assert_fails(locate(tree, &arena, options, &profile, &error), -ENOENT, error, message);
	tree_dir(tree, "base");
	tree_file(tree, "base/control", "");
	snprintf(message, sizeof(message), "-c %s/base: %s/base/control: Not a directory",
		tree->root, tree->root);
	assert_fails(locate(tree, &arena, options, &profile, &error), -ENOTDIR, error, message);
	options = (struct options){.user = true};
	assert_fails(profile_locate(&arena, &options, NULL, &profile, &error), -EINVAL, error,
		"option -u: HOME in the environment is not set");
	assert_fails(profile_locate(&arena, &options, "bob", &profile, &error), -EINVAL, error,
		"option -u: HOME in the environment is no absolute path: bob");
}

static void test_read(void **state)
{
	struct tree *tree = *state;
	cleanup_arena struct arena arena = {0};
	struct options options = {.user = true, .basedir = tree_path(tree, "base")};
	struct profile profile;
	struct slice text;
	const char *path;
	struct error error = {0};

	tree_dir(tree, "base");
	tree_dir(tree, "base/control");
	tree_dir(tree, "home");
	tree_dir(tree, "home/control");
	assert_works(locate(tree, &arena, options, &profile, &error), error);
	assert_int_equal(profile_read(&profile, &arena, "filters", &text, &path, &error), 1);
	assert_string_equal(path, tree_path(tree, "home/control/filters"));
	assert_false(error.set);

	tree_file(tree, "home/control/filters", "default");
	assert_works(profile_read(&profile, &arena, "filters", &text, &path, &error), error);
	assert_slice(text, "default");
	tree_dir(tree, "bob");
	tree_dir(tree, "bob/qmvc");
	tree_dir(tree, "bob/qmvc/control");
	tree_file(tree, "bob/qmvc/control/filters", "bob's");
	assert_works(profile_read(&profile, &arena, "filters", &text, &path, &error), error);
	assert_slice(text, "bob's");
	tree_file(tree, "base/control/filters", "");
	assert_works(profile_read(&profile, &arena, "filters", &text, &path, &error), error);
	assert_slice(text, "");
	assert_string_equal(path, tree_path(tree, "base/control/filters"));
}

/* What stands in the way of a readable file is never passed over for the next directory. */
/* Files whose length is not what they said: /proc says 0; and lengths at which a block ends. */
static void test_lengths(void **state)
{
	struct tree *tree = *state;
	cleanup_arena struct arena arena = {0};
	struct profile profile;
	struct slice text;
	const char *path;
	struct error error = {0};
	char long_text[10001];

	tree_dir(tree, "home");
	tree_dir(tree, "home/control");
	assert_works(locate(tree, &arena, (struct options){0}, &profile, &error), error);
	assert_int_equal(
		symlink("/proc/sys/kernel/ostype", tree_path(tree, "home/control/badsubjects")), 0);
	assert_works(profile_read(&profile, &arena, "badsubjects", &text, &path, &error), error);
	assert_slice(text, "Linux\n");
	for (size_t length = 0; length < sizeof(long_text); length += length < 20 ? 1 : 499) {
		memset(long_text, 'a', length);
		long_text[length] = 0;
		tree_file(tree, "home/control/filters", long_text);
		assert_works(
			profile_read(&profile, &arena, "filters", &text, &path, &error), error);
		assert_slice(text, long_text);
		assert_int_equal(text.data[length], 0);
	}
}

static void test_read_errors(void **state)
{
	struct tree *tree = *state;
	cleanup_arena struct arena arena = {0};
	struct options options = {.user = true};
	cleanup_free char *large = control_unit_long("", 'x', (4 << 20) + 1, "");
	struct profile profile;
	struct slice text = SLICE_LITERAL("kept");
	const char *path;
	struct error error = {0};
	char message[512];

	tree_dir(tree, "bob");
	tree_dir(tree, "bob/qmvc");
	tree_dir(tree, "bob/qmvc/control");
	tree_dir(tree, "bob/qmvc/control/dir");
	assert_works(locate(tree, &arena, options, &profile, &error), error);
	snprintf(message, sizeof(message), "%s/bob/qmvc/control/dir: is not a regular file",
		tree->root);
	assert_fails(profile_read(&profile, &arena, "dir", &text, &path, &error), -EINVAL, error,
		message);
	assert_int_equal(mkfifo(tree_path(tree, "bob/qmvc/control/fifo"), 0644), 0);
	snprintf(message, sizeof(message), "%s/bob/qmvc/control/fifo: is not a regular file",
		tree->root);
	assert_fails(profile_read(&profile, &arena, "fifo", &text, &path, &error), -EINVAL, error,
		message);
	assert_int_equal(symlink("loop", tree_path(tree, "bob/qmvc/control/loop")), 0);
	snprintf(message, sizeof(message),
		"%s/bob/qmvc/control/loop: Too many levels of symbolic links", tree->root);
	assert_fails(profile_read(&profile, &arena, "loop", &text, &path, &error), -ELOOP, error,
		message);
	tree_file(tree, "bob/qmvc/control/large", large);
	snprintf(message, sizeof(message), "%s/bob/qmvc/control/large: is larger than 4194304 bytes",
		tree->root);
	assert_fails(profile_read(&profile, &arena, "large", &text, &path, &error), -EFBIG, error,
		message);
	tree_file(tree, "bob/qmvc/control/open", "x");
	assert_int_equal(chmod(tree_path(tree, "bob/qmvc/control/open"), 0646), 0);
	snprintf(message, sizeof(message), "%s/bob/qmvc/control/open: may be written by everybody",
		tree->root);
	assert_fails(profile_read(&profile, &arena, "open", &text, &path, &error), -EPERM, error,
		message);
	assert_slice(text, "kept");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_default, tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(test_search_order, tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(test_environment, tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(test_locate_errors, tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(test_read, tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(test_lengths, tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(test_read_errors, tree_setup, tree_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
