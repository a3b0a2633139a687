/*
 * Replacing badmailfrom while each call in turn fails, ends the process, or finds that an editor has
 * just written the file: it is always the old one, the new one or the editor's, and whole. The linker
 * puts our functions in front of libc's (--wrap, see meson.build).
 */
#include "unit.h"

#include "base/cleanup.h"
#include "base/fd.h"
#include "programs/block_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>

/* Behind those that have a `dir` of their own. */
#include "../react/tmp_dir.h"

#define OLD    "old@x.example\n"
#define NEW    "old@x.example\nnew@x.example\n"
#define EDIT   "edi@x.example\n" /* as long as the old one */
#define KILLED 99

static int at = -1; /* calls to go until it happens; negative: nothing does */
static enum { FAIL, DIE, RENAMED, IN_PLACE } what;
static char called[64]; /* a letter a call */
static char hit;	/* the call that it happened to */
static int directory;

static void put(const char *name, const char *text)
{
	char path[96];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

/* What an editor does: a new file in its place, or the same one written again. */
static void edit(void)
{
	char from[96], to[96];

	put(what == RENAMED ? "editor" : "badmailfrom", EDIT);
	snprintf(from, sizeof(from), "%s/editor", dir);
	snprintf(to, sizeof(to), "%s/badmailfrom", dir);
	if (what == RENAMED)
		assert_int_equal(rename(from, to), 0);
}

/* Returns whether this call is to fail. */
static bool turn(char letter)
{
	size_t len = strlen(called);

	if (len + 1 < sizeof(called))
		called[len] = letter;
	if (at < 0 || at-- > 0)
		return false;
	hit = letter;
	if (what == DIE)
		_exit(KILLED);
	if (what != FAIL) {
		edit();
		return false;
	}
	errno = EIO;
	return true;
}

#define WRAP(type, name, letter, parameters, arguments) \
	type __real_##name parameters; \
	type __wrap_##name parameters; \
	type __wrap_##name parameters \
	{ \
		return turn(letter) ? -1 : __real_##name arguments; \
	}

WRAP(int, openat64, 'o', (int fd, const char *name, int flags, mode_t mode),
	(fd, name, flags, mode))
WRAP(int, fstatat64, 's', (int fd, const char *name, struct stat *status, int flags),
	(fd, name, status, flags))
WRAP(int, fstat64, 's', (int fd, struct stat *status), (fd, status))
WRAP(ssize_t, read, 'r', (int fd, void *room, size_t size), (fd, room, size))
WRAP(ssize_t, write, 'w', (int fd, const void *data, size_t size), (fd, data, size))
WRAP(int, fchown, 'c', (int fd, uid_t uid, gid_t gid), (fd, uid, gid))
WRAP(int, fchmod, 'm', (int fd, mode_t mode), (fd, mode))
WRAP(int, fsync, 'f', (int fd), (fd))
WRAP(int, flock, 'l', (int fd, int how), (fd, how))
WRAP(int, renameat, 'R', (int from, const char *a, int to, const char *b), (from, a, to, b))
WRAP(int, unlinkat, 'u', (int fd, const char *name, int flags), (fd, name, flags))

static void assert_holds(const char *text)
{
	cleanup_buf struct buf buf = {0};

	assert_int_equal(fd_read_file(directory, "badmailfrom", 1 << 20, &buf), 0);
	assert_slice(buf_slice(&buf), text);
}

static bool exists(const char *name)
{
	return faccessat(directory, name, F_OK, 0) == 0;
}

/* One try; what it read goes into *was. */
static int change(char was[64], struct error *error)
{
	cleanup_arena struct arena arena = {0};
	cleanup_fd int lock = block_file_lock(directory, "control", error);
	struct block_file file;
	int result;

	if (lock < 0)
		return lock;
	result = block_file_read(directory, "control", &arena, &file, error);
	if (result)
		return result;
	snprintf(was, 64, "%.*s", SLICE_ARGS(file.text));
	return block_file_replace(directory, "control", &file, slice_cstr(NEW), error);
}

static int try(char was[64])
{
	struct error error = {0};
	int result = change(was, &error);

	assert_int_equal(error.set, result < 0);
	return result;
}

static void start(void)
{
	at = -1;
	if (directory > 0)
		close(directory);
	directory = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(directory >= 0);
	put("badmailfrom", OLD);
	memset(called, 0, sizeof(called));
}

static void test_order(void **state)
{
	char was[64];

	start();
	assert_int_equal(try(was), 0);
	assert_holds(NEW);
	assert_string_equal(was, OLD);
	/* On disk before it gets its name, and the name before anybody is told. */
	assert_non_null(strstr(called, "owsmfsRf"));
	assert_false(exists(".badmailfrom.new"));
}

static void test_each_call_fails(void **state)
{
	bool reached = true;
	char was[64];

	for (int k = 0; reached; k++) {
		int result;

		start();
		what = FAIL;
		at = k;
		result = try(was);
		reached = at < 0;
		at = -1;
		assert_true(k < 60 && (result || !reached));
		/* Behind rename(2) it is only not on disk for certain. */
		assert_holds(result == 0 || (hit == 'f' && strchr(called, 'R')) ? NEW : OLD);
		assert_int_equal(try(was), 0);
		assert_holds(NEW);
		assert_false(exists(".badmailfrom.new"));
	}
	assert_true(strlen(called) > 10);
}

static void test_ends_in_front_of_each_call(void **state)
{
	int status = -1;
	char was[64];

	for (int k = 0; status != 0; k++) {
		cleanup_buf struct buf buf = {0};
		pid_t pid;

		start();
		pid = fork();
		if (pid == 0) {
			what = DIE;
			at = k;
			_exit(try(was));
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status) && k < 60);
		status = WEXITSTATUS(status);
		assert_true(status == 0 || status == KILLED);
		assert_int_equal(fd_read_file(directory, "badmailfrom", 1 << 20, &buf), 0);
		if (!slice_eq_cstr(buf_slice(&buf), OLD))
			assert_slice(buf_slice(&buf), NEW);
		assert_int_equal(try(was), 0); /* the lock has gone with who held it */
		assert_holds(NEW);
		assert_false(exists(".badmailfrom.new"));
	}
}

/* But for the moment between the last look and rename(2), and what comes after. */
static void editor_at_each_call(int how)
{
	bool met_change = false, renaming = false;

	for (int k = 0; !renaming; k++) {
		char was[64] = "";
		int result;

		start();
		what = how;
		at = k;
		result = try(was);
		at = -1;
		renaming = called[k] == 'R';
		assert_true(k < 60 && called[k]);
		if (renaming)
			break;
		/* Either it was read, or it is found, or what was read is refused as half. */
		if (result == 1)
			assert_holds(EDIT);
		else
			assert_string_equal(was, EDIT);
		met_change |= result == 1;
	}
	assert_true(met_change);
}

static void test_editors(void **state)
{
	editor_at_each_call(RENAMED);
	editor_at_each_call(IN_PLACE);
}

/* It is taken away, or comes, between reading and writing. */
static void test_comes_and_goes(void **state)
{
	cleanup_arena struct arena arena = {0};
	struct block_file file;
	struct error error = {0};

	start();
	assert_int_equal(block_file_read(directory, "control", &arena, &file, &error), 0);
	assert_int_equal(unlinkat(directory, "badmailfrom", 0), 0);
	assert_int_equal(
		block_file_replace(directory, "control", &file, slice_cstr(NEW), &error), 1);
	assert_false(exists("badmailfrom"));
	assert_int_equal(block_file_read(directory, "control", &arena, &file, &error), 0);
	assert_false(file.present);
	put("badmailfrom", EDIT);
	assert_int_equal(
		block_file_replace(directory, "control", &file, slice_cstr(NEW), &error), 1);
	assert_holds(EDIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_dir(test_order),
		in_dir(test_each_call_fails),
		in_dir(test_ends_in_front_of_each_call),
		in_dir(test_editors),
		in_dir(test_comes_and_goes),
	};

	return cmocka_run_group_tests_name("block_file", tests, NULL, NULL);
}
