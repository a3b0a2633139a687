/*
 * Starts a program that is to outlive us: a daemon, not a child. A job is killed with all it left
 * when it ends; what is started here is nobody's job.
 */
#ifndef QMVC_LOOP_DETACH_H
#define QMVC_LOOP_DETACH_H

/* Descriptors the daemon gets at 3, 4, ... */
#define DETACH_FDS 4

struct detach_options {
	const char *const *argv; /* argv[0] is an absolute path */
	const char *const *envp; /* all of its environment; NULL: an empty one */
	int fds[DETACH_FDS];	 /* stay the caller's */
	unsigned fd_count;
};

/*
 * Starts it in a session of its own, with / as its directory, umask 077, signals at their defaults,
 * /dev/null as 0, 1 and 2, and nothing else open but what `options` names. Waits until the program
 * runs (exec(3)), which takes a millisecond. Returns 0 or a negative errno: -ENOENT, -EACCES, ...
 * when it could not be started.
 *
 * Its parent becomes whoever takes orphans above us. For that this process stops being the reaper of
 * orphans (loop_new()) for as long as one small process takes to end; a grandchild of a job that
 * left its group and loses its parent in just that moment goes the same way, and is not killed.
 */
int detach_start(const struct detach_options *options);

#endif
