/* The loop itself: strays, and what loop_free() says of things left behind. */
#include "unit.h"

#include "base/fd.h"
#include "loop/conn.h"
#include "loop/deadline.h"
#include "loop/job.h"
#include "loop_test.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

static void on_done(struct job *job, const struct job_result *result, void *context)
{
	++*(unsigned *)context;
}

static void on_event(struct conn *conn, enum conn_event event, struct slice data, int error,
	void *context)
{
	++*(unsigned *)context;
}

static void on_fired(struct deadline *deadline, void *context)
{
	++*(unsigned *)context;
}

static const char *const environment[] = {"PATH=/usr/bin:/bin", NULL};

static struct job *start(struct loop_test *test, const char *script, unsigned *calls)
{
	const struct job_options options = {
		.argv = (const char *const[]){"/bin/sh", "-c", script, NULL},
		.envp = environment,
		.stdin_fd = -1,
	};
	struct job *job;

	assert_int_equal(job_start(test->loop, &options, on_done, calls, &job), 0);
	return job;
}

static void test_empty(void **state)
{
	struct loop_test *test = *state;

	assert_int_equal(loop_run(test->loop), 0);
	assert_false(loop_turn(test->loop, true)); /* nothing to wait for */
	assert_int_equal(loop_free(NULL), 0);
}

/* Whoever started us may have ignored or blocked what we need. */
static void test_process_is_prepared(void **state)
{
	struct sigaction action;
	struct loop *loop;
	sigset_t set;
	int subreaper = 0;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	assert_int_equal(loop_new(&loop), 0);
	sigprocmask(SIG_BLOCK, NULL, &set);
	assert_false(sigismember(&set, SIGCHLD));
	sigaction(SIGPIPE, NULL, &action);
	assert_true(action.sa_handler == SIG_IGN);
	assert_int_equal(prctl(PR_GET_CHILD_SUBREAPER, &subreaper), 0);
	assert_int_equal(subreaper, 1);
	assert_int_equal(loop_free(loop), 0);
}

/* Started by somebody careless; what a job gets must be right even then. */
static void test_closed_standard_fds(void **state)
{
	for (int closed = 1; closed < 8; closed++) {
		pid_t pid = fork();
		int status;

		if (pid == 0) {
			struct loop_test inner;
			unsigned calls = 0;

			for (int fd = 0; fd <= 2; fd++)
				if (closed & 1 << fd)
					close(fd);
			if (loop_new(&inner.loop))
				_exit(1);
			start(&inner, "exit 0", &calls);
			loop_run(inner.loop);
			_exit(calls == 1 && loop_free(inner.loop) == 0 ? 0 : 2);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
	}
}

/* How many of the descriptors below `limit` are free, when all are taken but `wanted`. */
static int leave_free(int limit, int wanted)
{
	int ours[64], count = 0;

	for (int fd = 3; fd < limit; fd++)
		if (fcntl(fd, F_GETFD) < 0 && dup2(STDIN_FILENO, fd) == fd)
			ours[count++] = fd;
	for (int i = 0; i < wanted && i < count; i++) /* here and there */
		close(ours[i * 7 % count]);
	wanted = 0;
	for (int fd = 0; fd < limit; fd++)
		wanted += fcntl(fd, F_GETFD) < 0;
	return wanted;
}

/* Too few descriptors for libuv, which would abort over that, are an error; enough are enough. */
static void test_few_descriptors(void **state)
{
	enum { NEEDED = 8 };

	for (int limit = 16; limit < 40; limit += 4) {
		for (int wanted = 0; wanted < 12; wanted++) {
			pid_t pid = fork();
			int status;

			if (pid == 0) {
				struct rlimit few = {(rlim_t)limit, (rlim_t)limit};
				int left = leave_free(limit, wanted);
				struct loop *loop;

				if (setrlimit(RLIMIT_NOFILE, &few) < 0)
					_exit(2);
				_exit(loop_new(&loop) == (left < NEEDED ? -EMFILE : 0) ? 0 : 1);
			}
			assert_int_equal(waitpid(pid, &status, 0), pid);
			assert_int_equal(status, 0);
		}
	}
}

/* Children no job knows, with children of their own, in sessions of their own. */
static void make_strays(void)
{
	int ends[2];
	char byte;

	assert_int_equal(pipe(ends), 0);
	for (int i = 0; i < 3; i++) {
		if (fork() == 0) {
			setsid();
			close(ends[0]);
			if (fork() == 0) {
				setsid();
				if (fork() == 0)
					setsid();
			}
			if (write(ends[1], "x", 1) == 1)
				for (;;)
					pause();
			_exit(1);
		}
	}
	for (int i = 0; i < 9; i++) /* until all nine are there */
		assert_int_equal(read(ends[0], &byte, 1), 1);
	close(ends[0]);
	close(ends[1]);
}

static void test_strays_are_reaped(void **state)
{
	struct loop_test *test = *state;

	make_strays();
	assert_true(loop_test_has_children());
	loop_reap_strays(test->loop);
	assert_false(loop_test_has_children());
	loop_reap_strays(test->loop); /* nothing to do */
	make_strays();
	loop_test_end(test, 0); /* loop_free() does it too */
}

/* Nothing is left running either when the process ends next; what still runs is a fault as ever. */
static void test_leaving(void **state)
{
	struct loop_test *test = *state;
	unsigned calls = 0;

	assert_int_equal(loop_leave(NULL), 0);
	make_strays();
	assert_int_equal(loop_leave(test->loop), 0);
	assert_false(loop_test_has_children());
	start(test, "sleep 1000 & setsid sleep 1000 & sleep 1000", &calls);
	assert_int_equal(loop_leave(test->loop), 1);
	assert_false(loop_test_has_children());
	test->loop = NULL;
}

/* A job that runs is nobody's stray, and its status stays libuv's. */
static void test_strays_spare_jobs(void **state)
{
	struct loop_test *test = *state;
	unsigned calls = 0;
	struct job *job = start(test, "sleep 1000", &calls);

	make_strays();
	loop_reap_strays(test->loop);
	for (int i = 0; i < 3; i++)
		assert_true(loop_turn(test->loop, false));
	assert_int_equal(calls, 0); /* alive */
	job_cancel(job);
	assert_int_equal(loop_run(test->loop), 0);
	assert_int_equal(calls, 1);
	assert_false(loop_test_has_children()); /* what was put off has been done */
}

/* loop_free() ends what was forgotten, says how much it was, and tells nobody else. */
static void test_left_behind(void **state)
{
	struct loop_test *test = *state;
	unsigned calls = 0;
	struct conn *conn;
	struct deadline *deadline;
	int ends[2];

	start(test, "sleep 1000 & setsid sleep 1000 & sleep 1000", &calls);
	start(test, "exit 0", &calls);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	assert_int_equal(conn_adopt(test->loop, ends[0], on_event, &calls, &conn), 0);
	conn_send_fd(conn, fd_in_memory(slice_cstr("x")));
	assert_int_equal(conn_open(test->loop, "/nonexistent", NULL, 0, 0, on_event, &calls, &conn),
		0);
	assert_int_equal(deadline_start(test->loop, 600000, on_fired, &calls, &deadline), 0);
	close(ends[1]);
	loop_test_end(test, 5);
	assert_int_equal(calls, 0);
}

/*
 * Cancelled is not ended: a job and a conn still owe their last word; a deadline owes none, and
 * neither does a job that was abandoned.
 */
static void test_left_behind_after_cancel(void **state)
{
	struct loop_test *test = *state;
	unsigned calls = 0;
	struct conn *conn;
	struct deadline *deadline;

	job_cancel(start(test, "sleep 1000", &calls));
	job_abandon(start(test, "sleep 1000", &calls));
	assert_int_equal(conn_open(test->loop, "/nonexistent", NULL, 0, 0, on_event, &calls, &conn),
		0);
	conn_close(conn);
	assert_int_equal(deadline_start(test->loop, 600000, on_fired, &calls, &deadline), 0);
	deadline_cancel(deadline);
	loop_test_end(test, 2);
	assert_int_equal(calls, 0);
}

/* What could not be started owes nothing, whether the loop turns once more or not. */
static void test_failed_starts(void **state)
{
	struct loop_test *test = *state;
	const struct job_options options = {
		.argv = (const char *const[]){"/nonexistent", NULL},
		.stdin_fd = -1,
	};
	struct job *job;
	struct conn *conn;

	assert_int_equal(job_start(test->loop, &options, on_done, NULL, &job), -ENOENT);
	assert_int_equal(conn_open(test->loop, "", NULL, 0, 0, on_event, NULL, &conn), -EINVAL);
	loop_test_end(test, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOOP_TEST(test_empty),
		LOOP_TEST(test_process_is_prepared),
		LOOP_TEST(test_closed_standard_fds),
		LOOP_TEST(test_few_descriptors),
		LOOP_TEST(test_strays_are_reaped),
		LOOP_TEST(test_leaving),
		LOOP_TEST(test_strays_spare_jobs),
		LOOP_TEST(test_left_behind),
		LOOP_TEST(test_left_behind_after_cancel),
		LOOP_TEST(test_failed_starts),
	};

	alarm(120); /* a hang is a failure, not a wait */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
