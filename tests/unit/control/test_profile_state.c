/*
 * The state directories: made when missing, refused when they are not ours alone. What needs a
 * second uid runs only as root.
 */
#include "control_tree.h"

#include "control/profile.h"

#define STRANGER 65534

static void locate(struct tree *tree, struct arena *arena, bool user, struct profile *profile)
{
	struct options options = {.user = user};
	struct error error = {0};

	setenv("QMVC_HOME", tree_path(tree, "home"), 1);
	assert_works(
		profile_locate(arena, &options, tree_path(tree, "bob"), profile, &error), error);
}

static void assert_mode(const char *path, unsigned mode)
{
	struct stat status;

	assert_int_equal(lstat(path, &status), 0);
	assert_true(S_ISDIR(status.st_mode));
	assert_int_equal(status.st_mode & 07777, mode);
	assert_int_equal(status.st_uid, geteuid());
}

static void test_own(void **state)
{
	struct tree *tree = *state;
	cleanup_arena struct arena arena = {0};
	struct profile profile;
	struct error error = {0};

	tree_dir(tree, "bob");
	locate(tree, &arena, true, &profile);
	umask(0);
	assert_works(profile_make_state(&profile, &error), error);
	umask(022);
	assert_mode(tree_path(tree, "bob/qmvc"), 0700);
	assert_mode(tree_path(tree, "bob/qmvc/tmp"), 0700);
	assert_mode(tree_path(tree, "bob/qmvc/log"), 0700);
	assert_mode(tree_path(tree, "bob/qmvc/save"), 0700);
	assert_mode(tree_path(tree, "bob/qmvc/run"), 0700);
	assert_works(profile_make_state(&profile, &error), error);
}

static void test_home(void **state)
{
	struct tree *tree = *state;
	cleanup_arena struct arena arena = {0};
	struct profile profile;
	struct error error = {0};

	/* The home may be readable, and save/ a link to a larger disk. */
	tree_dir(tree, "home");
	tree_dir(tree, "large");
	assert_int_equal(symlink("../large", tree_path(tree, "home/save")), 0);
	locate(tree, &arena, false, &profile);
	assert_works(profile_make_state(&profile, &error), error);
	assert_mode(tree_path(tree, "home"), 0755);
	assert_mode(tree_path(tree, "home/log"), 0700);
}

static void test_refused(void **state)
{
	struct tree *tree = *state;
	cleanup_arena struct arena arena = {0};
	struct profile profile;
	struct error error = {0};
	char message[512];

	tree_dir(tree, "home");
	locate(tree, &arena, false, &profile);
	tree_file(tree, "home/log", "");
	snprintf(message, sizeof(message), "state directory %s/home/log: Not a directory",
		tree->root);
	assert_fails(profile_make_state(&profile, &error), -ENOTDIR, error, message);
	assert_int_equal(unlink(tree_path(tree, "home/log")), 0);
	assert_int_equal(symlink("nowhere", tree_path(tree, "home/log")), 0);
	snprintf(message, sizeof(message), "state directory %s/home/log: No such file or directory",
		tree->root);
	assert_fails(profile_make_state(&profile, &error), -ENOENT, error, message);
	assert_int_equal(unlink(tree_path(tree, "home/log")), 0);
	tree_dir(tree, "home/log");
	assert_int_equal(chmod(tree_path(tree, "home/log"), 0720), 0);
	snprintf(message, sizeof(message),
		"state directory %s/home/log: others may write to it (mode 0720)", tree->root);
	assert_fails(profile_make_state(&profile, &error), -EPERM, error, message);
	assert_int_equal(chmod(tree_path(tree, "home/log"), 0700), 0);
	assert_int_equal(chmod(tree_path(tree, "home"), 0777), 0);
	snprintf(message, sizeof(message),
		"state directory %s/home: others may write to it (mode 0777)", tree->root);
	assert_fails(profile_make_state(&profile, &error), -EPERM, error, message);
}

/*
 * Becomes another user than the one who owns the home; skips where that cannot be: without root, or
 * where the directory for temporary files is closed to others.
 */
static void become_stranger(struct tree *tree)
{
	struct stat status;

	if (geteuid() != 0)
		skip();
	assert_int_equal(seteuid(STRANGER), 0);
	if (stat(tree_path(tree, "home"), &status) < 0 && errno == EACCES)
		skip();
}

static int teardown_as_root(void **state)
{
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
	return tree_teardown(state);
}

static void test_stranger(void **state)
{
	struct tree *tree = *state;
	cleanup_arena struct arena arena = {0};
	struct profile profile;
	struct error error = {0};
	char message[512];

	tree_dir(tree, "home");
	become_stranger(tree);
	locate(tree, &arena, false, &profile);
	assert_string_equal(profile.state, tree_path(tree, "home/users/65534"));
	snprintf(message, sizeof(message),
		"state directory %s/home/users (root makes it: install -d -o root -m 1733 "
		"%s/home/users): No such file or directory",
		tree->root, tree->root);
	assert_fails(profile_make_state(&profile, &error), -ENOENT, error, message);

	assert_int_equal(seteuid(0), 0);
	tree_dir(tree, "home/users");
	assert_int_equal(chmod(tree_path(tree, "home/users"), 0777), 0);
	assert_int_equal(seteuid(STRANGER), 0);
	snprintf(message, sizeof(message),
		"state directory %s/home/users: must belong to root and have mode 1733",
		tree->root);
	assert_fails(profile_make_state(&profile, &error), -EPERM, error, message);

	assert_int_equal(seteuid(0), 0);
	assert_int_equal(chmod(tree_path(tree, "home/users"), 01733), 0);
	assert_int_equal(seteuid(STRANGER), 0);
	assert_works(profile_make_state(&profile, &error), error);
	assert_mode(tree_path(tree, "home/users/65534"), 0700);
	assert_mode(tree_path(tree, "home/users/65534/log"), 0700);
}

/* Somebody else was there first: with a directory of his own, or a link into ours. */
static void test_planted(void **state)
{
	struct tree *tree = *state;
	cleanup_arena struct arena arena = {0};
	struct profile profile;
	struct error error = {0};
	char message[512];

	tree_dir(tree, "home");
	tree_dir(tree, "home/users");
	assert_int_equal(chmod(tree_path(tree, "home/users"), 01733), 0);
	tree_dir(tree, "home/users/65534");
	become_stranger(tree);
	locate(tree, &arena, false, &profile);
	snprintf(message, sizeof(message),
		"state directory %s/home/users/65534: belongs to uid 0, and this is uid 65534",
		tree->root);
	assert_fails(profile_make_state(&profile, &error), -EPERM, error, message);

	assert_int_equal(seteuid(0), 0);
	assert_int_equal(rmdir(tree_path(tree, "home/users/65534")), 0);
	tree_dir(tree, "mine");
	assert_int_equal(chown(tree_path(tree, "mine"), STRANGER, STRANGER), 0);
	assert_int_equal(symlink("../../mine", tree_path(tree, "home/users/65534")), 0);
	assert_int_equal(seteuid(STRANGER), 0);
	snprintf(message, sizeof(message),
		"state directory %s/home/users/65534: Not a directory", tree->root);
	assert_fails(profile_make_state(&profile, &error), -ENOTDIR, error, message);
}

static void test_root_makes_users(void **state)
{
	struct tree *tree = *state;
	cleanup_arena struct arena arena = {0};
	struct profile profile;
	struct error error = {0};

	if (geteuid() != 0)
		skip();
	tree_dir(tree, "home");
	assert_int_equal(chown(tree_path(tree, "home"), STRANGER, STRANGER), 0);
	locate(tree, &arena, false, &profile);
	assert_string_equal(profile.state, tree_path(tree, "home/users/0"));
	assert_works(profile_make_state(&profile, &error), error);
	assert_mode(tree_path(tree, "home/users"), 01733);
	assert_mode(tree_path(tree, "home/users/0"), 0700);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_own, tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(test_home, tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(test_refused, tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(test_stranger, tree_setup, teardown_as_root),
		cmocka_unit_test_setup_teardown(test_planted, tree_setup, teardown_as_root),
		cmocka_unit_test_setup_teardown(test_root_makes_users, tree_setup, tree_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
