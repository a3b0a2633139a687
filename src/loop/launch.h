/* Starts a program: the one place where a job gets its process. */
#ifndef QMVC_LOOP_LAUNCH_H
#define QMVC_LOOP_LAUNCH_H

#include "loop/job.h"

#include <sys/types.h>

/*
 * Starts what `options` (argv, envp, directory, stdin_fd, extra_fds) name with `out` as fd 1 and
 * `err` as fd 2, as the leader of a session and process group of its own, with signals at their
 * defaults and nothing else open. A file that is executable but of no format the kernel knows is
 * given to /bin/sh, as execvp(3) does. Everything stays the caller's; each descriptor of ours above
 * 2 is close-on-exec afterwards. Returns 0 when the program runs (it is to be waited for), or a
 * negative errno, with nothing left to wait for.
 */
int launch(const struct job_options *options, int out, int err, pid_t *pid);

#endif
