/*
 * The event loop of a delivery: one libuv loop that runs child processes, sockets and deadlines
 * until each has reported. This floor is the only one that knows libuv.
 *
 * Rules that hold for all of it: a start function returns 0 or a negative errno and calls nothing
 * back when it fails; else its callback fires exactly once, never from inside the start function,
 * also after a cancel; what it was given stays valid until then and may be freed inside it.
 * Cancelling is a move, not a free.
 */
#ifndef QMVC_LOOP_LOOP_H
#define QMVC_LOOP_LOOP_H

#include "base/error.h"

struct loop;

/*
 * Makes a loop, ignores SIGPIPE, unblocks SIGCHLD, and makes this process the reaper of escaped
 * grandchildren (PR_SET_CHILD_SUBREAPER). Where descriptor 0, 1 or 2 is closed, /dev/null is opened
 * there for good. One loop a process, used by its main thread alone. Returns 0 or a negative errno.
 */
int loop_new(struct loop **loop);

/*
 * Kills and reaps every child that is left, then frees the loop. Every job, conn and deadline must
 * have ended before; what has not is ended without a further callback, and returned is how many
 * there were: anything but 0 is a fault of the caller's, which tests assert. NULL is legal (0).
 */
int loop_free(struct loop *loop);

/*
 * As loop_free(), for a process that ends next: does all that others can notice, and leaves the memory and
 * descriptors to exit(3). Nothing but exiting may follow.
 */
int loop_leave(struct loop *loop);

/* Runs until nothing is active any more. Returns 0 or a negative errno. */
int loop_run(struct loop *loop);

/* One turn: waits for events when `wait`, handles them. Returns false when nothing is active. */
bool loop_turn(struct loop *loop, bool wait);

/*
 * Kills (SIGKILL) and reaps children this process has that no job knows: grandchildren whose
 * parents died, and what they leave in turn. While a job runs this is put off until none does,
 * since a stranger may be at work for it. Waits up to a second for their death. Called when a job
 * has ended that was killed or left a pipe open, and at the end; there is rarely need to call it.
 */
void loop_reap_strays(struct loop *loop);

#endif
