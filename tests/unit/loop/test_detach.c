/*
 * A daemon that is started outlives us: it is no child, not killed as a stray, holds nothing of ours,
 * and a program that cannot be started is told at once.
 */
#include "unit.h"

#include "base/fd.h"
#include "loop/detach.h"
#include "loop/job.h"
#include "loop_test.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/socket.h>

static void start(const char *script, int given)
{
	const char *const argv[] = {"/bin/sh", "-c", script, NULL};
	const struct detach_options options = {
		.argv = argv, .fds = {given}, .fd_count = given >= 0};

	assert_int_equal(detach_start(&options), 0);
}

/* Everything the daemon writes to its descriptor 3 until it closes it. */
static char *hear(const char *script, int *pair)
{
	static char text[4096];
	struct buf buf = {0};

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	start(script, pair[1]);
	close(pair[1]);
	assert_int_equal(fd_read_all(pair[0], sizeof(text) - 1, &buf), 0);
	close(pair[0]);
	snprintf(text, sizeof(text), "%s", buf_cstr(&buf));
	buf_release(&buf);
	return text;
}

static void test_is_a_daemon(void **state)
{
	int pair[2];
	char *text;

	(void)state;
	text = hear("exec >&3; pwd; umask; readlink /proc/$$/fd/0 /proc/$$/fd/2; for n in 4 5 6 7 8 9 "
		    "10 63 64 65 66 67; do [ -e /proc/$$/fd/$n ] && echo open $n; done",
		pair);
	assert_string_equal(text, "/\n0077\n/dev/null\n/dev/null\n");
}

/* Nothing of ours stays open in it: the end of a pipe is seen while it runs. */
static void test_holds_nothing(void **state)
{
	int ends[2], pair[2];
	char byte;

	(void)state;
	assert_int_equal(pipe(ends), 0); /* not even close-on-exec */
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	start("read line <&3", pair[1]);
	close(pair[1]);
	close(ends[1]);
	assert_int_equal(read(ends[0], &byte, 1), 0);
	assert_int_equal(write(pair[0], "\n", 1), 1);
	assert_int_equal(read(pair[0], &byte, 1), 0);
	close(pair[0]);
	close(ends[0]);
}

static void ignore(struct job *job, const struct job_result *result, void *context)
{
	(void)job;
	(void)context;
	(void)result;
}

/* Neither a job that is killed, whose strays are sought, nor the end of the loop ends it. */
static void test_outlives_strays(void **state)
{
	static const char *const argv[] = {"/bin/sh", "-c", "sleep 300", NULL};
	const struct job_options options = {.argv = argv, .stdin_fd = -1};
	struct loop_test *test = *state;
	struct job *job;
	int pair[2], reaper = 0;
	char byte = '\n';

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	assert_int_equal(job_start(test->loop, &options, ignore, NULL, &job), 0);
	start("read line <&3; echo lives >&3", pair[1]);
	close(pair[1]);
	assert_int_equal(prctl(PR_GET_CHILD_SUBREAPER, &reaper), 0);
	assert_int_equal(reaper, 1);
	job_cancel(job);
	assert_int_equal(loop_run(test->loop), 0);
	loop_reap_strays(test->loop);
	assert_false(loop_test_has_children());
	assert_int_equal(loop_free(test->loop), 0);
	test->loop = NULL;
	assert_int_equal(write(pair[0], &byte, 1), 1);
	assert_int_equal(read(pair[0], &byte, 1), 1);
	assert_int_equal(byte, 'l');
	close(pair[0]);
}

static void test_failures(void **state)
{
	const char *argv[] = {"/nonexistent", NULL};
	struct detach_options options = {.argv = argv};

	(void)state;
	assert_int_equal(detach_start(&options), -ENOENT);
	argv[0] = "/etc/passwd";
	assert_int_equal(detach_start(&options), -EACCES);
	argv[0] = "relative";
	assert_int_equal(detach_start(&options), -EINVAL);
}

/* Descriptors that lie where others have to go. */
static void test_fds_that_overlap(void **state)
{
	static const char *const argv[] = {
		"/bin/sh", "-c", "echo three >&3; echo four >&4; echo five >&5; exit", NULL};
	struct detach_options options = {.argv = argv, .fd_count = 3};
	struct buf buf = {0};
	int pipes[3][2];

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(pipe2(pipes[i], O_CLOEXEC), 0);
	for (int i = 0; i < 3; i++)
		options.fds[i] = pipes[2 - i][1];
	assert_int_equal(detach_start(&options), 0);
	for (int i = 0; i < 3; i++) {
		close(pipes[i][1]);
		assert_int_equal(fd_read_all(pipes[i][0], 100, &buf), 0);
		close(pipes[i][0]);
	}
	assert_slice(buf_slice(&buf), "five\nfour\nthree\n");
	buf_release(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOOP_TEST(test_is_a_daemon),
		LOOP_TEST(test_holds_nothing),
		LOOP_TEST(test_outlives_strays),
		LOOP_TEST(test_failures),
		LOOP_TEST(test_fds_that_overlap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
