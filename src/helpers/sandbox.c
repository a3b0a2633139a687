/*
 * The helpers' box; see sandbox.h. The list of system calls is short on purpose: what libc,
 * libmagic and libclamav need to compute, and no more. Looking a file up is denied with an errno
 * where it is denied: libraries look for things that need not be there (a time zone, a locale, the
 * number of processors), and killing them for it would turn wanted mail into a finding. Everything
 * else that is not listed is an attack or a fault, and kills.
 */
#include "helpers/sandbox.h"

#include "config.h"
#include "helpers/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Computing on what one holds. Numbers below zero are calls this architecture has not: ignored. */
static const int calls_always[] = {
	SCMP_SYS(read),
	SCMP_SYS(readv),
	SCMP_SYS(pread64),
	SCMP_SYS(preadv),
	SCMP_SYS(write),
	SCMP_SYS(writev),
	SCMP_SYS(lseek),
	SCMP_SYS(_llseek),
	SCMP_SYS(close),
	SCMP_SYS(fstat),
	SCMP_SYS(fstat64),
	SCMP_SYS(fadvise64),
	SCMP_SYS(recvmsg),
	SCMP_SYS(sendmsg),
	SCMP_SYS(recvfrom),
	SCMP_SYS(sendto),
	SCMP_SYS(munmap),
	SCMP_SYS(mremap),
	SCMP_SYS(madvise),
	SCMP_SYS(brk),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sigreturn),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(sigaltstack),
	SCMP_SYS(restart_syscall),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_gettime64),
	SCMP_SYS(clock_getres),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(time),
	SCMP_SYS(clock_nanosleep),
	SCMP_SYS(nanosleep),
	SCMP_SYS(getrandom),
	SCMP_SYS(getpid),
	SCMP_SYS(gettid),
	SCMP_SYS(getuid),
	SCMP_SYS(geteuid),
	SCMP_SYS(getgid),
	SCMP_SYS(getegid),
	SCMP_SYS(futex),
	SCMP_SYS(futex_time64),
	SCMP_SYS(sched_yield),
	SCMP_SYS(sysinfo),
	SCMP_SYS(uname),
	SCMP_SYS(getrusage),
	SCMP_SYS(set_robust_list),
	SCMP_SYS(rseq),
};

/* Looking files up: allowed when paths are named (Landlock holds which), else an errno. */
static const int calls_read[] = {
	SCMP_SYS(open),
	SCMP_SYS(openat),
	SCMP_SYS(stat),
	SCMP_SYS(stat64),
	SCMP_SYS(lstat),
	SCMP_SYS(lstat64),
	SCMP_SYS(statx),
	SCMP_SYS(access),
	SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2),
	SCMP_SYS(readlink),
	SCMP_SYS(readlinkat),
	SCMP_SYS(getcwd),
	SCMP_SYS(getdents64),
	SCMP_SYS(statfs),
	SCMP_SYS(fstatfs),
};

static const int calls_write[] = {
	SCMP_SYS(mkdir),
	SCMP_SYS(mkdirat),
	SCMP_SYS(rmdir),
	SCMP_SYS(unlink),
	SCMP_SYS(unlinkat),
	SCMP_SYS(rename),
	SCMP_SYS(renameat),
	SCMP_SYS(renameat2),
	SCMP_SYS(ftruncate),
	SCMP_SYS(fallocate),
	SCMP_SYS(pwrite64),
	SCMP_SYS(pwritev),
	SCMP_SYS(fsync),
	SCMP_SYS(fdatasync),
	SCMP_SYS(fchmod),
	SCMP_SYS(flock),
};

static const int calls_threads[] = {
	SCMP_SYS(set_tid_address),
	SCMP_SYS(sched_getaffinity),
	SCMP_SYS(sched_getparam),
	SCMP_SYS(sched_getscheduler),
	SCMP_SYS(membarrier),
};

static const int calls_serve[] = {
	SCMP_SYS(accept),
	SCMP_SYS(accept4),
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	SCMP_SYS(epoll_create1),
	SCMP_SYS(epoll_ctl),
	SCMP_SYS(epoll_wait),
	SCMP_SYS(epoll_pwait),
	SCMP_SYS(eventfd2),
	SCMP_SYS(pipe2),
	SCMP_SYS(timerfd_create),
	SCMP_SYS(timerfd_settime),
	SCMP_SYS(getsockopt),
	SCMP_SYS(getsockname),
	SCMP_SYS(getpeername),
	SCMP_SYS(shutdown),
};

static const unsigned ioctls_serve[] = {FIONBIO, FIONREAD, FIOCLEX};

#if QMVC_SANITIZED
/* The leak check at exit traces its own process from a second one, which no box allows. */
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
	return 1;
}
#endif

static int add_all(scmp_filter_ctx filter, uint32_t action, const int *calls, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int failed = seccomp_rule_add(filter, action, calls[i], 0);

		if (failed)
			return failed;
	}
	return 0;
}

/* Calls that are harmless with some arguments only. */
static int add_by_argument(scmp_filter_ctx filter)
{
	const uint64_t pid = (uint64_t)getpid();
	int failed = 0;

#define ALLOW(call, ...) \
	(failed = failed ? failed : seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, __VA_ARGS__))
	/* Memory is data for good: nothing that came in can become code. */
	ALLOW(SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	ALLOW(SCMP_SYS(mmap2), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	ALLOW(SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	/* Limits may be read. */
	ALLOW(SCMP_SYS(prlimit64), 1, SCMP_A2(SCMP_CMP_EQ, 0));
	/* abort(3), so that a failed assertion says what it is. */
	ALLOW(SCMP_SYS(tgkill), 1, SCMP_A0(SCMP_CMP_EQ, pid));
	ALLOW(SCMP_SYS(fcntl), 1, SCMP_A1(SCMP_CMP_EQ, F_GETFD));
	ALLOW(SCMP_SYS(fcntl), 1, SCMP_A1(SCMP_CMP_EQ, F_SETFD));
	ALLOW(SCMP_SYS(fcntl), 1, SCMP_A1(SCMP_CMP_EQ, F_GETFL));
	ALLOW(SCMP_SYS(fcntl), 1, SCMP_A1(SCMP_CMP_EQ, F_SETFL));
	ALLOW(SCMP_SYS(fcntl), 1, SCMP_A1(SCMP_CMP_EQ, F_DUPFD_CLOEXEC));
#undef ALLOW
	return failed;
}

/*
 * stat(2) of a descriptor is newfstatat(2) with an empty path in today's libc. A sanitizer looks
 * its own files up in /proc; Landlock still denies it what it does not need.
 */
static int add_files(scmp_filter_ctx filter, const struct sandbox_rules *rules)
{
	const bool writes = rules->writable && *rules->writable;
	const bool any = writes || QMVC_SANITIZED || (rules->readable && *rules->readable);
	int failed = add_all(filter, any ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(EACCES), calls_read,
		COUNT(calls_read));

	if (!failed && any)
		failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 0);
	if (!failed && !any) {
		failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
			SCMP_A3(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, AT_EMPTY_PATH));
		if (!failed)
			failed = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES),
				SCMP_SYS(newfstatat), 1,
				SCMP_A3(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, 0));
	}
	if (!failed && writes)
		failed = add_all(filter, SCMP_ACT_ALLOW, calls_write, COUNT(calls_write));
	/* Landlock does not hold chmod(2) back; libclamav does without before it removes a tree. */
	if (!failed && writes)
		failed = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(chmod), 0);
	return failed;
}

/* libuv makes its descriptors non-blocking by ioctl(2); else it is asked for terminals: none is. */
static int add_ioctl(scmp_filter_ctx filter, bool serve)
{
	int failed;

	if (!serve)
		return seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOTTY), SCMP_SYS(ioctl), 0);
	failed = seccomp_rule_add(
		filter, SCMP_ACT_ERRNO(ENOTTY), SCMP_SYS(ioctl), 1, SCMP_A1(SCMP_CMP_EQ, TCGETS));
	for (size_t i = 0; !failed && i < COUNT(ioctls_serve); i++)
		failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
			SCMP_A1(SCMP_CMP_EQ, ioctls_serve[i]));
	return failed;
}

static int add_flags(scmp_filter_ctx filter, unsigned flags)
{
	int failed = add_ioctl(filter, flags & SANDBOX_SERVE);

	if (!failed && (flags & SANDBOX_SERVE))
		failed = add_all(filter, SCMP_ACT_ALLOW, calls_serve, COUNT(calls_serve));
	if (!failed && (flags & SANDBOX_THREADS)) {
		failed = add_all(filter, SCMP_ACT_ALLOW, calls_threads, COUNT(calls_threads));
		/* clone3(2) hides its flags behind a pointer: libc falls back to clone(2). */
		if (!failed)
			failed = seccomp_rule_add(
				filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
		if (!failed)
			failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
				SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
	}
	return failed;
}

static int filter_calls(const struct sandbox_rules *rules, struct error *error)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int failed;

	if (!filter)
		return error_set_errno(error, -ENOMEM, "sandbox: seccomp");
	failed = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	if (!failed)
		failed = add_all(filter, SCMP_ACT_ALLOW, calls_always, COUNT(calls_always));
	if (!failed)
		failed = add_by_argument(filter);
	if (!failed)
		failed = add_files(filter, rules);
	if (!failed)
		failed = add_flags(filter, rules->flags);
	if (!failed)
		failed = seccomp_load(filter);
	seccomp_release(filter);
	if (failed)
		return error_set_errno(error, failed, "sandbox: seccomp");
	return 0;
}

static int bound(int resource, uint64_t soft, uint64_t hard, const char *name, struct error *error)
{
	struct rlimit now, limit = {.rlim_cur = soft, .rlim_max = hard};
	int failed;

	/* What is lower already stays: an administrator's ulimit is not ours to raise. */
	if (getrlimit(resource, &now) == 0) {
		if (limit.rlim_max > now.rlim_max)
			limit.rlim_max = now.rlim_max;
		if (limit.rlim_cur > limit.rlim_max)
			limit.rlim_cur = limit.rlim_max;
	}
	if (setrlimit(resource, &limit) == 0)
		return 0;
	failed = -errno;
	return error_set_errno(error, failed, "sandbox: %s", name);
}

static int bound_all(const struct sandbox_rules *rules, struct error *error)
{
	int failed = bound(RLIMIT_CORE, 0, 0, "RLIMIT_CORE", error);

	/* A sanitizer reserves terabytes of addresses. */
	if (!failed && rules->memory && !QMVC_SANITIZED)
		failed = bound(RLIMIT_AS, rules->memory, rules->memory, "RLIMIT_AS", error);
	if (!failed && rules->cpu_seconds)
		failed = bound(RLIMIT_CPU, rules->cpu_seconds, rules->cpu_seconds + 1, "RLIMIT_CPU",
			error);
	if (!failed && rules->file_size != UINT64_MAX)
		failed = bound(
			RLIMIT_FSIZE, rules->file_size, rules->file_size, "RLIMIT_FSIZE", error);
	if (!failed && rules->open_files)
		failed = bound(RLIMIT_NOFILE, rules->open_files, rules->open_files, "RLIMIT_NOFILE",
			error);
	return failed;
}

int sandbox_enter(const struct sandbox_rules *rules, struct error *error)
{
	int failed = bound_all(rules, error);

	if (failed)
		return failed;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return error_set_errno(error, -errno, "sandbox: no_new_privs");
	/*
	 * No core dump through a pipe either (core(5) ignores RLIMIT_CORE there), and no process of
	 * the same uid can trace it.
	 */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return error_set_errno(error, -errno, "sandbox: PR_SET_DUMPABLE");
	failed = landlock_restrict(rules->readable, rules->writable, error);
	if (failed < 0)
		return failed;
	return filter_calls(rules, error);
}

int sandbox_landlock_abi(void)
{
	return landlock_abi();
}
