/*
 * A child process; see job.h.
 *
 * Its output comes through pipe(2)s of our own: libuv would make socket pairs, and a script that
 * opens /dev/stderr cannot open a socket. The life of a job:
 *
 *	start -> [timeout: TERM] -> [grace: KILL] -> exit status -> end group, drain pipes,
 *	close every handle -> done
 *
 * The exit of the child ends the job whoever still holds the pipes: what is in them is read, the
 * group killed, and our ends closed. A child that not even KILL can end (it runs under another uid,
 * or the kernel holds it) is left behind: a mail must not wait for it.
 */
#include "loop/job.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "loop/launch.h"
#include "loop/loop_private.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define GRACE_DEFAULT_MS 2000
/* From KILL until the job is given up. */
#define KILL_WAIT_MS 3000
/* Reads after the exit: a pipe holds 1 MB at most (pipe(7)), and somebody may go on filling it. */
#define DRAIN_READS 32

struct capture {
	uv_poll_t poll;
	int fd;	   /* -1 when there is none */
	bool open; /* poll is initialised and not closed yet */
	size_t limit;
	struct buf buf;
	bool flooded;
	int failed; /* a negative errno */
};

/* What the timer waits for. */
enum job_stage {
	STAGE_RUNNING,	  /* the timeout */
	STAGE_TERMINATED, /* the end of the grace */
	STAGE_KILLED,	  /* the moment to give up */
	STAGE_ENDED,	  /* nothing: handles are closing */
};

struct job {
	struct loop_item item;
	struct loop *loop;
	job_done *done; /* NULL: nobody wants to hear */
	void *context;
	pid_t pid;
	uv_timer_t timer;
	struct capture out, err;
	unsigned handles; /* libuv has not let go of them yet */
	enum job_stage stage;
	unsigned grace_ms;
	uint64_t started_us;
	struct job_result result;
};

static void finish(struct job *job)
{
	loop_remove(&job->item);
	if (job->loop->strays_due)
		loop_reap_strays(job->loop);
	if (job->done) {
		job->result.out = buf_slice(&job->out.buf);
		job->result.err = buf_slice(&job->err.buf);
		job->result.flooded = job->out.flooded || job->err.flooded;
		job->result.failed = job->out.failed ? job->out.failed : job->err.failed;
		job->done(job, &job->result, job->context);
	}
	buf_release(&job->out.buf);
	buf_release(&job->err.buf);
	free(job);
}

static void on_closed(uv_handle_t *handle)
{
	struct job *job = handle->data;

	if (--job->handles == 0)
		finish(job);
}

static void on_capture_closed(uv_handle_t *handle)
{
	struct capture *capture = loop_container(handle, struct capture, poll);

	close(take_fd(&capture->fd));
	on_closed(handle);
}

static void capture_close(struct capture *capture)
{
	if (!capture->open)
		return;
	capture->open = false;
	uv_close((uv_handle_t *)&capture->poll, on_capture_closed);
}

/* One read. Returns true when there may be more at once. */
static bool capture_read(struct capture *capture, struct loop *loop)
{
	ssize_t got = read(capture->fd, loop->scratch, sizeof(loop->scratch));
	struct slice bytes, kept;

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return errno == EINTR;
	if (got <= 0) {
		capture->failed = got < 0 ? -errno : capture->failed;
		capture_close(capture);
		return false;
	}
	bytes = slice_make(loop->scratch, (size_t)got);
	kept = slice_first(bytes, capture->limit - capture->buf.len);
	capture->flooded |= kept.len < bytes.len;
	if (buf_add(&capture->buf, kept))
		capture->failed = -ENOMEM;
	return true;
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
	struct job *job = poll->data;

	/* An error is seen by read(2) as well, which knows better what it is. */
	capture_read(loop_container(poll, struct capture, poll), job->loop);
	(void)status;
}

static void capture_drain(struct capture *capture, struct loop *loop)
{
	for (int reads = 0; capture->open && reads < DRAIN_READS; reads++)
		if (!capture_read(capture, loop))
			return;
}

static void forget_children(struct loop *loop)
{
	if (loop->children_set && loop->jobs_running == 0)
		uv_signal_stop(&loop->children);
}

/* Closes all; the last close calls finish(). */
static void end(struct job *job)
{
	if (job->stage == STAGE_ENDED)
		return;
	job->stage = STAGE_ENDED;
	job->loop->jobs_running--;
	forget_children(job->loop);
	job->result.wall_us = clock_us() - job->started_us;
	capture_close(&job->out);
	capture_close(&job->err);
	uv_close((uv_handle_t *)&job->timer, on_closed);
}

/* Has it ended? */
static void look(struct job *job)
{
	bool killed = job->stage != STAGE_RUNNING;
	int status;
	pid_t reaped;

	do
		reaped = waitpid(job->pid, &status, WNOHANG);
	while (reaped < 0 && errno == EINTR);
	if (reaped != job->pid)
		return;
	if (!killed) {
		job->result.end = WIFSIGNALED(status) ? JOB_SIGNALED : JOB_EXITED;
		job->result.exit_code = WIFSIGNALED(status) ? 0 : WEXITSTATUS(status);
		job->result.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	}
	loop_end_group(job->pid);
	capture_drain(&job->out, job->loop);
	capture_drain(&job->err, job->loop);
	/* Whoever still holds a pipe has left the group. */
	if (killed || job->out.open || job->err.open)
		job->loop->strays_due = true;
	end(job);
}

static void drop(struct loop_item *item);

/*
 * Somebody's child has changed its state. One signal may stand for several, so every job is looked
 * at; nobody's callback runs meanwhile, and the ring stays as it is.
 */
static void on_children(uv_signal_t *children, int number)
{
	struct loop *loop = loop_container(children, struct loop, children);

	(void)number;
	for (struct loop_item *item = loop->items.next; item != &loop->items; item = item->next) {
		struct job *job = loop_container(item, struct job, item);

		if (item->drop == drop && job->stage != STAGE_ENDED)
			look(job);
	}
}

/* One handle for all jobs: of a flood of SIGCHLD libuv keeps as many as its pipe holds. */
static int hear_children(struct loop *loop)
{
	int error = loop->children_set ? 0 : uv_signal_init(&loop->uv, &loop->children);

	if (error)
		return error;
	loop->children_set = true;
	return uv_signal_start(&loop->children, on_children, SIGCHLD);
}

static void on_timer(uv_timer_t *timer)
{
	struct job *job = timer->data;
	pid_t group = job->pid;

	switch (job->stage) {
	case STAGE_RUNNING:
		job->stage = STAGE_TERMINATED;
		job->result.end = JOB_TIMED_OUT;
		kill(-group, SIGTERM);
		kill(-group, SIGCONT); /* one that is stopped would not hear it */
		uv_timer_start(timer, on_timer, job->grace_ms, 0);
		break;
	case STAGE_TERMINATED:
		job->stage = STAGE_KILLED;
		kill(-group, SIGKILL);
		uv_timer_start(timer, on_timer, KILL_WAIT_MS, 0);
		break;
	case STAGE_KILLED:
		job->result.stuck = true;
		job->loop->strays_due = true;
		end(job);
		break;
	case STAGE_ENDED:
		break;
	}
}

void job_cancel(struct job *job)
{
	bool alive = job->stage == STAGE_RUNNING || job->stage == STAGE_TERMINATED;

	job->result.end = JOB_CANCELLED;
	job->result.exit_code = job->result.signal = 0;
	if (!alive)
		return;
	job->stage = STAGE_KILLED;
	kill(-job->pid, SIGKILL);
	uv_update_time(&job->loop->uv);
	uv_timer_start(&job->timer, on_timer, KILL_WAIT_MS, 0);
}

void job_abandon(struct job *job)
{
	job->done = NULL;
	job->item.owes = false;
	job_cancel(job);
}

static void drop(struct loop_item *item)
{
	job_abandon(loop_container(item, struct job, item));
}

/* Makes the pipe of `capture`. Returns the child's end, the caller's now, or a negative errno. */
static int capture_open(struct capture *capture, struct job *job, size_t limit)
{
	int ends[2], error;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	capture->limit = limit;
	error = uv_poll_init(&job->loop->uv, &capture->poll, ends[0]); /* makes it non-blocking */
	if (error) {
		close(ends[0]);
		close(ends[1]);
		return error;
	}
	capture->fd = ends[0];
	capture->open = true;
	capture->poll.data = job;
	job->handles++;
	return ends[1];
}

/* Nobody hears of a job that could not be started. */
static int give_up(struct job *job, int error)
{
	job->done = NULL;
	job->item.owes = false;
	job->stage = STAGE_ENDED;
	job->result.end = JOB_CANCELLED;
	capture_close(&job->out);
	capture_close(&job->err);
	uv_close((uv_handle_t *)&job->timer, on_closed);
	return error;
}

int job_start(struct loop *loop, const struct job_options *options, job_done *done, void *context,
	struct job **result)
{
	cleanup_fd int out = -1, err = -1;
	struct job *job;
	int error;

	if (!options->argv || !options->argv[0] || options->argv[0][0] != '/' ||
		options->extra_count > JOB_EXTRA_FDS)
		return -EINVAL;
	job = calloc(1, sizeof(*job));
	if (!job)
		return -ENOMEM;
	job->loop = loop;
	job->done = done;
	job->context = context;
	job->out.fd = job->err.fd = -1;
	job->grace_ms = options->grace_ms ? options->grace_ms : GRACE_DEFAULT_MS;
	job->started_us = clock_us();
	loop_add(loop, &job->item, drop);
	uv_timer_init(&loop->uv, &job->timer);
	job->timer.data = job;
	job->handles++;
	if (options->stdout_fd <= 0) {
		out = capture_open(&job->out, job, options->stdout_limit);
		if (out < 0)
			return give_up(job, out);
	}
	err = capture_open(&job->err, job, options->stderr_limit);
	if (err < 0)
		return give_up(job, err);
	/* First, so that not even a child that ends at once is missed. */
	error = hear_children(loop);
	if (!error)
		error = launch(
			options, options->stdout_fd > 0 ? options->stdout_fd : out, err, &job->pid);
	if (error) {
		forget_children(loop);
		return give_up(job, error);
	}
	loop->jobs_running++;
	if (job->out.open)
		uv_poll_start(&job->out.poll, UV_READABLE, on_readable);
	uv_poll_start(&job->err.poll, UV_READABLE, on_readable);
	uv_update_time(&loop->uv);
	if (options->timeout_ms)
		uv_timer_start(&job->timer, on_timer, options->timeout_ms, 0);
	*result = job;
	return 0;
}
