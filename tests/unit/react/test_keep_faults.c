/*
 * Saving a mail while each system call in turn fails: never a half mail, never a success that is
 * not on disk. The linker puts our functions in front of libc's (--wrap, see meson.build).
 */
#include "unit.h"

#include "base/cleanup.h"
#include "react/keep.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static int fail_in = -1;     /* calls to go until one fails; negative: none does */
static char done[64];	     /* what was done, a letter a call */

/* Returns whether this call is the one to fail. */
static bool turn(char letter)
{
	size_t len = strlen(done);

	if (fail_in >= 0 && fail_in-- == 0) {
		errno = EIO;
		return true;
	}
	if (len + 1 < sizeof(done))
		done[len] = letter;
	return false;
}

int __real_openat64(int dir, const char *name, int flags, mode_t mode);
int __wrap_openat64(int dir, const char *name, int flags, mode_t mode);
int __wrap_openat64(int dir, const char *name, int flags, mode_t mode)
{
	return turn('o') ? -1 : __real_openat64(dir, name, flags, mode);
}

int __real_open64(const char *name, int flags, mode_t mode);
int __wrap_open64(const char *name, int flags, mode_t mode);
int __wrap_open64(const char *name, int flags, mode_t mode)
{
	return turn('o') ? -1 : __real_open64(name, flags, mode);
}

int __real_mkdir(const char *name, mode_t mode);
int __wrap_mkdir(const char *name, mode_t mode);
int __wrap_mkdir(const char *name, mode_t mode)
{
	return turn('m') ? -1 : __real_mkdir(name, mode);
}

int __real_mkdirat(int dir, const char *name, mode_t mode);
int __wrap_mkdirat(int dir, const char *name, mode_t mode);
int __wrap_mkdirat(int dir, const char *name, mode_t mode)
{
	return turn('m') ? -1 : __real_mkdirat(dir, name, mode);
}

ssize_t __real_write(int fd, const void *data, size_t len);
ssize_t __wrap_write(int fd, const void *data, size_t len);
ssize_t __wrap_write(int fd, const void *data, size_t len)
{
	return turn('w') ? -1 : __real_write(fd, data, len);
}

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return -1;
	return turn(S_ISDIR(status.st_mode) ? 'D' : 'F') ? -1 : __real_fsync(fd);
}

int __real_renameat2(int from, const char *a, int to, const char *b, unsigned flags);
int __wrap_renameat2(int from, const char *a, int to, const char *b, unsigned flags);
int __wrap_renameat2(int from, const char *a, int to, const char *b, unsigned flags)
{
	return turn('r') ? -1 : __real_renameat2(from, a, to, b, flags);
}

static char dir[64], save[128];

static int make_dir(void **state)
{
	strcpy(dir, "/tmp/qmvc-test-XXXXXX");
	snprintf(save, sizeof(save), "%s/save", mkdtemp(dir) ? dir : "");
	return dir[0] ? 0 : -1;
}

static int remove_dir(void **state)
{
	char command[160];

	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	return system(command);
}

/* Saves with the call number `fault` failing, or none when negative. */
static int keep_with_fault(int fault, bool *failed)
{
	cleanup_arena struct arena arena = {0};
	struct keep_request request = {.save = save, .id = "0dk3",
		.message = slice_cstr("message"), .result = slice_cstr("result")};
	struct error error = {0};
	const char *path = NULL;
	int result;

	memset(done, 0, sizeof(done));
	fail_in = fault;
	result = keep_mail(&request, &arena, &path, &error);
	*failed = fault >= 0 && fail_in < 0;
	fail_in = -1;
	assert_int_equal(result == 0, path != NULL);
	assert_int_equal(result == 0, !error.set);
	if (result)
		assert_non_null(strstr(error.text, save));
	return result;
}

/* Files before their directory, all of it before the name, the name before the answer. */
static void test_order(void **state)
{
	bool failed;

	assert_int_equal(keep_with_fault(-1, &failed), 0);
	assert_string_equal(done, "momoowFowFDrD");
}

static void test_each_call_fails(void **state)
{
	bool failed = true;
	int fault;

	for (fault = 0; failed; fault++) {
		int result = keep_with_fault(fault, &failed);

		if (!failed) {
			assert_int_equal(result, 0);
			break;
		}
		assert_int_equal(result, -EIO);
		/* Nothing is in it: else rmdir(2) would not do it. */
		if (rmdir(save) < 0)
			assert_int_equal(errno, ENOENT);
	}
	assert_int_equal(fault, strlen("momoowFowFDrD"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_order, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(test_each_call_fails, make_dir, remove_dir),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
