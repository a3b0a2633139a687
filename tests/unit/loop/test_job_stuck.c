/*
 * A child that not even KILL ends must not hold up a mail. Such a one is a scanner that became
 * another user: a copy of this program, made setuid root, is run by nobody and becomes all root.
 * Takes its seconds, hence a program of its own; needs root and a /tmp that allows setuid.
 */
#include "unit.h"

#include "base/fd.h"
#include "loop/job.h"
#include "loop_test.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#define NOBODY 65534
#define CANNOT 1 /* nobody may not run it here, or it may not become root */

struct heard {
	unsigned calls;
	enum job_end end;
	bool stuck;
};

static void on_done(struct job *job, const struct job_result *result, void *context)
{
	struct heard *heard = context;

	heard->calls++;
	heard->end = result->end;
	heard->stuck = result->stuck;
}

/* What the copy does: becomes root, says so, stays. */
static int hold(void)
{
	if (setuid(0) < 0 || write(3, "x", 1) != 1)
		return 1;
	for (;;)
		pause();
}

/* Runs in a process of its own as nobody. Returns 0, CANNOT, or the line that found a fault. */
static int cancel_the_unkillable(const char *program)
{
	struct heard heard = {0};
	struct loop *loop;
	struct job *job;
	char byte;
	int ends[2];
	struct job_options options = {
		.argv = (const char *const[]){program, "--hold", NULL},
		.stdin_fd = -1,
		.extra_count = 1,
	};

	if (setgid(NOBODY) < 0 || setuid(NOBODY) < 0 || pipe2(ends, O_CLOEXEC) < 0)
		return __LINE__;
	options.extra_fds[0] = ends[1];
	if (loop_new(&loop) || job_start(loop, &options, on_done, &heard, &job))
		return __LINE__;
	close(ends[1]);
	if (read(ends[0], &byte, 1) != 1)
		return CANNOT;
	job_cancel(job);
	if (loop_run(loop) || heard.calls != 1)
		return __LINE__;
	if (heard.end != JOB_CANCELLED || !heard.stuck)
		return __LINE__;
	return loop_free(loop) == 0 ? 0 : __LINE__;
}

static void copy_program(const char *to)
{
	cleanup_buf struct buf program = {0};
	cleanup_fd int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);

	assert_true(fd >= 0);
	assert_int_equal(fd_read_file(AT_FDCWD, "/proc/self/exe", 64 << 20, &program), 0);
	assert_int_equal(fd_write_all(fd, buf_slice(&program)), 0);
	assert_int_equal(fchmod(fd, 04755), 0);
}

static void test_unkillable(void **state)
{
	struct loop_test *test = *state;
	char dir[] = "/tmp/qmvc-test-XXXXXX", program[64];
	struct statvfs system;
	int status;
	pid_t pid;

	if (getuid() != 0 || statvfs("/tmp", &system) < 0 ||
		(system.f_flag & (ST_NOSUID | ST_NOEXEC)))
		skip();
	assert_non_null(mkdtemp(dir));
	assert_int_equal(chmod(dir, 0755), 0);
	snprintf(program, sizeof(program), "%s/hold", dir);
	copy_program(program);
	pid = fork();
	if (pid == 0)
		_exit(cancel_the_unkillable(program) & 255);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	unlink(program);
	rmdir(dir);
	if (status == CANNOT << 8)
		skip();
	assert_int_equal(status, 0);
	assert_true(loop_test_has_children()); /* it went on, and is ours now */
	loop_reap_strays(test->loop);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		LOOP_TEST(test_unkillable),
	};

	if (argc > 1 && strcmp(argv[1], "--hold") == 0)
		return hold();
	alarm(60);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
