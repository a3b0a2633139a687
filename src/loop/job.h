/*
 * A child process in a process group of its own: its output is captured up to a bound, its time is
 * bounded, and when it ends (or is made to end) the whole group is killed and reaped.
 */
#ifndef QMVC_LOOP_JOB_H
#define QMVC_LOOP_JOB_H

#include "base/slice.h"
#include "loop/loop.h"

struct job;

/* Descriptors the child gets at 3, 4, ...; -1 entries are closed there. */
#define JOB_EXTRA_FDS 3

struct job_options {
	const char *const *argv;   /* argv[0] is an absolute path */
	const char *const *envp;   /* all of its environment; NULL: an empty one */
	const char *directory;	   /* working directory, or NULL for ours */
	int stdin_fd;		   /* given as fd 0 (stays the caller's, but is made blocking); -1:
				      /dev/null */
	int stdout_fd;		   /* > 0: given as fd 1 (stays the caller's) and nothing captured */
	int extra_fds[JOB_EXTRA_FDS];
	unsigned extra_count;
	size_t stdout_limit;	   /* bytes kept; more is drained and dropped, job_result.flooded */
	size_t stderr_limit;
	unsigned timeout_ms;	   /* 0: none */
	unsigned grace_ms;	   /* after the timeout: TERM to the group, this long, then KILL;
				      0: 2000 */
};

enum job_end {
	JOB_EXITED,	 /* exit_code holds */
	JOB_SIGNALED,	 /* signal holds; it died of its own */
	JOB_TIMED_OUT,	 /* killed because of timeout_ms */
	JOB_CANCELLED,	 /* killed by job_cancel() */
};

struct job_result {
	enum job_end end;
	int exit_code, signal;
	struct slice out, err;	/* what was captured; valid during the callback only */
	bool flooded;		/* more than a limit came */
	int failed;		/* a negative errno: we could not read or keep what it wrote */
	bool stuck;		/* not even KILL ended it (another uid's, or held by the kernel): it
				   was left behind */
	uint64_t wall_us;
};

/*
 * Fires when the child has been reaped and what it wrote has been read. Grandchildren that live on
 * after the child's exit are killed, never waited for, whether they hold the pipes or not; one that
 * left the group (setsid(2)) only when it holds a pipe or when the job was killed (then by
 * loop_reap_strays()).
 */
typedef void job_done(struct job *job, const struct job_result *result, void *context);

/*
 * Starts it with signals at their defaults and nothing open but what `options` names. The options
 * are not needed afterwards. Returns 0 or a negative errno (-ENOENT, -EACCES, ...: could not be
 * started; -EINVAL: argv[0] is no absolute path).
 */
int job_start(struct loop *loop, const struct job_options *options, job_done *done, void *context,
	struct job **job);

/* KILL to the whole group at once; done fires later with JOB_CANCELLED. Twice is legal. */
void job_cancel(struct job *job);

/*
 * The same for one of which nothing more is wanted: done does not fire, and the pointer must not be
 * used again. Whoever runs the loop next reaps it by the way, at the latest loop_free().
 */
void job_abandon(struct job *job);

#endif
