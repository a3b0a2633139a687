/* Descriptors: reading with a limit, unlinked files, directories. */
#include "unit.h"

#include "base/cleanup.h"
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

static void test_read_limit(void **state)
{
	cleanup_fd int fd = fd_in_memory(slice_cstr("0123456789"));
	cleanup_buf struct buf buf = {0};

	assert_true(fd >= 0);
	assert_int_equal(fd_read_all(fd, 10, &buf), 0);
	assert_slice(buf_slice(&buf), "0123456789");
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	buf_clear(&buf);
	assert_int_equal(fd_read_all(fd, 9, &buf), -EFBIG);
}

static void test_unlinked(void **state)
{
	char dir[] = "/tmp/qmvc-test-XXXXXX";
	struct stat status;

	assert_non_null(mkdtemp(dir));
	{
		cleanup_fd int fd = fd_unlinked(dir);

		assert_true(fd >= 0);
		assert_int_equal(fstat(fd, &status), 0);
		assert_int_equal(status.st_nlink, 0);
		assert_int_equal(status.st_mode & 0777, 0600);
		assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	}
	assert_int_equal(rmdir(dir), 0); /* nothing was left in it */
	assert_int_equal(fd_unlinked(dir), -ENOENT);
}

static void test_make_dir(void **state)
{
	char dir[] = "/tmp/qmvc-test-XXXXXX", path[64];

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/a", dir);
	assert_int_equal(fd_make_dir(path, 0700), 0);
	assert_int_equal(fd_make_dir(path, 0700), 0);
	assert_int_equal(rmdir(path), 0);
	close(open(path, O_CREAT | O_WRONLY, 0600));
	assert_int_equal(fd_make_dir(path, 0700), -ENOTDIR);
	unlink(path);
	rmdir(dir);
}

static void test_replace(void **state)
{
	char dir[] = "/tmp/qmvc-test-XXXXXX", path[64], long_name[300];
	struct fd_rights rights = {0640, geteuid(), getegid()};
	cleanup_buf struct buf text = {0};
	struct stat status;
	cleanup_fd int fd = -1;

	assert_non_null(mkdtemp(dir));
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	snprintf(path, sizeof(path), "%s/a", dir);
	assert_int_equal(fd_replace(fd, "a", slice_cstr("one"), &rights, false), 0);
	/* What a run that was killed has left, be it a link, is in nobody's way. */
	assert_int_equal(symlinkat("elsewhere", fd, ".a.new"), 0);
	assert_int_equal(fd_replace(fd, "a", slice_cstr("two"), &rights, true), 0);
	assert_int_equal(fd_read_file(fd, "a", 10, &text), 0);
	assert_slice(buf_slice(&text), "two");
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0640);
	assert_int_equal(faccessat(fd, "elsewhere", F_OK, 0), -1);
	assert_int_equal(faccessat(fd, ".a.new", F_OK, AT_SYMLINK_NOFOLLOW), -1);
	memset(long_name, 'x', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	assert_int_equal(fd_replace(fd, long_name, slice_cstr("x"), &rights, false), -ENAMETOOLONG);
	unlink(path);
	assert_int_equal(rmdir(dir), 0); /* nothing else was left in it */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read_limit),
		cmocka_unit_test(test_unlinked),
		cmocka_unit_test(test_make_dir),
		cmocka_unit_test(test_replace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
