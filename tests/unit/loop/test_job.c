/* Child processes: how they end, what they write, what they leave behind. */
#include "unit.h"

#include "base/buf.h"
#include "base/fd.h"
#include "loop/job.h"
#include "loop_test.h"

#include <errno.h>

/* A job and what was heard of it. */
struct watched {
	struct job *job;
	unsigned calls;
	struct job_result result; /* but out and err */
	struct buf out, err;
	struct job *cancel; /* another one to cancel in its callback */
	bool had_children;
};

static void on_done(struct job *job, const struct job_result *result, void *context)
{
	struct watched *watched = context;

	assert_ptr_equal(job, watched->job);
	watched->calls++;
	watched->result = *result;
	watched->had_children = loop_test_has_children();
	buf_add(&watched->out, result->out);
	buf_add(&watched->err, result->err);
	job_cancel(job); /* legal and without effect: this is its end */
	if (watched->cancel)
		job_cancel(watched->cancel);
}

static void release(struct watched *watched)
{
	buf_release(&watched->out);
	buf_release(&watched->err);
}

#define cleanup_watched __attribute__((cleanup(release)))

static const char *const environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin", NULL};

/* Options for a shell script; argv must live as long. */
#define SHELL(script)                                                                              \
	{                                                                                          \
		.argv = (const char *const[]){"/bin/sh", "-c", script, NULL}, .envp = environment, \
		.stdin_fd = -1, .stdout_limit = 1000, .stderr_limit = 1000,                        \
	}

static void start(struct loop_test *test, const struct job_options *options, struct watched *watched)
{
	assert_int_equal(job_start(test->loop, options, on_done, watched, &watched->job), 0);
	assert_int_equal(watched->calls, 0);
}

static void run(struct loop_test *test, const struct job_options *options, struct watched *watched)
{
	start(test, options, watched);
	assert_int_equal(loop_run(test->loop), 0);
	assert_int_equal(watched->calls, 1);
	assert_false(watched->result.stuck);
}

static void test_exit_codes(void **state)
{
	static const char *const scripts[] = {"exit 0", "exit 1", "exit 111", "exit 255"};
	static const int codes[] = {0, 1, 111, 255};

	for (unsigned i = 0; i < 4; i++) {
		cleanup_watched struct watched watched = {0};
		struct job_options options = SHELL(scripts[i]);

		run(*state, &options, &watched);
		assert_int_equal(watched.result.end, JOB_EXITED);
		assert_int_equal(watched.result.exit_code, codes[i]);
		assert_int_equal(watched.result.signal, 0);
		assert_false(watched.result.flooded);
		assert_false(watched.had_children);
		assert_true(watched.result.wall_us > 0);
	}
}

static void test_signal(void **state)
{
	cleanup_watched struct watched watched = {0};
	struct job_options options = SHELL("echo last words; kill -SEGV $$");

	run(*state, &options, &watched);
	assert_int_equal(watched.result.end, JOB_SIGNALED);
	assert_int_equal(watched.result.signal, SIGSEGV);
	assert_slice(buf_slice(&watched.out), "last words\n");
}

static void test_streams_apart(void **state)
{
	cleanup_watched struct watched watched = {0};
	struct job_options options =
		SHELL("echo out; echo err >&2; echo dev >/dev/stderr; echo dev >/dev/stdout");

	run(*state, &options, &watched);
	assert_slice(buf_slice(&watched.out), "out\ndev\n");
	assert_slice(buf_slice(&watched.err), "err\ndev\n");
}

static void test_output_bounds(void **state)
{
	static const char *const scripts[] = {"printf 01234", "printf 012345", "printf 0123456"};

	for (unsigned i = 0; i < 3; i++) {
		cleanup_watched struct watched watched = {0};
		struct job_options options = SHELL(scripts[i]);

		options.stdout_limit = 6;
		run(*state, &options, &watched);
		assert_slice(buf_slice(&watched.out), i == 0 ? "01234" : "012345");
		assert_int_equal(watched.result.flooded, i == 2);
	}
}

static void test_flood(void **state)
{
	cleanup_watched struct watched watched = {0};
	struct job_options options =
		SHELL("head -c 10485760 /dev/zero; head -c 10485760 /dev/zero >&2; exit 7");

	options.stderr_limit = 0;
	run(*state, &options, &watched);
	assert_int_equal(watched.result.end, JOB_EXITED);
	assert_int_equal(watched.result.exit_code, 7);
	assert_true(watched.result.flooded);
	assert_int_equal(watched.out.len, 1000);
	assert_int_equal(watched.err.len, 0);
}

#define MUCH 300000

/* Puts more into the pipe than one read takes, and ends. */
static int write_much(void)
{
	static const char bytes[MUCH];

	if (fcntl(1, F_SETPIPE_SZ, 1 << 20) < 0)
		return 1;
	return write(1, bytes, sizeof(bytes)) == (ssize_t)sizeof(bytes) ? 0 : 2;
}

/* All of what was written before the exit counts, and is there when it is reported. */
static void test_pipe_full_at_exit(void **state)
{
	cleanup_watched struct watched watched = {0};
	struct job_options options = {
		.argv = (const char *const[]){"/proc/self/exe", "--write-much", NULL},
		.stdin_fd = -1,
		.stdout_limit = MUCH,
	};

	start(*state, &options, &watched);
	/* Not turned before the child is dead: the exit and the bytes come in one turn. */
	assert_int_equal(waitid(P_ALL, 0, &(siginfo_t){0}, WEXITED | WNOWAIT), 0);
	assert_int_equal(loop_run(((struct loop_test *)*state)->loop), 0);
	assert_int_equal(watched.result.exit_code, 0);
	assert_int_equal(watched.out.len, MUCH);
	assert_false(watched.result.flooded);
}

static void test_closes_stdout_early(void **state)
{
	cleanup_watched struct watched watched = {0};
	struct job_options options = SHELL("echo a; exec >&-; echo b >&2; exec 2>&-; sleep 0.05; exit 5");

	run(*state, &options, &watched);
	assert_int_equal(watched.result.exit_code, 5);
	assert_slice(buf_slice(&watched.out), "a\n");
	assert_slice(buf_slice(&watched.err), "b\n");
}

static void test_timeout(void **state)
{
	cleanup_watched struct watched watched = {0};
	struct job_options options =
		SHELL("trap 'echo bye; exit 3' TERM; echo on; while :; do sleep 0.01; done");

	options.timeout_ms = 200;
	run(*state, &options, &watched);
	assert_int_equal(watched.result.end, JOB_TIMED_OUT);
	if (watched.out.len > 0) /* it had come so far */
		assert_slice(buf_slice(&watched.out), "on\nbye\n");
	assert_false(watched.had_children);
}

static void test_timeout_ignores_term(void **state)
{
	cleanup_watched struct watched watched = {0};
	struct job_options options = SHELL("trap '' TERM; sleep 1000; sleep 1000");

	options.timeout_ms = 100;
	options.grace_ms = 50;
	run(*state, &options, &watched);
	assert_int_equal(watched.result.end, JOB_TIMED_OUT);
	assert_int_equal(watched.result.exit_code, 0);
	assert_false(watched.had_children);
}

static void test_timeout_stopped(void **state)
{
	cleanup_watched struct watched watched = {0};
	struct job_options options = SHELL("kill -STOP $$");

	options.timeout_ms = 50;
	options.grace_ms = 600000; /* TERM does it */
	run(*state, &options, &watched);
	assert_int_equal(watched.result.end, JOB_TIMED_OUT);
}

/* Each leaves something that would hold the pipes for ever. */
static void test_grandchildren(void **state)
{
	static const char *const scripts[] = {
		"sleep 1000 & echo said",
		"sleep 1000 & sleep 1000 & (sleep 1000 & sleep 1000) & echo said",
		"(trap '' TERM HUP; sleep 1000; sleep 1000) & echo said",
		"setsid sleep 1000 & echo said",
		"( (setsid sleep 1000 &) & ) ; echo said",
		"setsid sh -c 'setsid sleep 1000 & setsid sleep 1000 & wait' & echo said",
		"setsid sh -c 'while :; do echo noise; done' >&2 & echo said",
		"setsid yes >&2 & echo said",
	};

	for (unsigned i = 0; i < sizeof(scripts) / sizeof(*scripts); i++) {
		cleanup_watched struct watched watched = {0};
		struct job_options options = SHELL(scripts[i]);

		run(*state, &options, &watched);
		assert_int_equal(watched.result.end, JOB_EXITED);
		assert_slice(buf_slice(&watched.out), "said\n");
		assert_false(watched.had_children);
	}
}

/*
 * A grandchild that holds no pipe. The shell's $() waits until it has let go of them: stdout is the
 * last it closes.
 */
#define DETACHED "exec sleep 1000 2>/dev/null </dev/null >/dev/null"
#define IN_GROUP "x=$( (sh -c '" DETACHED "' &) )\n"
#define A_DAEMON "x=$( (setsid sh -c '" DETACHED "' &) )\n"

/* Those of the group die with it; who left it properly may stay until loop_free(). */
static void test_group_dies(void **state)
{
	cleanup_watched struct watched watched = {0};
	struct job_options options = SHELL(IN_GROUP);

	run(*state, &options, &watched);
	assert_false(watched.had_children);
}

static void test_daemon_stays(void **state)
{
	cleanup_watched struct watched watched = {0};
	struct job_options options = SHELL(A_DAEMON);

	run(*state, &options, &watched);
	assert_int_equal(watched.result.end, JOB_EXITED);
	assert_true(watched.had_children); /* loop_free() ends it: the teardown looks */
}

static void test_cannot_start(void **state)
{
	struct loop_test *test = *state;
	struct job_options options = {.stdin_fd = -1};
	struct job *job = NULL;

	options.argv = (const char *const[]){"/nonexistent/program", NULL};
	assert_int_equal(job_start(test->loop, &options, on_done, NULL, &job), -ENOENT);
	options.argv = (const char *const[]){"/etc/passwd", NULL};
	assert_int_equal(job_start(test->loop, &options, on_done, NULL, &job), -EACCES);
	options.argv = (const char *const[]){"sh", NULL};
	assert_int_equal(job_start(test->loop, &options, on_done, NULL, &job), -EINVAL);
	options.argv = (const char *const[]){NULL};
	assert_int_equal(job_start(test->loop, &options, on_done, NULL, &job), -EINVAL);
	options.argv = (const char *const[]){"/bin/true", NULL};
	options.extra_count = JOB_EXTRA_FDS + 1;
	assert_int_equal(job_start(test->loop, &options, on_done, NULL, &job), -EINVAL);
	options.extra_count = 0;
	options.directory = "/nonexistent";
	assert_int_equal(job_start(test->loop, &options, on_done, NULL, &job), -ENOENT);
	assert_null(job);
	assert_false(loop_test_has_children());
	assert_int_equal(loop_run(test->loop), 0);
}

static void test_stdin(void **state)
{
	cleanup_fd int fd = fd_in_memory(slice_cstr("from the caller"));

	for (int given = 0; given < 2; given++) {
		cleanup_watched struct watched watched = {0};
		struct job_options options = SHELL("cat; readlink /proc/self/fd/0 | grep -o null");

		options.stdin_fd = given ? fd : -1;
		run(*state, &options, &watched);
		assert_slice(buf_slice(&watched.out), given ? "from the caller" : "null\n");
	}
	assert_true(fcntl(fd, F_GETFD) >= 0); /* stays ours */
}

static void test_environment_and_directory(void **state)
{
	cleanup_watched struct watched exact = {0}, none = {0}, where = {0};
	struct job_options options = {
		.argv = (const char *const[]){"/usr/bin/env", NULL},
		.envp = (const char *const[]){"A=1", "B=two words", NULL},
		.stdin_fd = -1,
		.stdout_limit = 1000,
	};

	run(*state, &options, &exact);
	assert_slice(buf_slice(&exact.out), "A=1\nB=two words\n");
	options.envp = NULL;
	run(*state, &options, &none);
	assert_slice(buf_slice(&none.out), "");
	options.argv = (const char *const[]){"/bin/pwd", NULL};
	options.directory = "/usr";
	run(*state, &options, &where);
	assert_slice(buf_slice(&where.out), "/usr\n");
}

/* The child prints which descriptors it has: none but those given, whatever we have open. */
static void test_descriptors(void **state)
{
	cleanup_fd int given = fd_in_memory(slice_cstr("x"));
	int leaky = dup(given), leakier = fcntl(given, F_DUPFD, 200);
	cleanup_watched struct watched plain = {0}, extra = {0}, swapped = {0};
	struct job_options options = {
		.argv = (const char *const[]){"/proc/self/exe", "--print-fds", NULL},
		.stdin_fd = -1,
		.stdout_limit = 1000,
	};

	run(*state, &options, &plain);
	assert_slice(buf_slice(&plain.out), "0 1 2 ");
	options.extra_fds[0] = -1;
	options.extra_fds[1] = given;
	options.extra_fds[2] = leaky;
	options.extra_count = 3;
	run(*state, &options, &extra);
	assert_slice(buf_slice(&extra.out), "0 1 2 4 5 ");
	options.extra_fds[0] = leakier;
	options.extra_fds[1] = 2;
	options.extra_count = 2;
	run(*state, &options, &swapped);
	assert_slice(buf_slice(&swapped.out), "0 1 2 3 4 ");
	close(leaky);
	close(leakier);
}

static int print_fds(void)
{
	for (int fd = 0; fd < 1024; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			printf("%d ", fd);
	return 0;
}

static void test_signals_are_default(void **state)
{
	cleanup_watched struct watched watched = {0};
	struct job_options options = {
		.argv = (const char *const[]){"/bin/grep", "-E", "^Sig(Blk|Ign)",
			"/proc/self/status", NULL},
		.stdin_fd = -1,
		.stdout_limit = 1000,
	};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGHUP, SIG_IGN);
	run(*state, &options, &watched);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	signal(SIGHUP, SIG_DFL);
	assert_slice(buf_slice(&watched.out),
		"SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

static void test_cancel_before_first_turn(void **state)
{
	cleanup_watched struct watched watched = {0};
	struct job_options options = SHELL("sleep 1000 & setsid sleep 1000 & sleep 1000");

	start(*state, &options, &watched);
	job_cancel(watched.job);
	assert_int_equal(watched.calls, 0);
	job_cancel(watched.job);
	assert_int_equal(loop_run(((struct loop_test *)*state)->loop), 0);
	assert_int_equal(watched.calls, 1);
	assert_int_equal(watched.result.end, JOB_CANCELLED);
	assert_false(watched.had_children);
}

/* Neither deafness to TERM nor a daemon's manners help once a job is killed. */
static void test_cancel_ends_all(void **state)
{
	cleanup_watched struct watched watched = {0};
	struct job_options options = SHELL(
		"trap '' TERM\n" A_DAEMON IN_GROUP "echo ready >&3; exec 3>&-; sleep 1000; sleep 1000");
	char byte;
	int ends[2];

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	options.extra_fds[0] = ends[1];
	options.extra_count = 1;
	start(*state, &options, &watched);
	close(ends[1]);
	assert_int_equal(read(ends[0], &byte, 1), 1);
	close(ends[0]);
	job_cancel(watched.job);
	assert_int_equal(loop_run(((struct loop_test *)*state)->loop), 0);
	assert_int_equal(watched.calls, 1);
	assert_int_equal(watched.result.end, JOB_CANCELLED);
	assert_false(watched.result.stuck);
	assert_false(watched.had_children);
}

/* Whatever has happened by then: one callback, and nothing left. */
static void test_cancel_after_turns(void **state)
{
	static const char *const scripts[] = {
		"echo a; echo b >&2; sleep 1000 & setsid sleep 1000 & sleep 1000",
		"exit 0",
		"sleep 1000 & kill -9 $$",
		"cat /dev/zero",
	};
	struct loop_test *test = *state;

	for (unsigned turns = 0; turns <= 80; turns++) {
		cleanup_watched struct watched watched = {0};
		struct job_options options = SHELL(scripts[turns % 4]);

		options.timeout_ms = turns % 3; /* it may meet that as well */
		options.grace_ms = 1;
		start(test, &options, &watched);
		/* The one that hangs must not be waited for. */
		for (unsigned i = 0; i < turns / 4 && watched.calls == 0; i++)
			loop_turn(test->loop, turns % 4 != 0 || options.timeout_ms);
		if (watched.calls == 0) {
			job_cancel(watched.job);
			assert_int_equal(watched.calls, 0);
			assert_int_equal(loop_run(test->loop), 0);
			assert_int_equal(watched.result.end, JOB_CANCELLED);
			assert_false(watched.had_children);
		}
		assert_int_equal(watched.calls, 1);
		assert_int_equal(loop_run(test->loop), 0); /* a timeout's last handle */
		assert_int_equal(watched.calls, 1);
	}
}

static void test_cancel_in_done_of_another(void **state)
{
	cleanup_watched struct watched first = {0}, second = {0};
	struct job_options quick = SHELL("exit 1"), slow = SHELL("sleep 1000; sleep 1000");

	start(*state, &slow, &second);
	start(*state, &quick, &first);
	first.cancel = second.job;
	assert_int_equal(loop_run(((struct loop_test *)*state)->loop), 0);
	assert_int_equal(first.calls, 1);
	assert_int_equal(first.result.end, JOB_EXITED);
	assert_int_equal(second.calls, 1);
	assert_int_equal(second.result.end, JOB_CANCELLED);
}

/* Strays of one that was killed wait for their end until no job runs that they may belong to. */
static void test_others_are_spared(void **state)
{
	struct loop_test *test = *state;
	cleanup_watched struct watched cancelled = {0}, working = {0};
	struct job_options slow = SHELL("setsid sleep 1000 & sleep 1000");
	struct job_options worker = SHELL("(setsid sh -c 'sleep 0.1; echo work' &); read x; exec cat");
	int ends[2];

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	worker.stdin_fd = ends[0];
	start(test, &slow, &cancelled);
	start(test, &worker, &working);
	job_cancel(cancelled.job);
	while (cancelled.calls == 0)
		loop_turn(test->loop, true);
	assert_int_equal(working.calls, 0);
	assert_int_equal(fd_write_all(ends[1], slice_cstr("go\nend\n")), 0);
	close(ends[1]);
	close(ends[0]);
	assert_int_equal(loop_run(test->loop), 0);
	assert_int_equal(working.calls, 1);
	assert_int_equal(working.result.end, JOB_EXITED);
	assert_int_equal(working.result.exit_code, 0);
	assert_false(working.had_children);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, loop_test_setup, loop_test_teardown)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(test_exit_codes),
		TEST(test_signal),
		TEST(test_streams_apart),
		TEST(test_output_bounds),
		TEST(test_flood),
		TEST(test_pipe_full_at_exit),
		TEST(test_closes_stdout_early),
		TEST(test_timeout),
		TEST(test_timeout_ignores_term),
		TEST(test_timeout_stopped),
		TEST(test_grandchildren),
		TEST(test_group_dies),
		TEST(test_daemon_stays),
		TEST(test_cannot_start),
		TEST(test_stdin),
		TEST(test_environment_and_directory),
		TEST(test_descriptors),
		TEST(test_signals_are_default),
		TEST(test_cancel_before_first_turn),
		TEST(test_cancel_ends_all),
		TEST(test_cancel_after_turns),
		TEST(test_cancel_in_done_of_another),
		TEST(test_others_are_spared),
	};

	if (argc > 1 && strcmp(argv[1], "--print-fds") == 0)
		return print_fds();
	if (argc > 1 && strcmp(argv[1], "--write-much") == 0)
		return write_much();
	alarm(120); /* a hang is a failure, not a wait */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
