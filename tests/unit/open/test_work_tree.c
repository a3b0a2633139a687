/*
 * The work tree: what is in it and who may read it, and that nothing a hostile scanner leaves there
 * survives, nor takes anything outside with it.
 */
#include "unit.h"

#include "base/cleanup.h"
#include "base/fd.h"
#include "open/remove_tree.h"
#include "open/work_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>

#define OBJECTS 4

static char tmp[] = "/tmp/qmvc-test-tree-XXXXXX";

struct mail {
	struct objects objects;
	struct object list[OBJECTS];
	struct content contents[OBJECTS];
};

/* Object 2 is negative, object 3 empty. */
static void mail_init(struct mail *mail)
{
	static const char *const texts[OBJECTS] = {"message", "one", "two", ""};

	*mail = (struct mail){.objects = {.list = mail->list, .count = OBJECTS}};
	for (unsigned i = 0; i < OBJECTS; i++) {
		mail->contents[i] = content_borrow(slice_cstr(texts[i]));
		mail->list[i] = (struct object){.index = i, .content = &mail->contents[i]};
	}
	mail->list[2].flags = OBJECT_NEGATIVE;
}

static void make(struct work_tree *tree, const char *group)
{
	struct error error = {0};
	struct mail mail;

	mail_init(&mail);
	assert_int_equal(work_tree_make(tree, tmp, &mail.objects, group, &error), 0);
}

static mode_t mode_of(const char *dir, const char *name)
{
	cleanup_free char *path = NULL;
	struct stat status;

	assert_true(asprintf(&path, "%s/%s", dir, name) > 0);
	assert_int_equal(lstat(path, &status), 0);
	return status.st_mode & 07777;
}

static void assert_file(const struct work_tree *tree, const char *name, const char *text)
{
	cleanup_fd int dir = open(tree->files, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_buf struct buf buf = {0};

	assert_int_equal(fd_read_file(dir, name, 1000, &buf), 0);
	assert_slice(buf_slice(&buf), text);
}

static unsigned entries(const char *path)
{
	cleanup_dir DIR *list = opendir(path);
	unsigned count = 0;

	assert_non_null(list);
	while (readdir(list))
		count++;
	return count - 2;
}

static void holds_the_objects(void **state)
{
	struct work_tree tree = {0};

	make(&tree, NULL);
	assert_int_equal(entries(tmp), 1);
	assert_int_equal(entries(tree.files), 2);
	assert_int_equal(entries(tree.scratch), 0);
	assert_file(&tree, "0000", "message");
	assert_file(&tree, "0001", "one");
	assert_int_equal(mode_of(tree.path, "."), 0700);
	assert_int_equal(mode_of(tree.files, "."), 0700);
	assert_int_equal(mode_of(tree.files, "0001"), 0600);
	work_tree_release(&tree);
	assert_int_equal(entries(tmp), 0);
	work_tree_release(&tree);
}

/* Readable for the group whatever the umask, writable for nobody else. */
static void a_group_may_read(void **state)
{
	struct group *group = getgrgid(getegid());
	mode_t before = umask(077);
	struct work_tree tree = {0};
	struct stat status;

	assert_non_null(group);
	make(&tree, group->gr_name);
	umask(before);
	assert_int_equal(mode_of(tree.path, "."), 0750);
	assert_int_equal(mode_of(tree.files, "."), 0750);
	assert_int_equal(mode_of(tree.files, "0001"), 0640);
	assert_int_equal(mode_of(tree.scratch, "."), 0700);
	assert_int_equal(stat(tree.files, &status), 0);
	assert_int_equal(status.st_gid, getegid());
	work_tree_release(&tree);
	assert_int_equal(entries(tmp), 0);
}

/* For a scanner that wants a TMPDIR and no files. */
static void may_be_empty(void **state)
{
	struct work_tree tree = {0};
	struct error error = {0};

	assert_int_equal(work_tree_make(&tree, tmp, NULL, NULL, &error), 0);
	assert_int_equal(entries(tree.files), 0);
	assert_int_equal(access(tree.scratch, W_OK | X_OK), 0);
	work_tree_release(&tree);
	assert_int_equal(entries(tmp), 0);
}

static void failures_are_told(void **state)
{
	struct work_tree tree = {0};
	struct error error = {0};
	struct mail mail;

	mail_init(&mail);
	assert_int_equal(
		work_tree_make(&tree, tmp, &mail.objects, "no-such-group", &error), -EINVAL);
	assert_string_equal(error.text, "there is no group no-such-group");
	work_tree_release(&tree);
	error = (struct error){0};
	assert_int_equal(work_tree_make(&tree, "/nowhere", &mail.objects, NULL, &error), -ENOENT);
	assert_non_null(strstr(error.text, "/nowhere"));
	work_tree_release(&tree);
	assert_int_equal(entries(tmp), 0);
}

static void leave_file(const char *dir, const char *name)
{
	cleanup_free char *path = NULL;
	cleanup_fd int fd = -1;

	assert_true(asprintf(&path, "%s/%s", dir, name) > 0);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
}

static void leave_link(const char *dir, const char *name, const char *to)
{
	cleanup_free char *path = NULL;

	assert_true(asprintf(&path, "%s/%s", dir, name) > 0);
	assert_int_equal(symlink(to, path), 0);
}

static void leave_fifo(const char *dir, const char *name)
{
	cleanup_free char *path = NULL;

	assert_true(asprintf(&path, "%s/%s", dir, name) > 0);
	assert_int_equal(mkfifo(path, 0), 0);
}

static void leave_dir(const char *dir, const char *name, mode_t mode)
{
	cleanup_free char *path = NULL;

	assert_true(asprintf(&path, "%s/%s", dir, name) > 0);
	assert_int_equal(mkdir(path, 0700), 0);
	leave_file(path, "inside");
	assert_int_equal(chmod(path, mode), 0);
}

/* Deeper than a path can name. */
static void leave_chain(const char *dir, unsigned depth)
{
	cleanup_fd int at = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	for (unsigned i = 0; i < depth; i++) {
		int next;

		assert_int_equal(mkdirat(at, "deeper", 0700), 0);
		next = openat(at, "deeper", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		assert_true(next >= 0);
		close(at);
		at = next;
	}
	assert_int_equal(mkdirat(at, "..last", 0), 0);
}

/*
 * Everything a scanner can make without being root, in `tree`; `outside` must survive. No link leads
 * to a directory that is not the test's own: a faulty removal must not reach the host.
 */
static void leave_all(const struct work_tree *tree, const char *outside)
{
	leave_link(tree->path, "link", outside);
	leave_link(tree->scratch, "link", outside);
	leave_link(tree->scratch, "relative", strrchr(outside, '/') + 1);
	leave_link(tree->scratch, "moved-0", outside);
	leave_dir(tree->path, "moved-1", 0700);
	leave_dir(tree->scratch, "closed", 0);
	leave_dir(tree->scratch, "read-only", 0500);
	leave_file(tree->scratch, "-rf \n*");
	leave_fifo(tree->scratch, "fifo");
	leave_chain(tree->scratch, 700);
	for (unsigned i = 0; i < 300; i++) {
		char name[32];

		snprintf(name, sizeof(name), "file-%u", i);
		leave_file(tree->scratch, name);
	}
	assert_int_equal(chmod(tree->scratch, 0), 0);
	assert_int_equal(chmod(tree->files, 0400), 0);
	assert_int_equal(chmod(tree->path, 0), 0);
}

static void nothing_is_left(void **state)
{
	char outside[] = "/tmp/qmvc-test-outside-XXXXXX";
	struct work_tree tree = {0};

	assert_non_null(mkdtemp(outside));
	assert_int_equal(chmod(outside, 0750), 0);
	leave_file(outside, "precious");
	make(&tree, NULL);
	leave_all(&tree, outside);
	work_tree_release(&tree);
	assert_int_equal(entries(tmp), 0);
	assert_int_equal(entries(outside), 1);
	assert_int_equal(mode_of(outside, "."), 0750);
	assert_int_equal(remove_tree(outside), 0);
	assert_int_equal(access(outside, F_OK), -1);
	assert_int_equal(remove_tree(outside), 0);
}

/* The same without root's rights, for whom closed directories are closed. */
static void nothing_is_left_of_a_user(void **state)
{
	char outside[] = "/tmp/qmvc-test-outside-XXXXXX";
	struct work_tree tree = {0};

	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(tmp, 65534, 65534), 0);
	assert_int_equal(seteuid(65534), 0);
	assert_non_null(mkdtemp(outside));
	make(&tree, NULL);
	leave_all(&tree, outside);
	work_tree_release(&tree);
	assert_int_equal(entries(tmp), 0);
	assert_int_equal(remove_tree(outside), 0);
	assert_int_equal(seteuid(0), 0);
}

/* A link in the place of the tree is removed itself. */
static void a_link_is_not_followed(void **state)
{
	char outside[] = "/tmp/qmvc-test-outside-XXXXXX", path[64];

	assert_non_null(mkdtemp(outside));
	leave_file(outside, "precious");
	leave_link(tmp, "link", outside);
	snprintf(path, sizeof(path), "%s/link", tmp);
	assert_int_equal(chmod(outside, 0750), 0);
	assert_int_equal(remove_tree(path), 0);
	assert_int_equal(entries(tmp), 0);
	assert_int_equal(entries(outside), 1);
	assert_int_equal(mode_of(outside, "."), 0750);
	assert_int_equal(remove_tree(outside), 0);
}

/* A tree that nobody holds is swept when another is made; one in use stays (test_tree.c). */
static void stale_trees_are_swept(void **state)
{
	struct work_tree stale = {0}, used = {0};

	make(&used, NULL);
	make(&stale, NULL);
	close(stale.lock); /* as when its process has died */
	stale.lock = open("/dev/null", O_RDONLY | O_CLOEXEC);
	{
		struct work_tree tree = {0};

		make(&tree, NULL);
		work_tree_release(&tree);
	}
	assert_int_equal(access(stale.path, F_OK), -1);
	assert_int_equal(access(used.path, F_OK), 0);
	work_tree_release(&stale);
	work_tree_release(&used);
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
		cmocka_unit_test(holds_the_objects),
		cmocka_unit_test(a_group_may_read),
		cmocka_unit_test(may_be_empty),
		cmocka_unit_test(failures_are_told),
		cmocka_unit_test(nothing_is_left),
		cmocka_unit_test(nothing_is_left_of_a_user),
		cmocka_unit_test(a_link_is_not_followed),
		cmocka_unit_test(stale_trees_are_swept),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
