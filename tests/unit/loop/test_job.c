/* Child processes: how they are started, what they are given, what they write, how they exit. */
#include "unit.h"

#include "base/fd.h"
#include "job_test.h"

#include <errno.h>
#include <pthread.h>
#include <sys/stat.h>

/* Descriptors that main() keeps free of the loop's, for test_descriptors_cross(). */
#define KEPT_FIRST 3
#define KEPT_LAST  5

static unsigned forks;

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

/*
 * A program's orphans are ours, and may die by the thousand before the loop turns again: libuv then
 * loses signals. A child that was started and has ended meanwhile is seen all the same.
 */
static void test_flood_of_signals(void **state)
{
	struct loop_test *test = *state;
	cleanup_watched struct watched slow = {0}, quick = {0};
	struct job_options waits = SHELL("read line; exit 4"), ends = SHELL("exit 3");
	int pipe_ends[2];

	assert_int_equal(pipe2(pipe_ends, O_CLOEXEC), 0);
	waits.stdin_fd = pipe_ends[0];
	start(test, &waits, &slow);
	for (int i = 0; i < 10000; i++)
		raise(SIGCHLD);
	start(test, &ends, &quick);
	assert_int_equal(waitid(P_ALL, 0, &(siginfo_t){0}, WEXITED | WNOWAIT), 0);
	while (quick.calls == 0)
		loop_turn(test->loop, true);
	assert_int_equal(quick.result.exit_code, 3);
	assert_int_equal(slow.calls, 0);
	close(pipe_ends[1]);
	close(pipe_ends[0]);
	assert_int_equal(loop_run(test->loop), 0);
	assert_int_equal(slow.result.exit_code, 4);
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
	struct job_options options =
		SHELL("echo a; exec >&-; echo b >&2; exec 2>&-; sleep 0.05; exit 5");

	run(*state, &options, &watched);
	assert_int_equal(watched.result.exit_code, 5);
	assert_slice(buf_slice(&watched.out), "a\n");
	assert_slice(buf_slice(&watched.err), "b\n");
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

/* Each is to stand where another one stands with us. */
static void test_descriptors_cross(void **state)
{
	cleanup_fd int a = fd_in_memory(slice_cstr("a")), b = fd_in_memory(slice_cstr("b"));
	cleanup_fd int in = fd_in_memory(slice_cstr("in"));
	cleanup_watched struct watched watched = {0};
	struct job_options options = SHELL("cat /dev/fd/0 /dev/fd/3 /dev/fd/4; cat <&5");

	assert_true(dup2(a, 5) == 5 && dup2(b, 3) == 3 && dup2(in, 4) == 4);
	options.stdin_fd = 3;
	options.extra_fds[0] = 5;
	options.extra_fds[1] = 4;
	options.extra_fds[2] = 3;
	options.extra_count = 3;
	run(*state, &options, &watched);
	assert_slice(buf_slice(&watched.out), "bainb");
}

/* Whoever reads too early waits, as programs expect it, and finds no error. */
static void test_stdin_waits(void **state)
{
	cleanup_watched struct watched watched = {0};
	struct job_options options = SHELL("cat");
	int ends[2];

	assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
	options.stdin_fd = ends[0];
	start(*state, &options, &watched);
	assert_int_equal(fcntl(ends[0], F_GETFL) & O_NONBLOCK, 0);
	assert_int_equal(fd_write_all(ends[1], slice_cstr("late")), 0);
	close(ends[1]);
	close(ends[0]);
	assert_int_equal(loop_run(((struct loop_test *)*state)->loop), 0);
	assert_slice(buf_slice(&watched.out), "late");
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

/* A script need not say who is to read it: execvp(3) and every shell take sh(1) then. */
static void test_script_without_interpreter(void **state)
{
	cleanup_watched struct watched watched = {0};
	char path[] = "/tmp/qmvc-test-XXXXXX";
	struct job_options options = {
		.argv = (const char *const[]){path, "one", "two words", NULL},
		.stdin_fd = -1,
		.stdout_limit = 1000,
	};
	int fd = mkostemp(path, O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, slice_cstr("echo \"$# $0 $1 $2\"; exit 3\n")), 0);
	assert_int_equal(fchmod(fd, 0700), 0);
	close(fd); /* nobody starts a file that is being written */
	run(*state, &options, &watched);
	unlink(path);
	assert_int_equal(watched.result.exit_code, 3);
	assert_slice(slice_first(buf_slice(&watched.out), 17), "2 /tmp/qmvc-test-");
	assert_slice(slice_from(buf_slice(&watched.out), 23), " one two words\n");
}

static void count_fork(void)
{
	forks++;
}

/* A process that holds a mail is not copied for it. */
static void test_no_fork(void **state)
{
	cleanup_watched struct watched watched = {0};
	struct job_options options = SHELL("exit 7");
	unsigned before = forks;
	int status;
	pid_t pid;

	run(*state, &options, &watched);
	assert_int_equal(watched.result.exit_code, 7);
	assert_int_equal(forks, before);
	pid = fork(); /* would be seen */
	if (pid == 0)
		_exit(0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(forks, before + 1);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		LOOP_TEST(test_exit_codes),
		LOOP_TEST(test_signal),
		LOOP_TEST(test_streams_apart),
		LOOP_TEST(test_output_bounds),
		LOOP_TEST(test_flood),
		LOOP_TEST(test_flood_of_signals),
		LOOP_TEST(test_pipe_full_at_exit),
		LOOP_TEST(test_closes_stdout_early),
		LOOP_TEST(test_cannot_start),
		LOOP_TEST(test_stdin),
		LOOP_TEST(test_environment_and_directory),
		LOOP_TEST(test_descriptors),
		LOOP_TEST(test_descriptors_cross),
		LOOP_TEST(test_stdin_waits),
		LOOP_TEST(test_script_without_interpreter),
		LOOP_TEST(test_no_fork),
		LOOP_TEST(test_signals_are_default),
	};

	if (argc > 1 && strcmp(argv[1], "--print-fds") == 0)
		return print_fds();
	if (argc > 1 && strcmp(argv[1], "--write-much") == 0)
		return write_much();
	for (int fd = KEPT_FIRST; fd <= KEPT_LAST; fd++)
		dup2(STDIN_FILENO, fd);
	pthread_atfork(count_fork, NULL, NULL);
	alarm(120); /* a hang is a failure, not a wait */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
