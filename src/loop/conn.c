/*
 * A stream socket; see conn.h. How it gets connected is in connect.c.
 *
 * All reading and writing happens when the loop says that the socket is ready, so no event ever
 * fires inside a call of the owner's. Whoever is told an event may close the conn there: after each
 * emit() its state is looked at again. It stays in memory until libuv has let go of every handle.
 */
#include "base/cleanup.h"
#include "base/clock.h"
#include "loop/conn_private.h"
#include "loop/resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

static void on_poll(uv_poll_t *poll, int status, int events);

static void emit(struct conn *conn, enum conn_event event, struct slice data, int error)
{
	if (conn->handler)
		conn->handler(conn, event, data, error, conn->context);
}

/* ---- The time it sends ---- */

/* To be called whenever the state or the queue may have changed. */
static void note_sending(struct conn *conn)
{
	bool sends = conn->state == CONN_OPEN && conn->queue.first;

	if (sends && conn->sending_since_us == 0)
		conn->sending_since_us = clock_us();
	if (sends)
		return;
	conn->sending_us = conn_sending_us(conn);
	conn->sending_since_us = 0;
}

uint64_t conn_sending_us(const struct conn *conn)
{
	if (conn->sending_since_us == 0)
		return conn->sending_us;
	return conn->sending_us + (clock_us() - conn->sending_since_us);
}

bool conn_all_sent(const struct conn *conn)
{
	return !conn->queue.first && !conn->deaf;
}

/* ---- Handles ---- */

static void release_handle(struct conn *conn)
{
	if (--conn->handles > 0)
		return; /* the timer's is there until conn_close() */
	loop_remove(&conn->item);
	emit(conn, CONN_CLOSED, SLICE_EMPTY, 0);
	free(conn->host);
	free(conn);
}

static void on_timer_closed(uv_handle_t *handle)
{
	release_handle(handle->data);
}

static void on_socket_closed(uv_handle_t *handle)
{
	struct conn_socket *sock = handle->data;
	struct conn *conn = sock->conn;

	close(sock->fd);
	free(sock);
	release_handle(conn);
}

void conn_drop_socket(struct conn *conn)
{
	struct conn_socket *sock = take_ptr(&conn->socket);

	if (sock)
		uv_close((uv_handle_t *)&sock->poll, on_socket_closed);
}

int conn_take_socket(struct conn *conn, int fd)
{
	struct conn_socket *sock = calloc(1, sizeof(*sock));
	int error = sock ? uv_poll_init(&conn->loop->uv, &sock->poll, fd) : -ENOMEM;

	if (error) {
		free(sock);
		close(fd);
		return error;
	}
	sock->poll.data = sock;
	sock->fd = fd;
	sock->conn = conn;
	conn->handles++;
	conn->socket = sock;
	return 0;
}

void conn_set_poll(struct conn_socket *sock, int events)
{
	if (sock->polled == events)
		return;
	sock->polled = events;
	if (events)
		uv_poll_start(&sock->poll, events, on_poll);
	else
		uv_poll_stop(&sock->poll);
}

static void update_poll(struct conn *conn)
{
	note_sending(conn);
	if (conn->state == CONN_OPEN)
		conn_set_poll(conn->socket,
			(conn->eof ? 0 : UV_READABLE) | (conn->queue.first ? UV_WRITABLE : 0));
}

void conn_fail(struct conn *conn, int error)
{
	conn->state = CONN_BROKEN;
	uv_timer_stop(&conn->timer);
	resolve_cancel(take_ptr(&conn->resolve));
	conn_drop_socket(conn);
	send_queue_release(&conn->queue);
	note_sending(conn);
	emit(conn, CONN_FAILED, SLICE_EMPTY, error);
}

void conn_connected(struct conn *conn)
{
	conn->state = CONN_OPEN;
	note_sending(conn);
	emit(conn, CONN_CONNECTED, SLICE_EMPTY, 0);
	update_poll(conn);
}

/* ---- Sending and receiving ---- */

static void flush(struct conn *conn)
{
	int progress;

	if (!conn->queue.first)
		return;
	progress = send_queue_flush(&conn->queue, conn->socket->fd);
	note_sending(conn);
	if (progress == SEND_ALL)
		emit(conn, CONN_DRAINED, SLICE_EMPTY, 0);
	if (progress >= 0)
		return;
	/* What the peer said before it closed is still to be read, and says why. */
	conn->deaf = true;
	send_queue_release(&conn->queue);
	emit(conn, CONN_SEND_FAILED, SLICE_EMPTY, progress);
}

static void receive(struct conn *conn)
{
	struct loop *loop = conn->loop;
	ssize_t got = recv(conn->socket->fd, loop->scratch, sizeof(loop->scratch), MSG_DONTWAIT);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got > 0) {
		emit(conn, CONN_DATA, slice_make(loop->scratch, (size_t)got), 0);
	} else if (got == 0) {
		conn->eof = true;
		emit(conn, CONN_EOF, SLICE_EMPTY, 0);
	} else {
		conn_fail(conn, -errno);
	}
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
	struct conn_socket *sock = poll->data;
	struct conn *conn = sock->conn;

	if (status < 0) { /* libuv stopped it; what is wrong, the socket itself says best */
		sock->polled = 0;
		events = UV_READABLE | UV_WRITABLE;
	}
	if (conn->state == CONN_CONNECTING) {
		connect_attempt_ended(conn);
		return;
	}
	if (events & UV_WRITABLE)
		flush(conn);
	if ((events & UV_READABLE) && conn->state == CONN_OPEN && !conn->eof)
		receive(conn);
	update_poll(conn);
}

static int queued(struct conn *conn, int error)
{
	if (!error)
		update_poll(conn);
	return error;
}

static bool drops_output(const struct conn *conn)
{
	return conn->deaf || conn->state == CONN_BROKEN || conn->state == CONN_CLOSING;
}

int conn_send(struct conn *conn, struct slice bytes)
{
	return drops_output(conn) ? 0 : queued(conn, send_queue_copy(&conn->queue, bytes));
}

int conn_send_borrowed(struct conn *conn, struct slice bytes)
{
	return drops_output(conn) ? 0 : queued(conn, send_queue_borrow(&conn->queue, bytes));
}

int conn_send_fd(struct conn *conn, int fd)
{
	/* Elsewhere the kernel would send the byte and forget the descriptor without a word. */
	if (!conn->takes_fds || drops_output(conn)) {
		close(fd);
		return conn->takes_fds ? 0 : -EOPNOTSUPP;
	}
	return queued(conn, send_queue_fd(&conn->queue, fd));
}

bool conn_takes_fds(const struct conn *conn)
{
	return conn->takes_fds;
}

/* ---- Opening and closing ---- */

void conn_close(struct conn *conn)
{
	if (conn->state == CONN_CLOSING)
		return;
	conn->state = CONN_CLOSING;
	resolve_cancel(take_ptr(&conn->resolve));
	conn_drop_socket(conn);
	send_queue_release(&conn->queue);
	note_sending(conn);
	uv_close((uv_handle_t *)&conn->timer, on_timer_closed);
}

static void drop(struct loop_item *item)
{
	struct conn *conn = loop_container(item, struct conn, item);

	conn->handler = NULL;
	conn_close(conn);
}

static struct conn *conn_new(struct loop *loop, conn_handler *handler, void *context)
{
	struct conn *conn = calloc(1, sizeof(*conn));

	if (!conn)
		return NULL;
	conn->loop = loop;
	conn->handler = handler;
	conn->context = context;
	uv_timer_init(&loop->uv, &conn->timer);
	conn->timer.data = conn;
	conn->handles = 1;
	loop_add(loop, &conn->item, drop);
	return conn;
}

/* For one nobody has seen yet. */
static int discard(struct conn *conn, int error)
{
	conn->item.owes = false;
	drop(&conn->item);
	return error;
}

int conn_open(struct loop *loop, const char *path, const char *host, unsigned port,
	unsigned timeout_ms, conn_handler *handler, void *context, struct conn **result)
{
	struct conn *conn;
	int error;

	if (!path == !host)
		return -EINVAL;
	conn = conn_new(loop, handler, context);
	if (!conn)
		return -ENOMEM;
	error = path ? connect_note_unix(conn, path) : connect_note_host(conn, host, port);
	if (error)
		return discard(conn, error);
	connect_begin(conn, timeout_ms);
	*result = conn;
	return 0;
}

int conn_adopt(struct loop *loop, int fd, conn_handler *handler, void *context,
	struct conn **result)
{
	cleanup_fd int owned = fd;
	int domain, error;
	socklen_t len = sizeof(domain);
	struct conn *conn;

	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) < 0 ||
		fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
		return -errno;
	conn = conn_new(loop, handler, context);
	if (!conn)
		return -ENOMEM;
	error = conn_take_socket(conn, take_fd(&owned));
	if (error)
		return discard(conn, error);
	conn->takes_fds = domain == AF_UNIX;
	conn->state = CONN_OPEN;
	update_poll(conn);
	*result = conn;
	return 0;
}
