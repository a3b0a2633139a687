/*
 * Landlock by its raw system calls; see landlock.h. libc has no wrappers, and the header of the
 * kernel that the build host was installed with may be years older than the kernel that runs: so
 * the few constants stand here, with the ABI that brought them, and the kernel is asked.
 */
#include "helpers/landlock.h"

#include "base/cleanup.h"
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* The numbers are the same on every architecture. */
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule	    445
#define SYS_landlock_restrict_self  446
#endif

#define CREATE_RULESET_VERSION 1u
#define RULE_PATH_BENEATH      1

#define FS_EXECUTE     (1ull << 0)
#define FS_WRITE_FILE  (1ull << 1)
#define FS_READ_FILE   (1ull << 2)
#define FS_READ_DIR    (1ull << 3)
#define FS_REMOVE_DIR  (1ull << 4)
#define FS_REMOVE_FILE (1ull << 5)
#define FS_MAKE_DIR    (1ull << 7)
#define FS_MAKE_REG    (1ull << 8)
#define FS_ABI_1       ((1ull << 13) - 1)
#define FS_REFER       (1ull << 13) /* ABI 2 */
#define FS_TRUNCATE    (1ull << 14) /* ABI 3 */
#define FS_IOCTL_DEV   (1ull << 15) /* ABI 5 */

#define NET_TCP ((1ull << 0) | (1ull << 1)) /* ABI 4: bind, connect */
#define SCOPED	((1ull << 0) | (1ull << 1)) /* ABI 6: abstract unix sockets, signals */

struct ruleset_attr {
	uint64_t handled_access_fs;
	uint64_t handled_access_net; /* ABI 4 */
	uint64_t scoped;	     /* ABI 6 */
};

struct path_beneath_attr {
	uint64_t allowed_access;
	int32_t parent_fd;
} __attribute__((packed));

int landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, CREATE_RULESET_VERSION);

	return abi > 0 ? (int)abi : 0;
}

/* Everything this ABI can deny, and the size of the struct as this ABI knows it. */
static size_t rules_for(int abi, struct ruleset_attr *attr)
{
	*attr = (struct ruleset_attr){.handled_access_fs = FS_ABI_1};
	if (abi >= 2)
		attr->handled_access_fs |= FS_REFER;
	if (abi >= 3)
		attr->handled_access_fs |= FS_TRUNCATE;
	if (abi >= 5)
		attr->handled_access_fs |= FS_IOCTL_DEV;
	if (abi >= 4)
		attr->handled_access_net = NET_TCP;
	if (abi >= 6)
		attr->scoped = SCOPED;
	if (abi >= 6)
		return sizeof(*attr);
	return abi >= 4 ? offsetof(struct ruleset_attr, scoped)
			: offsetof(struct ruleset_attr, handled_access_net);
}

static int allow_path(int ruleset, const char *path, uint64_t access, struct error *error)
{
	cleanup_fd int fd = open(path, O_PATH | O_CLOEXEC);
	struct path_beneath_attr rule = {.allowed_access = access, .parent_fd = fd};
	struct stat status;
	int failed;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (fd < 0 || fstat(fd, &status) < 0) {
		failed = -errno;
		return error_set_errno(error, failed, "sandbox: %s", path);
	}
	/* What makes sense for a directory only is refused on a file. */
	if (!S_ISDIR(status.st_mode))
		rule.allowed_access &= FS_READ_FILE | FS_WRITE_FILE | FS_TRUNCATE;
	if (syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &rule, 0u) < 0) {
		failed = -errno;
		return error_set_errno(error, failed, "sandbox: Landlock refuses %s", path);
	}
	return 0;
}

static int allow_paths(int ruleset, const char *const *paths, uint64_t access, struct error *error)
{
	for (; paths && *paths; paths++) {
		int failed = allow_path(ruleset, *paths, access, error);

		if (failed)
			return failed;
	}
	return 0;
}

int landlock_restrict(const char *const *readable, const char *const *writable, struct error *error)
{
	uint64_t read_access = FS_READ_FILE | FS_READ_DIR;
	uint64_t write_access = read_access | FS_WRITE_FILE | FS_REMOVE_DIR | FS_REMOVE_FILE |
				FS_MAKE_DIR | FS_MAKE_REG | FS_TRUNCATE;
	int abi = landlock_abi(), failed;
	struct ruleset_attr attr;
	size_t size = rules_for(abi, &attr);
	cleanup_fd int ruleset = -1;

	if (abi == 0)
		return 1;
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, size, 0u);
	if (ruleset < 0) {
		failed = -errno;
		return error_set_errno(error, failed, "sandbox: Landlock");
	}
	failed = allow_paths(ruleset, readable, read_access & attr.handled_access_fs, error);
	if (!failed)
		failed = allow_paths(
			ruleset, writable, write_access & attr.handled_access_fs, error);
	/* A sanitizer's report wants to know what is mapped. */
	if (!failed && QMVC_SANITIZED)
		failed = allow_path(ruleset, "/proc", read_access, error);
	if (!failed && syscall(SYS_landlock_restrict_self, ruleset, 0u) < 0) {
		failed = -errno;
		error_set_errno(error, failed, "sandbox: Landlock");
	}
	return failed;
}
