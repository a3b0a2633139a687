/* Saved mail: what is there afterwards, under which name, and that a failure leaves nothing. */
#include "unit.h"

#include "base/cleanup.h"
#include "base/fd.h"
#include "react/keep.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

static char dir[64], save[128];

static int make_dir(void **state)
{
	strcpy(dir, "/tmp/qmvc-test-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(save, sizeof(save), "%s/save", dir);
	return 0;
}

static int remove_dir(void **state)
{
	char command[160];

	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	return system(command);
}

static struct keep_request request_of(const char *message)
{
	return (struct keep_request){.save = save, .id = "0dk3", .message = slice_cstr(message),
		.result = slice_cstr("Id: 0dk3\n\n")};
}

static void assert_file(const char *path, const char *name, struct slice want)
{
	cleanup_buf struct buf buf = {0};
	char file[256];
	struct stat status;

	snprintf(file, sizeof(file), "%s/%s", path, name);
	assert_int_equal(stat(file, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	assert_int_equal(fd_read_file(AT_FDCWD, file, SIZE_MAX, &buf), 0);
	assert_true(slice_eq(buf_slice(&buf), want));
}

/* How many entries `path` has, hidden ones too. */
static int entries(const char *path)
{
	cleanup_dir DIR *list = opendir(path);
	int count = 0;

	assert_non_null(list);
	while (readdir(list))
		count++;
	return count - 2; /* . and .. */
}

static void test_keep(void **state)
{
	cleanup_arena struct arena arena = {0};
	struct keep_request request = request_of("Subject: x\n\nbody\n");
	struct error error = {0};
	const char *path = NULL, *second = NULL;
	struct stat status;

	assert_int_equal(keep_mail(&request, &arena, &path, &error), 0);
	assert_non_null(strstr(path, "/save/0dk3"));
	assert_file(path, "message", request.message);
	assert_file(path, "result", request.result);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0700);
	/* The same id again, by whatever accident: beside the first, not over it. */
	request.message = slice_cstr("another\n");
	assert_int_equal(keep_mail(&request, &arena, &second, &error), 0);
	assert_string_not_equal(path, second);
	assert_file(second, "message", request.message);
	assert_file(path, "message", slice_cstr("Subject: x\n\nbody\n"));
	assert_int_equal(entries(save), 2);
	assert_false(error.set);
}

static void test_inspect_is_named_after_sender(void **state)
{
	cleanup_arena struct arena arena = {0};
	struct keep_request request = request_of("x");
	const char *path = NULL;

	request.sender = slice_cstr("../../etc/bob@example.org");
	assert_int_equal(keep_mail(&request, &arena, &path, NULL), 0);
	assert_non_null(strstr(path, "/save/_._.._etc_bob@example.org.0dk3"));
	assert_int_equal(entries(save), 1);
}

/* A left-over of a crash does not stop the next one. */
static void test_left_over(void **state)
{
	cleanup_arena struct arena arena = {0};
	struct keep_request request = request_of("x");
	const char *path = NULL;
	char left[160];

	assert_int_equal(mkdir(save, 0700), 0);
	snprintf(left, sizeof(left), "%s/.new-0dk3", save);
	assert_int_equal(mkdir(left, 0700), 0);
	assert_int_equal(keep_mail(&request, &arena, &path, NULL), 0);
	assert_file(path, "message", request.message);
	assert_int_equal(rmdir(left), 0); /* not touched */
}

/* An empty directory of that name would be replaced by a plain rename(2). */
static void test_never_replaces(void **state)
{
	cleanup_arena struct arena arena = {0};
	struct keep_request request = request_of("x");
	const char *path = NULL;
	char taken[160];

	assert_int_equal(mkdir(save, 0700), 0);
	snprintf(taken, sizeof(taken), "%s/0dk3", save);
	assert_int_equal(mkdir(taken, 0700), 0);
	assert_int_equal(keep_mail(&request, &arena, &path, NULL), 0);
	assert_string_not_equal(path, taken);
	assert_int_equal(entries(taken), 0);
}

static void test_large_and_mapped(void **state)
{
	cleanup_arena struct arena arena = {0};
	struct keep_request request = request_of("x");
	size_t size = 5 * 1024 * 1024 + 17;
	cleanup_fd int fd = memfd_create("test", MFD_CLOEXEC);
	const char *path = NULL;
	unsigned char *mapped;

	assert_int_equal(ftruncate(fd, (off_t)size), 0);
	mapped = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_true(mapped != MAP_FAILED);
	for (size_t i = 0; i < size; i++)
		mapped[i] = (unsigned char)(i * 31 >> 3);
	request.message = slice_make(mapped, size);
	assert_int_equal(keep_mail(&request, &arena, &path, NULL), 0);
	assert_file(path, "message", request.message);
	munmap(mapped, size);
}

static void test_bad_ids(void **state)
{
	static const char *const ids[] = {"", ".", "..", ".x", "a/b", "/",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
	cleanup_arena struct arena arena = {0};
	struct keep_request request = request_of("x");
	const char *path = NULL;

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		struct error error = {0};

		request.id = ids[i];
		assert_int_equal(keep_mail(&request, &arena, &path, &error), -EINVAL);
		assert_true(error.set);
	}
	assert_null(path);
	assert_int_equal(entries(dir), 0);
}

static void test_save_is_no_directory(void **state)
{
	cleanup_arena struct arena arena = {0};
	struct keep_request request = request_of("x");
	struct error error = {0};
	const char *path = NULL;

	close(open(save, O_CREAT | O_WRONLY, 0600));
	assert_int_equal(keep_mail(&request, &arena, &path, &error), -ENOTDIR);
	assert_non_null(strstr(error.text, save));
}

static void test_safe_names(void **state)
{
	cleanup_arena struct arena arena = {0};
	char many[300];

	memset(many, 'x', sizeof(many));
	assert_string_equal(keep_safe_name(&arena, slice_cstr("Bob+tag=1-2_3@a.b")),
		"Bob+tag=1-2_3@a.b");
	assert_string_equal(keep_safe_name(&arena, slice_cstr("a b\n/\\\"';`$\x7f\xc3\xa4")),
		"a_b___________");
	assert_string_equal(keep_safe_name(&arena, slice_cstr("..")), "_.");
	assert_string_equal(keep_safe_name(&arena, slice_cstr("-rf")), "_rf");
	assert_string_equal(keep_safe_name(&arena, SLICE_EMPTY), "_");
	assert_string_equal(keep_safe_name(&arena, slice_make("a\0b", 3)), "a_b");
	assert_int_equal(strlen(keep_safe_name(&arena, slice_make(many, sizeof(many)))), 64);
}

/* --- a full disk --------------------------------------------------------- */

static int keep_much(int want)
{
	static char much[256 * 1024];
	struct arena arena = {0};
	struct error error = {0};
	struct keep_request request = request_of("x");
	const char *path = NULL;
	int got;

	memset(much, 'm', sizeof(much));
	request.message = slice_make(much, sizeof(much));
	got = keep_mail(&request, &arena, &path, &error);
	arena_release(&arena);
	if (got != want)
		return 2;
	if (!strstr(error.text, save))
		return 3;
	return path == NULL && entries(save) == 0 ? 0 : 4;
}

static int within_file_limit(void)
{
	struct rlimit limit = {100000, 100000};

	signal(SIGXFSZ, SIG_IGN);
	return setrlimit(RLIMIT_FSIZE, &limit) ? 77 : keep_much(-EFBIG);
}

/* A small disk on `save`, gone with this child; 77 where we are not root, or may not. */
static int on_disk(const char *options)
{
	if (mkdir(save, 0700) || unshare(CLONE_NEWNS) ||
		mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		mount("tmpfs", save, "tmpfs", 0, options))
		return 77;
	return keep_much(-ENOSPC);
}

static int on_a_tiny_disk(void)
{
	return on_disk("size=128k");
}

/* Room for the root, our directory and one file: `result` finds none. */
static int without_inodes(void)
{
	return on_disk("size=4m,nr_inodes=3");
}

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

static void test_file_limit(void **state)
{
	in_child(within_file_limit);
}

static void test_full_disk(void **state)
{
	in_child(on_a_tiny_disk);
}

static void test_no_inodes(void **state)
{
	in_child(without_inodes);
}

/* The mail has to wait after all: the next try keeps it under the same name again. */
static void test_undo(void **state)
{
	cleanup_arena struct arena arena = {0};
	struct keep_request request = request_of("Subject: x\n\nbody\n");
	const char *path, *again;

	assert_int_equal(keep_mail(&request, &arena, &path, NULL), 0);
	keep_undo(path);
	assert_int_equal(access(path, F_OK), -1);
	keep_undo(path);
	assert_int_equal(keep_mail(&request, &arena, &again, NULL), 0);
	assert_string_equal(path, again);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_dir, remove_dir)
	const struct CMUnitTest tests[] = {
		TEST(test_keep),
		TEST(test_inspect_is_named_after_sender),
		TEST(test_left_over),
		TEST(test_never_replaces),
		TEST(test_large_and_mapped),
		TEST(test_bad_ids),
		TEST(test_save_is_no_directory),
		TEST(test_file_limit),
		TEST(test_full_disk),
		TEST(test_no_inodes),
		TEST(test_undo),
		cmocka_unit_test(test_safe_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
