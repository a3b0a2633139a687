/*
 * The calls that no helper may make, one after the other, in a box with nothing to write to and in
 * one with a directory: each has to end the process. What the box allows with some arguments, or
 * answers with an errno, is in test_sandbox.c.
 */
#include "sandbox_test.h"

#include <sched.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* Arguments that are known at the time of the call only. */
enum {
	SELF = -1000, /* the test, which is another process for who calls */
	THERE,	      /* a file that exists */
	MADE,	      /* one that does not */
	PROGRAM,
	ROOM, /* memory for what comes back */
};

struct call {
	const char *name;
	long number, arguments[6];
};

/* clang-format off */
#define CALL(name, ...) {#name, SYS_##name, {__VA_ARGS__}}
/* clang-format on */

/* None is in any list of the sandbox, or not with these arguments. */
static const struct call calls[] = {
	CALL(ptrace, PTRACE_TRACEME),
	CALL(ptrace, PTRACE_ATTACH, SELF),
	CALL(process_vm_readv, SELF),
	CALL(process_vm_writev, SELF),
	CALL(pidfd_open, SELF),
	CALL(kill, SELF, 0),
	CALL(kill, -1, 0),
	CALL(tkill, SELF, 0),
	CALL(tgkill, SELF, SELF, 0),
	CALL(rt_sigqueueinfo, SELF, 0),
	CALL(fcntl, 0, F_SETOWN, SELF),
	CALL(clone, SIGCHLD),
	CALL(clone, CLONE_NEWUSER | SIGCHLD),
	CALL(clone3, 0),
	CALL(unshare, CLONE_NEWUSER),
	CALL(setns, 0),
	CALL(execve, PROGRAM),
	CALL(execveat, AT_FDCWD, PROGRAM),
	CALL(socket, AF_UNIX, SOCK_STREAM),
	CALL(socket, AF_NETLINK, SOCK_RAW),
	CALL(socketpair, AF_UNIX, SOCK_STREAM, 0, ROOM),
	CALL(bind, 0),
	CALL(connect, 0),
	CALL(listen, 0),
	CALL(io_uring_setup, 1, ROOM),
	CALL(io_uring_enter, 0),
	CALL(bpf, 0),
	CALL(perf_event_open, 0),
	CALL(userfaultfd, 0),
	CALL(memfd_create, MADE),
	CALL(symlinkat, THERE, AT_FDCWD, MADE),
	CALL(linkat, AT_FDCWD, THERE, AT_FDCWD, MADE),
	CALL(mknodat, AT_FDCWD, MADE, S_IFIFO | 0600),
	CALL(mknodat, AT_FDCWD, MADE, S_IFCHR | 0600, 0x103),
	CALL(fchmodat, AT_FDCWD, THERE, 0777),
	CALL(fchownat, AT_FDCWD, THERE, SELF, SELF),
	CALL(truncate, THERE),
	CALL(utimensat, AT_FDCWD, THERE),
	CALL(setxattr, THERE),
	CALL(chdir, THERE),
	CALL(chroot, THERE),
	CALL(mount, 0),
	CALL(umount2, THERE),
	CALL(open_by_handle_at, AT_FDCWD),
	CALL(setuid, 0),
	CALL(setgid, 0),
	CALL(setresuid, 0),
	CALL(setgroups, 0),
	CALL(capset, 0),
	CALL(setsid, 0),
	CALL(setpriority, PRIO_PROCESS, 0, 1),
	CALL(prctl, PR_SET_DUMPABLE, 1),
	CALL(prctl, PR_SET_SECCOMP, 1),
	CALL(seccomp, 0),
	CALL(personality, 0x0040000),
	CALL(add_key, 0),
	CALL(keyctl, 0),
	CALL(syslog, 3),
	CALL(init_module, 0),
	CALL(reboot, 0),
	CALL(shmget, 0, 4096, 0600),
	CALL(msgget, 0, 0600),
	CALL(remap_file_pages, 0),
#if defined(__x86_64__)
	CALL(symlink, THERE, MADE),
	CALL(link, THERE, MADE),
	CALL(mknod, MADE, S_IFIFO | 0600),
	CALL(fork, 0),
	CALL(vfork, 0),
	CALL(modify_ldt, 0),
	CALL(iopl, 3),
	/* The numbers of another architecture. */
	{"x32", 0x40000000 | SYS_getpid, {0}},
#endif
};

static char there[64], made[64];
static pid_t self;

static long argument(long argument)
{
	static long room[64];

	switch (argument) {
	case SELF:
		return self;
	case THERE:
		return (long)there;
	case MADE:
		return (long)made;
	case PROGRAM:
		return (long)"/bin/true";
	case ROOM:
		return (long)room;
	default:
		return argument;
	}
}

static int try_call(const void *of)
{
	const struct call *call = of;
	long with[6];

	for (size_t i = 0; i < 6; i++)
		with[i] = argument(call->arguments[i]);
	return verdict(
		syscall(call->number, with[0], with[1], with[2], with[3], with[4], with[5]) >= 0);
}

/* In the box of each helper, with `room` to write in (NULL: none). */
static void assert_each_kills(const char *room)
{
	const char *const writable[] = {room, NULL};
	struct sandbox_rules rules = closed;

	rules.writable = writable;
	rules.file_size = UINT64_MAX;
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		int status = in_box(&rules, try_call, &calls[i]);

		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS)
			fail_msg("%s: status %x", calls[i].name, (unsigned)status);
	}
}

static char room[] = "/tmp/qmvc-sandbox-o-XXXXXX";

static int make_room(void **state)
{
	(void)state;
	self = getpid();
	make_dir(room, there, sizeof(there));
	snprintf(made, sizeof(made), "%s/new", room);
	return 0;
}

/* Nothing came of any of the calls, or this fails. */
static int remove_room(void **state)
{
	(void)state;
	return unlink(there) < 0 || rmdir(room) < 0;
}

static void no_way_out(void **state)
{
	(void)state;
	assert_each_kills(NULL);
	assert_each_kills(room);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(no_way_out, make_room, remove_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
