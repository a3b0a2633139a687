/* The loop; see loop.h. Strays and groups are in reap.c. */
#include "loop/loop_private.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#define LIBUV_FDS 8 /* an epoll set, an eventfd, two pipes; and room for what a release may add */
#define LOOKED_AT 24 /* descriptors, from 0: one that starts small has eight free among them */

void loop_add(struct loop *loop, struct loop_item *item, void (*drop)(struct loop_item *item))
{
	item->drop = drop;
	item->owes = true;
	item->next = &loop->items;
	item->previous = loop->items.previous;
	item->previous->next = item;
	loop->items.previous = item;
}

void loop_remove(struct loop_item *item)
{
	item->previous->next = item->next;
	item->next->previous = item->previous;
}

/*
 * SIGCHLD is how libuv learns of an exit, and whoever started us may have left it blocked, which
 * exec(3) hands down (qmail's spawners do block it for most of their time).
 */
static int prepare_signals(void)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	sigset_t children;

	sigemptyset(&children);
	sigaddset(&children, SIGCHLD);
	if (sigaction(SIGPIPE, &ignore, NULL) < 0 || sigprocmask(SIG_UNBLOCK, &children, NULL) < 0)
		return -errno;
	return 0;
}

/*
 * Are 0, 1 and 2 open, and LIBUV_FDS of the next ones free? poll(2) tells in one call: of those that are
 * closed it says POLLNVAL, and it takes no more numbers than descriptors are allowed. `false` is no
 * answer: then they are had one by one.
 */
static bool sees_fds(void)
{
	struct pollfd fds[LOOKED_AT];
	int closed = 0;

	for (int i = 0; i < LOOKED_AT; i++)
		fds[i] = (struct pollfd){.fd = i};
	if (poll(fds, LOOKED_AT, 0) < 0)
		return false;
	for (int i = 0; i < LOOKED_AT; i++) {
		bool is_closed = (fds[i].revents & POLLNVAL) != 0;

		if (is_closed && i <= STDERR_FILENO)
			return false;
		closed += is_closed;
	}
	return closed >= LIBUV_FDS;
}

/* libuv aborts when it has to close 0, 1 or 2; so nothing of its own may ever land there. */
static int fill_standard_fds(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) < 0) /* gets that number */
			return -errno;
	return 0;
}

/*
 * libuv aborts when it finds no descriptors for its first pipes. So as many as it takes are had
 * here first, and when there are too few, that is an error like any other.
 */
static int check_fds(void)
{
	int taken[LIBUV_FDS], count = 0, error = 0;

	while (count < LIBUV_FDS && !error) {
		int fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);

		if (fd < 0)
			error = -errno;
		else
			taken[count++] = fd;
	}
	while (count > 0)
		close(taken[--count]);
	return error;
}

static int have_fds(void)
{
	int error = fill_standard_fds();

	return error ? error : check_fds();
}

int loop_new(struct loop **result)
{
	struct loop *loop = malloc(sizeof(*loop)); /* not calloc: scratch need not be touched */
	int error;

	if (!loop)
		return -ENOMEM;
	loop->items.next = loop->items.previous = &loop->items;
	loop->children_set = false;
	loop->jobs_running = 0;
	loop->strays_due = false;
	reserve_install(loop->reserve);
	error = sees_fds() ? 0 : have_fds();
	if (!error)
		error = prepare_signals();
	if (!error && prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		error = -errno;
	if (!error)
		error = uv_loop_init(&loop->uv);
	if (error) {
		free(loop);
		return error;
	}
	*result = loop;
	return 0;
}

int loop_free(struct loop *loop)
{
	int left = 0;

	if (!loop)
		return 0;
	for (struct loop_item *item = loop->items.next; item != &loop->items; item = item->next) {
		left += item->owes;
		item->drop(item);
	}
	uv_run(&loop->uv, UV_RUN_DEFAULT);
	loop_reap_strays(loop);
	if (loop->children_set) {
		uv_close((uv_handle_t *)&loop->children, NULL);
		uv_run(&loop->uv, UV_RUN_DEFAULT);
	}
	/* Cannot be busy now; if it were, a leak does less harm than a freed loop that lives. */
	if (uv_loop_close(&loop->uv) < 0)
		return left + 1;
	free(loop);
	return left;
}

int loop_leave(struct loop *loop)
{
	if (!loop)
		return 0;
	if (loop->items.next != &loop->items)
		return loop_free(loop);
	loop_reap_strays(loop);
	return 0;
}

int loop_run(struct loop *loop)
{
	int more = uv_run(&loop->uv, UV_RUN_DEFAULT);

	return more < 0 ? more : 0;
}

bool loop_turn(struct loop *loop, bool wait)
{
	return uv_run(&loop->uv, wait ? UV_RUN_ONCE : UV_RUN_NOWAIT) != 0;
}
