/*
 * Preloaded into qmvc: its FAULT_AT-th system call fails with FAULT_ERRNO; see fault.h. Counted is
 * what qmvc and libuv (preloaded into a helper, it and its libraries) ask of libc by name;
 * FAULT_CALLS, when set, counts the named ones only (names with a blank before and after each).
 *
 * Left out are the calls for whose failure libuv aborts, on purpose and by its own words:
 * epoll_wait(2) other than EINTR, adding to an epoll set that it has just tried, reading and
 * writing pipes that only it holds.
 */
#include "caller.h"
#include "fault.h"

#include <dirent.h>
#include <dlfcn.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

static const char *chosen;
static int error_number = EIO;

__attribute__((constructor)) static void choose(void)
{
	const char *number = getenv("FAULT_ERRNO");

	chosen = getenv("FAULT_CALLS");
	if (number)
		error_number = atoi(number);
}

static bool fails(const char *name, int argument)
{
	char word[40];

	if (chosen) {
		snprintf(word, sizeof(word), " %s ", name);
		if (!strstr(chosen, word))
			return false;
	}
	if (!fault_due(name, argument))
		return false;
	errno = error_number;
	return true;
}

/* A function `name` that fails with `failed`, or does what the real one does. */
#define WRAP(type, name, parameters, arguments, first, failed)        \
	type name parameters                                          \
	{                                                             \
		static type(*real) parameters;                        \
                                                                      \
		if (fails(#name, (int)(first)))                       \
			return failed;                                \
		if (!real)                                            \
			real = (type(*) parameters)dlsym(RTLD_NEXT, #name); \
		return real arguments;                                \
	}

#define WRAP_OPEN(name)                                                                     \
	int name(const char *path, int flags, ...)                                          \
	{                                                                                   \
		static int (*real)(const char *, int, ...);                                 \
		va_list rest;                                                               \
		mode_t mode = 0;                                                            \
                                                                                            \
		va_start(rest, flags);                                                      \
		if (flags & (O_CREAT | O_TMPFILE))                                          \
			mode = va_arg(rest, mode_t);                                        \
		va_end(rest);                                                               \
		if (fails(#name, flags))                                                    \
			return -1;                                                          \
		if (!real)                                                                  \
			real = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, #name);    \
		return real(path, flags, mode);                                             \
	}

#define WRAP_OPENAT(name)                                                                    \
	int name(int dir, const char *path, int flags, ...)                                  \
	{                                                                                    \
		static int (*real)(int, const char *, int, ...);                             \
		va_list rest;                                                                \
		mode_t mode = 0;                                                             \
                                                                                             \
		va_start(rest, flags);                                                       \
		if (flags & (O_CREAT | O_TMPFILE))                                           \
			mode = va_arg(rest, mode_t);                                         \
		va_end(rest);                                                                \
		if (fails(#name, dir))                                                       \
			return -1;                                                           \
		if (!real)                                                                   \
			real = (int (*)(int, const char *, int, ...))dlsym(RTLD_NEXT, #name); \
		return real(dir, path, flags, mode);                                         \
	}

#define WRAP_FCNTL(name)                                                      \
	int name(int fd, int command, ...)                                    \
	{                                                                     \
		static int (*real)(int, int, ...);                            \
		va_list rest;                                                 \
		void *argument;                                               \
                                                                              \
		va_start(rest, command);                                      \
		argument = va_arg(rest, void *);                              \
		va_end(rest);                                                 \
		if (fails(#name, fd))                                         \
			return -1;                                            \
		if (!real)                                                    \
			real = (int (*)(int, int, ...))dlsym(RTLD_NEXT, #name); \
		return real(fd, command, argument);                           \
	}

/* Whichever spelling the headers chose: the others are then never called. */
WRAP_OPEN(open64)
WRAP_OPENAT(openat64)
WRAP_FCNTL(fcntl64)
WRAP(DIR *, opendir, (const char *path), (path), 0, NULL)
WRAP(DIR *, fdopendir, (int fd), (fd), fd, NULL)
ssize_t __read_chk(int fd, void *to, size_t size, size_t room);
WRAP(ssize_t, __read_chk, (int fd, void *to, size_t size, size_t room),
	(fd, to, size, room), fd, -1)
WRAP(ssize_t, pread64, (int fd, void *to, size_t size, off_t from), (fd, to, size, from), fd, -1)
WRAP(ssize_t, pwrite64, (int fd, const void *from, size_t size, off_t to), (fd, from, size, to), fd,
	-1)
WRAP(int, accept4, (int fd, struct sockaddr *from, socklen_t *size, int flags),
	(fd, from, size, flags), fd, -1)
WRAP(ssize_t, recv, (int fd, void *to, size_t size, int flags), (fd, to, size, flags), fd, -1)
WRAP(ssize_t, recvmsg, (int fd, struct msghdr *to, int flags), (fd, to, flags), fd, -1)
WRAP(ssize_t, sendmsg, (int fd, const struct msghdr *from, int flags), (fd, from, flags), fd, -1)
WRAP(void *, mmap64, (void *at, size_t size, int access, int flags, int fd, off_t offset),
	(at, size, access, flags, fd, offset), fd, MAP_FAILED)
WRAP(int, madvise, (void *at, size_t size, int advice), (at, size, advice), advice, -1)
WRAP(int, fstat64, (int fd, struct stat64 *to), (fd, to), fd, -1)
WRAP(int, stat64, (const char *path, struct stat64 *to), (path, to), 0, -1)
WRAP(int, lstat64, (const char *path, struct stat64 *to), (path, to), 0, -1)
WRAP(int, fstatat64, (int dir, const char *path, struct stat64 *to, int flags),
	(dir, path, to, flags), dir, -1)
WRAP(int, access, (const char *path, int mode), (path, mode), mode, -1)
WRAP(int, faccessat, (int dir, const char *path, int mode, int flags), (dir, path, mode, flags), dir,
	-1)
WRAP(int, link, (const char *from, const char *to), (from, to), 0, -1)
WRAP(int, fsync, (int fd), (fd), fd, -1)
WRAP(int, flock, (int fd, int how), (fd, how), fd, -1)
WRAP(int, ftruncate64, (int fd, off_t size), (fd, size), fd, -1)
WRAP(off_t, lseek64, (int fd, off_t offset, int whence), (fd, offset, whence), fd, -1)
WRAP(int, mkdir, (const char *path, mode_t mode), (path, mode), (int)mode, -1)
WRAP(int, mkdirat, (int dir, const char *path, mode_t mode), (dir, path, mode), dir, -1)
WRAP(int, renameat, (int from, const char *old, int to, const char *new),
	(from, old, to, new), to, -1)
WRAP(int, renameat2, (int from, const char *old, int to, const char *new, unsigned flags),
	(from, old, to, new, flags), to, -1)
WRAP(int, unlink, (const char *path), (path), 0, -1)
WRAP(int, unlinkat, (int dir, const char *path, int flags), (dir, path, flags), dir, -1)
WRAP(int, rmdir, (const char *path), (path), 0, -1)
WRAP(int, chmod, (const char *path, mode_t mode), (path, mode), (int)mode, -1)
WRAP(int, fchmod, (int fd, mode_t mode), (fd, mode), fd, -1)
WRAP(int, fchown, (int fd, uid_t uid, gid_t gid), (fd, uid, gid), fd, -1)
WRAP(int, socket, (int family, int type, int protocol), (family, type, protocol), family, -1)
WRAP(int, socketpair, (int family, int type, int protocol, int ends[2]),
	(family, type, protocol, ends), family, -1)
WRAP(int, connect, (int fd, const struct sockaddr *to, socklen_t size), (fd, to, size), fd, -1)
WRAP(int, getsockopt, (int fd, int level, int name, void *to, socklen_t *size),
	(fd, level, name, to, size), fd, -1)
WRAP(int, setsockopt, (int fd, int level, int name, const void *from, socklen_t size),
	(fd, level, name, from, size), fd, -1)
WRAP(int, epoll_create1, (int flags), (flags), flags, -1)
WRAP(int, eventfd, (unsigned value, int flags), (value, flags), flags, -1)
WRAP(int, pipe2, (int ends[2], int flags), (ends, flags), flags, -1)
WRAP(pid_t, fork, (void), (), 0, -1)
WRAP(int, close_range, (unsigned first, unsigned last, int flags),
	(first, last, flags), (int)first, -1)
WRAP(int, memfd_create, (const char *name, unsigned flags), (name, flags), 0, -1)
WRAP(ssize_t, getrandom, (void *to, size_t size, unsigned flags), (to, size, flags), 0, -1)

/* The one that returns its error. What it does in libc (clone(2), the child) is not seen from here. */
int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
	const posix_spawnattr_t *attributes, char *const argv[], char *const envp[])
{
	static int (*real)(pid_t *, const char *, const posix_spawn_file_actions_t *,
		const posix_spawnattr_t *, char *const[], char *const[]);

	if (fails("posix_spawn", 0))
		return error_number;
	if (!real)
		real = (int (*)(pid_t *, const char *, const posix_spawn_file_actions_t *,
			const posix_spawnattr_t *, char *const[], char *const[]))dlsym(
			RTLD_NEXT, "posix_spawn");
	return real(pid, path, actions, attributes, argv, envp);
}

ssize_t read(int fd, void *to, size_t size)
{
	static ssize_t (*real)(int, void *, size_t);

	if (!of_libuv(__builtin_return_address(0)) && fails("read", fd))
		return -1;
	if (!real)
		real = (ssize_t(*)(int, void *, size_t))dlsym(RTLD_NEXT, "read");
	return real(fd, to, size);
}

ssize_t write(int fd, const void *from, size_t size)
{
	static ssize_t (*real)(int, const void *, size_t);

	if (!of_libuv(__builtin_return_address(0)) && fails("write", fd))
		return -1;
	if (!real)
		real = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
	return real(fd, from, size);
}

/* Only ever interrupted: for anything else libuv aborts, or there is nothing left to do. */
static bool interrupted(const char *name, int argument)
{
	return (error_number == EINTR || fault.kill) && fails(name, argument);
}

int epoll_pwait(int set, struct epoll_event *events, int room, int timeout, const sigset_t *mask)
{
	static int (*real)(int, struct epoll_event *, int, int, const sigset_t *);

	if (interrupted("epoll_pwait", set))
		return -1;
	if (!real)
		real = (int (*)(int, struct epoll_event *, int, int, const sigset_t *))dlsym(
			RTLD_NEXT, "epoll_pwait");
	return real(set, events, room, timeout, mask);
}

int epoll_wait(int set, struct epoll_event *events, int room, int timeout)
{
	static int (*real)(int, struct epoll_event *, int, int);

	if (interrupted("epoll_wait", set))
		return -1;
	if (!real)
		real = (int (*)(int, struct epoll_event *, int, int))dlsym(RTLD_NEXT, "epoll_wait");
	return real(set, events, room, timeout);
}

int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *most, const sigset_t *mask)
{
	static int (*real)(struct pollfd *, nfds_t, const struct timespec *, const sigset_t *);

	if (interrupted("ppoll", (int)count))
		return -1;
	if (!real)
		real = (int (*)(struct pollfd *, nfds_t, const struct timespec *,
			const sigset_t *))dlsym(RTLD_NEXT, "ppoll");
	return real(fds, count, most, mask);
}

pid_t waitpid(pid_t which, int *status, int options)
{
	static pid_t (*real)(pid_t, int *, int);

	if (interrupted("waitpid", (int)which))
		return -1;
	if (!real)
		real = (pid_t(*)(pid_t, int *, int))dlsym(RTLD_NEXT, "waitpid");
	return real(which, status, options);
}
