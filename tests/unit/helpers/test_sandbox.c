/*
 * Enters the sandbox in a child and tries what an attacker would try there. Each attempt ends in
 * death by SIGSYS or in an errno; a child that gets what it wanted exits with 77.
 */
#include "sandbox_test.h"

#include "base/cleanup.h"
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void assert_denied(int status)
{
	if (WIFSIGNALED(status))
		assert_int_equal(WTERMSIG(status), SIGSYS);
	else
		assert_int_equal(WEXITSTATUS(status), DENIED);
}

static void assert_got_it(int status)
{
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), GOT_IT);
}

static int try_read(const void *path)
{
	return verdict(open(path, O_RDONLY) >= 0);
}

static int try_write(const void *path)
{
	return verdict(open(path, O_WRONLY | O_CREAT, 0600) >= 0);
}

static int try_unlink(const void *path)
{
	return verdict(unlink(path) == 0);
}

static int try_socket(const void *unused)
{
	return verdict(socket(AF_INET, SOCK_STREAM, 0) >= 0);
}

static int try_unix_socket(const void *unused)
{
	return verdict(socket(AF_UNIX, SOCK_STREAM, 0) >= 0);
}

static int try_connect(const void *socket)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(25)};

	connect(*(const int *)socket, (const struct sockaddr *)&to, sizeof(to));
	return verdict(errno == ECONNREFUSED);
}

static int try_exec(const void *unused)
{
	char name[] = "/bin/true";
	char *const argv[] = {name, NULL};

	execv(name, argv);
	return DENIED;
}

static int try_fork(const void *unused)
{
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	return verdict(child > 0);
}

/* One that lives and is ours: nothing but the box stands in the way. */
static int try_kill(const void *pid)
{
	return verdict(kill(*(const pid_t *)pid, 0) == 0);
}

static int try_code(const void *unused)
{
	return verdict(mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
}

static int try_make_code(const void *unused)
{
	void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return verdict(memory != MAP_FAILED && mprotect(memory, 4096, PROT_READ | PROT_EXEC) == 0);
}

static int try_compute(const void *unused)
{
	struct stat status;
	char *memory = malloc(1 << 20);

	memset(memory, 1, 1 << 20);
	return verdict(memory[7] == 1 && fstat(2, &status) == 0 && getpid() > 0);
}

static int try_memory(const void *unused)
{
	return verdict(mmap(NULL, 512u << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			       -1, 0) != MAP_FAILED);
}

static int try_forever(const void *unused)
{
	for (volatile unsigned i = 0;; i++)
		;
	return GOT_IT;
}

/* What a sanitizer is for must be reported, not killed for looking around. */
static int try_overflow(const void *unused)
{
	volatile size_t beyond = 40;
	volatile char *memory = malloc(beyond);

	memory[beyond] = 1;
	return DENIED;
}

static int try_raise_limit(const void *unused)
{
	struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};

	return verdict(setrlimit(RLIMIT_CPU, &limit) == 0);
}

static int try_abort(const void *unused)
{
	abort();
}

static int try_accept(const void *listener)
{
	return verdict(accept4(*(const int *)listener, NULL, NULL, SOCK_CLOEXEC) >= 0);
}

static int try_epoll(const void *unused)
{
	return verdict(epoll_create1(EPOLL_CLOEXEC) >= 0);
}

static void *thread_main(void *seen)
{
	*(int *)seen = 1;
	return NULL;
}

static int try_thread(const void *unused)
{
	pthread_t thread;
	int seen = 0;

	if (pthread_create(&thread, NULL, thread_main, &seen))
		return DENIED;
	pthread_join(thread, NULL);
	return verdict(seen);
}

static void nothing_gets_out(void **state)
{
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	const pid_t parent = getpid();

	assert_denied(in_box(&closed, try_read, "/etc/passwd"));
	assert_denied(in_box(&closed, try_write, "/tmp/qmvc-test-sandbox"));
	assert_denied(in_box(&closed, try_unlink, "/tmp/qmvc-test-sandbox"));
	assert_killed(in_box(&closed, try_socket, NULL), SIGSYS);
	assert_killed(in_box(&closed, try_unix_socket, NULL), SIGSYS);
	assert_killed(in_box(&closed, try_connect, &listener), SIGSYS);
	assert_killed(in_box(&closed, try_exec, NULL), SIGSYS);
	assert_killed(in_box(&closed, try_code, NULL), SIGSYS);
	assert_killed(in_box(&closed, try_make_code, NULL), SIGSYS);
	assert_killed(in_box(&closed, try_fork, NULL), SIGSYS);
	assert_killed(in_box(&closed, try_kill, &parent), SIGSYS);
	assert_denied(in_box(&closed, try_raise_limit, NULL));
	close(listener);
}

static void computing_goes_on(void **state)
{
	assert_got_it(in_box(&closed, try_compute, NULL));
	assert_killed(in_box(&closed, try_abort, NULL), SIGABRT);
	if (QMVC_SANITIZED) {
		int status = in_box(&closed, try_overflow, NULL);

		assert_true(WIFEXITED(status) && WEXITSTATUS(status) != DENIED);
	}
}

static void limits_hold(void **state)
{
	struct sandbox_rules brief = closed;

	brief.cpu_seconds = 1;
	assert_killed(in_box(&brief, try_forever, NULL), SIGXCPU);
	if (!QMVC_SANITIZED)
		assert_denied(in_box(&closed, try_memory, NULL));
}

static void named_paths_only(void **state)
{
	char readable[] = "/tmp/qmvc-sandbox-r-XXXXXX", writable[] = "/tmp/qmvc-sandbox-w-XXXXXX";
	char read_file[64], write_file[64], new_file[64];
	const char *const read_list[] = {readable, "/nowhere/at/all", NULL};
	const char *const write_list[] = {writable, NULL};
	struct sandbox_rules rules = closed;

	if (sandbox_landlock_abi() == 0)
		skip();
	make_dir(readable, read_file, sizeof(read_file));
	make_dir(writable, write_file, sizeof(write_file));
	snprintf(new_file, sizeof(new_file), "%s/new", readable);
	rules.readable = read_list;
	rules.writable = write_list;
	assert_got_it(in_box(&rules, try_read, read_file));
	assert_got_it(in_box(&rules, try_read, write_file));
	assert_denied(in_box(&rules, try_read, "/etc/passwd"));
	assert_denied(in_box(&rules, try_write, read_file));
	assert_denied(in_box(&rules, try_write, new_file));
	assert_denied(in_box(&rules, try_unlink, read_file));
	snprintf(new_file, sizeof(new_file), "%s/new", writable);
	assert_got_it(in_box(&rules, try_write, new_file));
	assert_got_it(in_box(&rules, try_unlink, write_file));
	assert_int_equal(unlink(new_file), 0);
	assert_int_equal(unlink(read_file), 0);
	assert_int_equal(rmdir(readable), 0);
	assert_int_equal(rmdir(writable), 0);
}

/* As on a kernel without it: landlock_create_ruleset(2) is unknown. */
static int try_without_landlock(const void *attempt)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	struct error error = {0};

	if (!filter || seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), 444, 0) ||
		seccomp_load(filter) || sandbox_landlock_abi() != 0)
		return NOT_ENTERED;
	if (sandbox_enter(&closed, &error))
		return NOT_ENTERED;
	return (*(int (*const *)(const void *))attempt)("/etc/passwd");
}

static void closed_without_landlock_too(void **state)
{
	int (*const attempts[])(const void *) = {
		try_read, try_write, try_unix_socket, try_exec, try_compute};
	int statuses[5];

	for (int i = 0; i < 5; i++) {
		pid_t child = fork();

		assert_true(child >= 0);
		if (child == 0)
			_exit(try_without_landlock(&attempts[i]));
		assert_int_equal(waitpid(child, &statuses[i], 0), child);
	}
	if (!QMVC_SANITIZED) {
		assert_denied(statuses[0]);
		assert_denied(statuses[1]);
	}
	assert_killed(statuses[2], SIGSYS);
	assert_killed(statuses[3], SIGSYS);
	assert_got_it(statuses[4]);
}

static void threads_when_allowed(void **state)
{
	struct sandbox_rules rules = closed;

	assert_denied(in_box(&closed, try_thread, NULL));
	rules.flags = SANDBOX_THREADS;
	assert_got_it(in_box(&rules, try_thread, NULL));
	assert_killed(in_box(&rules, try_fork, NULL), SIGSYS);
	assert_killed(in_box(&rules, try_exec, NULL), SIGSYS);
}

static void serving_when_allowed(void **state)
{
	struct sockaddr_in here = {.sin_family = AF_INET};
	int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
	struct sandbox_rules rules = closed;
	socklen_t len = sizeof(here);

	here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(listener, (const struct sockaddr *)&here, len), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&here, &len), 0);
	assert_int_equal(connect(client, (const struct sockaddr *)&here, len), 0);
	assert_killed(in_box(&closed, try_accept, &listener), SIGSYS);
	assert_killed(in_box(&closed, try_epoll, NULL), SIGSYS);
	rules.flags = SANDBOX_SERVE;
	assert_got_it(in_box(&rules, try_accept, &listener));
	assert_got_it(in_box(&rules, try_epoll, NULL));
	assert_killed(in_box(&rules, try_unix_socket, NULL), SIGSYS);
	close(listener);
	close(client);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_gets_out),
		cmocka_unit_test(computing_goes_on),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(named_paths_only),
		cmocka_unit_test(closed_without_landlock_too),
		cmocka_unit_test(threads_when_allowed),
		cmocka_unit_test(serving_when_allowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
