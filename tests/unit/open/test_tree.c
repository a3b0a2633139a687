/* Directories in tmp: what a dead run left is swept, what a living one holds never is. */
#include "unit.h"

#include "base/cleanup.h"
#include "open/remove_tree.h"
#include "open/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define ROUNDS 300

static char tmp[] = "/tmp/qmvc-test-tree-XXXXXX";

static unsigned entries(void)
{
	cleanup_dir DIR *list = opendir(tmp);
	unsigned count = 0;

	assert_non_null(list);
	while (readdir(list))
		count++;
	return count - 2;
}

static void put(const char *name)
{
	cleanup_free char *path = NULL;
	int fd;

	assert_true(asprintf(&path, "%s/%s", tmp, name) > 0);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	close(fd);
}

static bool is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

/* A run that dies in the midst of its work, and leaves `prefix`.* with something in it. */
static void die_with(const char *prefix)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		char *path, inside[256];
		int lock;

		if (tree_make(tmp, prefix, &path, &lock))
			_exit(1);
		snprintf(inside, sizeof(inside), "%s/inside", path);
		if (mkdir(inside, 0))
			_exit(1);
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
}

static void the_dead_are_swept(void **state)
{
	die_with(TREE_WORK);
	die_with(TREE_CLAMAV);
	put("t0123456789abcdef");
	assert_int_equal(entries(), 3);
	tree_sweep(tmp);
	assert_int_equal(entries(), 0);
}

static void the_living_are_not(void **state)
{
	cleanup_free char *path = NULL;
	int lock;

	assert_int_equal(tree_make(tmp, TREE_WORK, &path, &lock), 0);
	tree_sweep(tmp);
	assert_true(is_there(path));
	/* The number in the name says nothing; the lock does. */
	close(lock);
	tree_sweep(tmp);
	assert_false(is_there(path));
}

static void other_names_stay(void **state)
{
	static const char *const names[] = {"w.1.x", "w.1.0123456789abcde", "w..0123456789abcdef",
		"w.x.0123456789abcdef", "clamav.1", "t0123456789abcdeg", "t0123456789abcdef0"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		put(names[i]);
	put("w.1.0123456789abcdef"); /* a file */
	tree_sweep(tmp);
	assert_int_equal(entries(), sizeof(names) / sizeof(names[0]) + 1);
	assert_int_equal(remove_tree(tmp), 0);
	assert_int_equal(mkdir(tmp, 0700), 0);
}

static void a_link_is_not_followed(void **state)
{
	char outside[] = "/tmp/qmvc-test-outside-XXXXXX", path[128];

	assert_non_null(mkdtemp(outside));
	snprintf(path, sizeof(path), "%s/w.1.0123456789abcdef", tmp);
	assert_int_equal(symlink(outside, path), 0);
	tree_sweep(tmp);
	assert_true(is_there(outside));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(outside), 0);
}

static void another_uid_is_left_alone(void **state)
{
	cleanup_free char *path = NULL;
	int lock;

	if (geteuid() != 0)
		skip();
	assert_int_equal(tree_make(tmp, TREE_WORK, &path, &lock), 0);
	assert_int_equal(chown(path, 65534, 65534), 0);
	close(lock);
	tree_sweep(tmp);
	assert_true(is_there(path));
	assert_int_equal(rmdir(path), 0);
}

/* One makes while the other sweeps: what was made is there until its maker removes it. */
static void making_and_sweeping_at_once(void **state)
{
	pid_t sweeper = fork();

	if (sweeper == 0) {
		for (;;)
			tree_sweep(tmp);
	}
	for (unsigned i = 0; i < ROUNDS; i++) {
		cleanup_free char *path = NULL;
		int lock;

		assert_int_equal(tree_make(tmp, TREE_WORK, &path, &lock), 0);
		for (unsigned look = 0; look < 20; look++)
			assert_true(is_there(path));
		assert_int_equal(remove_tree(path), 0);
		close(lock);
	}
	assert_int_equal(kill(sweeper, SIGKILL), 0);
	assert_int_equal(waitpid(sweeper, NULL, 0), sweeper);
	tree_sweep(tmp);
	assert_int_equal(entries(), 0);
}

static void failures_are_told(void **state)
{
	char *path = NULL;
	int lock = -1;

	assert_int_equal(tree_make("/nowhere", TREE_WORK, &path, &lock), -ENOENT);
	assert_null(path);
	tree_sweep("/nowhere");
}

static int setup(void **state)
{
	return !mkdtemp(tmp);
}

static int teardown(void **state)
{
	return remove_tree(tmp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_dead_are_swept),
		cmocka_unit_test(the_living_are_not),
		cmocka_unit_test(other_names_stay),
		cmocka_unit_test(a_link_is_not_followed),
		cmocka_unit_test(another_uid_is_left_alone),
		cmocka_unit_test(making_and_sweeping_at_once),
		cmocka_unit_test(failures_are_told),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
