/*
 * The box in which the helpers read hostile content. It closes once and for good: no new network
 * socket, no program started, no file but those named beforehand, no executable memory, bounded
 * memory and time. Three locks, each enough for most of it: Landlock (files, network), seccomp (an
 * allow-list of system calls, anything else kills the process) and resource limits.
 *
 * What a helper needs besides its rules (libraries, databases, locale, time zone, listening
 * sockets, the descriptors of its work) is opened before it enters.
 */
#ifndef QMVC_HELPERS_SANDBOX_H
#define QMVC_HELPERS_SANDBOX_H

#include "base/error.h"

#include <stdint.h>

enum sandbox_flag {
	SANDBOX_THREADS = 1, /* may start threads (never processes) */
	SANDBOX_SERVE = 2,   /* may accept on sockets it has, and wait for events as libuv does */
};

struct sandbox_rules {
	/*
	 * Files and directories (all below them) that may be read, and those that may be read,
	 * made, written and removed; NULL-terminated, NULL for none; a path that is not there is
	 * passed over. With no path at all opening a file fails with EACCES.
	 */
	const char *const *readable;
	const char *const *writable;
	unsigned flags;
	uint64_t memory;      /* bytes of address space, 0 unlimited; not set in sanitizer builds */
	uint64_t cpu_seconds; /* SIGXCPU at these, SIGKILL a second later; 0 unlimited */
	uint64_t file_size;   /* bytes a file may be made to grow to; UINT64_MAX unlimited */
	uint64_t open_files;  /* descriptors, those already open counted; 0 as it is */
};

/*
 * Enters, for this thread and those it starts: call it before any thread is made. A kernel without
 * Landlock (landlock(7)) leaves the other two locks; with paths named that is less than was asked
 * for, so `qmvc -t` warns (sandbox_landlock_abi()). Returns 0 or a negative errno with *error set,
 * after which the process must give up: some locks may be closed already.
 */
int sandbox_enter(const struct sandbox_rules *rules, struct error *error);

/*
 * The kernel's Landlock ABI version, 1 or higher, or 0 when it has none or it is switched off.
 * Ask before entering.
 */
int sandbox_landlock_abi(void);

#endif
