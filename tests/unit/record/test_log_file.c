/* Appending: whole lines from many writers, nothing but plain files, errors that name the file. */
#include "unit.h"

#include "base/cleanup.h"
#include "base/fd.h"
#include "record/log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

static char dir[64], path[128];

static int make_dir(void **state)
{
	strcpy(dir, "/tmp/qmvc-test-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/qmvc.log", dir);
	return 0;
}

static int remove_dir(void **state)
{
	char other[160];

	unlink(path);
	rmdir(path);
	snprintf(other, sizeof(other), "%s/other", dir);
	unlink(other);
	return rmdir(dir);
}

static void assert_content(const char *file, const char *want)
{
	cleanup_buf struct buf buf = {0};

	assert_int_equal(fd_read_file(AT_FDCWD, file, 1 << 20, &buf), 0);
	assert_slice(buf_slice(&buf), want);
}

static void test_append(void **state)
{
	struct error error = {0};
	struct stat status;

	assert_int_equal(log_file_append(dir, "qmvc.log", slice_cstr("one\n"), &error), 0);
	assert_int_equal(log_file_append(dir, "qmvc.log", slice_cstr("two\n"), &error), 0);
	assert_content(path, "one\ntwo\n");
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	assert_false(error.set);
}

static void refused(const char *directory, int code)
{
	struct error error = {0};

	assert_int_equal(log_file_append(directory, "qmvc.log", slice_cstr("x\n"), &error), code);
	assert_non_null(strstr(error.text, directory));
}

static void test_refuses_what_is_no_file(void **state)
{
	char other[160];
	struct stat status;
	int reader;

	snprintf(other, sizeof(other), "%s/other", dir);
	assert_int_equal(symlink(other, path), 0);
	refused(dir, -ELOOP);
	assert_int_equal(stat(other, &status), -1); /* nothing was made through the link */
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	refused(dir, -EISDIR);
	rmdir(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	refused(dir, -ENXIO); /* and did not wait */
	reader = open(path, O_RDONLY | O_NONBLOCK);
	refused(dir, -EINVAL);
	close(reader);
	unlink(path);
	assert_int_equal(symlink("/dev/full", path), 0);
	refused(dir, -ELOOP);
	refused("/nonexistent-directory", -ENOENT);
}

static void test_many_writers(void **state)
{
	cleanup_buf struct buf buf = {0};
	struct slice rest, line;
	unsigned lines = 0;

	for (int child = 0; child < 4; child++) {
		if (fork() == 0) {
			char text[200];

			memset(text, 'a' + child, sizeof(text));
			text[sizeof(text) - 1] = '\n';
			for (int i = 0; i < 250; i++)
				if (log_file_append(dir, "qmvc.log",
					    slice_make(text, sizeof(text)), NULL))
					_exit(1);
			_exit(0);
		}
	}
	for (int child = 0; child < 4; child++) {
		int status;

		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	assert_int_equal(fd_read_file(AT_FDCWD, path, 1 << 20, &buf), 0);
	rest = buf_slice(&buf);
	while (slice_next_line(&rest, &line)) {
		assert_int_equal(line.len, 199);
		for (size_t i = 1; i < line.len; i++)
			assert_int_equal(line.data[i], line.data[0]);
		lines++;
	}
	assert_int_equal(lines, 1000);
}

/*
 * A file size limit behaves as a full disk does: a part is written, then nothing more. In a child,
 * because the limit stays.
 */
static void in_child(int (*body)(void))
{
	int status;
	pid_t child = fork();

	if (child == 0)
		_exit(body());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

static int write_beyond_limit(void)
{
	struct rlimit limit = {10, 10};
	struct error error = {0};

	signal(SIGXFSZ, SIG_IGN);
	if (log_file_append(dir, "qmvc.log", slice_cstr("first\n"), &error))
		return 1;
	if (setrlimit(RLIMIT_FSIZE, &limit))
		return 2;
	if (log_file_append(dir, "qmvc.log", slice_cstr("second line\n"), &error) != -EFBIG)
		return 3;
	return strstr(error.text, "qmvc.log") ? 0 : 4;
}

static void test_full_leaves_whole_lines(void **state)
{
	in_child(write_beyond_limit);
	assert_content(path, "first\n"); /* not "first\nseco" */
}

/* A small disk on `dir`, gone with this child; 77 where we may not. */
static int small_disk(void)
{
	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		mount("tmpfs", dir, "tmpfs", 0, "size=4k"))
		return 77;
	return 0;
}

static int write_to_full_disk(void)
{
	static char much[3000];
	struct error error = {0};
	struct stat status;

	if (small_disk())
		return 77;
	if (log_file_append(dir, "qmvc.log", slice_make(much, sizeof(much)), &error))
		return 1;
	if (log_file_append(dir, "qmvc.log", slice_make(much, sizeof(much)), &error) != -ENOSPC)
		return 2;
	if (!strstr(error.text, path))
		return 3;
	return stat(path, &status) == 0 && status.st_size == sizeof(much) ? 0 : 4;
}

static void test_full_disk(void **state)
{
	in_child(write_to_full_disk);
}

static int write_to_read_only(void)
{
	struct error error = {0};

	if (small_disk() || mount("tmpfs", dir, "tmpfs", MS_REMOUNT | MS_RDONLY, "size=4k"))
		return 77;
	if (log_file_append(dir, "qmvc.log", slice_cstr("x\n"), &error) != -EROFS)
		return 1;
	return strstr(error.text, path) ? 0 : 2;
}

static void test_read_only(void **state)
{
	in_child(write_to_read_only);
}

static int write_as_nobody(void)
{
	struct error error = {0};

	if (geteuid() == 0 && (setegid(65534) || seteuid(65534)))
		return 77;
	if (log_file_append(dir, "qmvc.log", slice_cstr("x\n"), &error) != -EACCES)
		return 1;
	return strstr(error.text, dir) ? 0 : 2;
}

static void test_unwritable(void **state)
{
	assert_int_equal(chmod(dir, 0555), 0);
	in_child(write_as_nobody);
	chmod(dir, 0700);
}

/* Until the child sleeps, which it does only for the lock, or has ended. By /proc/PID/stat (proc(5)). */
static void wait_until_it_waits(pid_t child)
{
	char path_of_stat[64], state = 0;

	snprintf(path_of_stat, sizeof(path_of_stat), "/proc/%d/stat", (int)child);
	while (state != 'S' && state != 'Z') {
		FILE *stat_file = fopen(path_of_stat, "re");

		assert_non_null(stat_file);
		assert_int_equal(fscanf(stat_file, "%*d (%*[^)]) %c", &state), 1);
		fclose(stat_file);
	}
}

/* The log was renamed while a writer waited for it: the line goes to the new one. */
static void test_renamed_while_waiting(void **state)
{
	char other[160];
	cleanup_fd int fd = -1;
	pid_t child;
	int status;

	snprintf(other, sizeof(other), "%s/other", dir);
	assert_int_equal(log_file_append(dir, "qmvc.log", slice_cstr("old\n"), NULL), 0);
	fd = open(path, O_RDWR);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	child = fork();
	if (child == 0) {
		close(fd); /* else the lock stays with this copy */
		_exit(log_file_append(dir, "qmvc.log", slice_cstr("new\n"), NULL) ? 1 : 0);
	}
	wait_until_it_waits(child);
	assert_int_equal(rename(path, other), 0);
	assert_int_equal(log_file_append(dir, "qmvc.log", slice_cstr("another\n"), NULL), 0);
	close(take_fd(&fd));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_content(other, "old\n");
	assert_content(path, "another\nnew\n");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_dir, remove_dir)
	const struct CMUnitTest tests[] = {
		TEST(test_append),
		TEST(test_refuses_what_is_no_file),
		TEST(test_many_writers),
		TEST(test_full_leaves_whole_lines),
		TEST(test_unwritable),
		TEST(test_full_disk),
		TEST(test_read_only),
		TEST(test_renamed_while_waiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
