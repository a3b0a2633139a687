/* Looks a host name up in a thread; see resolve.h. */
#include "loop/resolve.h"

#include "base/cleanup.h"
#include "loop/loop_private.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/*
 * Shared by the loop and the thread; who lets go last frees it. The thread's last word is closing
 * its end of the pipe.
 */
struct question {
	atomic_int holders;
	char *host;
	unsigned port;
	int pipe_end;
	int error;
	struct addrinfo *list;
	atomic_bool answered; /* set after the two above, read before them */
};

struct resolve {
	uv_poll_t poll;
	int fd;
	struct question *question;
	resolve_done *done;
	void *context;
};

static void question_release(struct question *question)
{
	if (atomic_fetch_sub(&question->holders, 1) > 1)
		return;
	if (question->list)
		freeaddrinfo(question->list);
	free(question->host);
	free(question);
}

/* getaddrinfo(3) has numbers of its own. */
static int gai_errno(int error)
{
	switch (error) {
	case 0:
		return 0;
	case EAI_AGAIN:
		return -EAGAIN;
	case EAI_MEMORY:
		return -ENOMEM;
	case EAI_SYSTEM:
		return errno ? -errno : -EIO;
	default:
		return -EHOSTUNREACH;
	}
}

static int look_up(const char *host, unsigned port, int flags, struct addrinfo **list)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = flags | AI_NUMERICSERV};
	char service[16];

	snprintf(service, sizeof(service), "%u", port);
	return gai_errno(getaddrinfo(host, service, &hints, list));
}

int resolve_numeric(const char *host, unsigned port, struct addrinfo **list)
{
	return look_up(host, port, AI_NUMERICHOST, list);
}

static void *answer(void *argument)
{
	struct question *question = argument;

	question->error = look_up(question->host, question->port, 0, &question->list);
	atomic_store(&question->answered, true);
	close(question->pipe_end);
	question_release(question);
	return NULL;
}

static void on_closed(uv_handle_t *handle)
{
	struct resolve *resolve = handle->data;

	close(resolve->fd);
	question_release(resolve->question);
	free(resolve);
}

void resolve_cancel(struct resolve *resolve)
{
	if (resolve)
		uv_close((uv_handle_t *)&resolve->poll, on_closed);
}

static void on_answer(uv_poll_t *poll, int status, int events)
{
	struct resolve *resolve = poll->data;

	if (!atomic_load(&resolve->question->answered))
		return;
	resolve_cancel(resolve); /* frees it later: the list is still there for the call */
	resolve->done(resolve->question->list, resolve->question->error, resolve->context);
}

/* Signals are the main thread's. */
static int start_thread(struct question *question)
{
	pthread_attr_t attributes;
	pthread_t thread;
	sigset_t all, before;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	error = pthread_create(&thread, &attributes, answer, question);
	pthread_attr_destroy(&attributes);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return -error;
}

static struct question *question_new(const char *host, unsigned port)
{
	struct question *question = calloc(1, sizeof(*question));

	if (!question)
		return NULL;
	question->host = strdup(host);
	if (!question->host) {
		free(question);
		return NULL;
	}
	question->port = port;
	atomic_init(&question->holders, 1);
	return question;
}

int resolve_start(struct loop *loop, const char *host, unsigned port, resolve_done *done,
	void *context, struct resolve **result)
{
	struct resolve *resolve = calloc(1, sizeof(*resolve));
	struct question *question = question_new(host, port);
	int ends[2] = {-1, -1}, error = -ENOMEM;

	if (!resolve || !question)
		goto fail;
	if (pipe2(ends, O_CLOEXEC) < 0) {
		error = -errno;
		goto fail;
	}
	error = uv_poll_init(&loop->uv, &resolve->poll, ends[0]);
	if (error)
		goto fail;
	resolve->poll.data = resolve;
	resolve->fd = ends[0];
	resolve->question = question;
	resolve->done = done;
	resolve->context = context;
	question->pipe_end = ends[1];
	atomic_fetch_add(&question->holders, 1);
	error = start_thread(question);
	if (error) {
		close(ends[1]);
		question_release(question);
		resolve_cancel(resolve);
		return error;
	}
	uv_poll_start(&resolve->poll, UV_READABLE, on_answer);
	*result = resolve;
	return 0;
fail:
	if (ends[0] >= 0) {
		close(ends[0]);
		close(ends[1]);
	}
	if (question)
		question_release(question);
	free(resolve);
	return error;
}
