/*
 * A stream socket; see conn.h.
 *
 *	STARTING -> [RESOLVING] -> CONNECTING (one address after another) -> OPEN -> FAILED or CLOSING
 *
 * conn_open() only notes what to do: the first turn does it, so that whatever it meets, even a
 * refusal at once, is reported from a turn and never from inside the call. One timer serves that
 * start, the time each attempt has, and the pauses of a unix connect (below). All reading and
 * writing happens when the loop says that the socket is ready.
 */
#include "loop/conn.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "loop/loop_private.h"
#include "loop/resolve.h"
#include "loop/send_queue.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>

#define ADDRESSES_MAX  8
/* A unix socket whose queue of waiting clients is full cannot be waited for, only tried again. */
#define RETRY_FIRST_MS 5
#define RETRY_LAST_MS  100

enum conn_state { CONN_STARTING, CONN_RESOLVING, CONN_CONNECTING, CONN_OPEN, CONN_BROKEN, CONN_CLOSING };

/* A socket under libuv; an attempt to connect that failed is still closing while the next runs. */
struct conn_socket {
	uv_poll_t poll;
	int fd;
	int polled; /* the events asked for */
	struct conn *conn;
};

struct address {
	union {
		struct sockaddr any;
		struct sockaddr_un un;
		struct sockaddr_storage room;
	} to;
	socklen_t len;
};

struct conn {
	struct loop_item item;
	struct loop *loop;
	conn_handler *handler; /* NULL: nobody wants to hear */
	void *context;
	enum conn_state state;
	uv_timer_t timer;
	unsigned handles; /* libuv has not let go of them yet: the timer and the sockets */
	struct conn_socket *socket;
	char *host; /* to be resolved, else NULL */
	unsigned port;
	struct resolve *resolve;
	struct address addresses[ADDRESSES_MAX];
	unsigned address_count, address_next;
	unsigned timeout_ms;
	uint64_t until_us, attempt_until_us; /* 0: no bound */
	unsigned retry_ms;
	struct send_queue queue;
	bool takes_fds;
	bool deaf; /* the peer takes no more: what is sent is dropped */
	bool eof;  /* nothing more comes in */
};

static void on_timer(uv_timer_t *timer);
static void on_poll(uv_poll_t *poll, int status, int events);
static void connect_next(struct conn *conn, int error);

static void emit(struct conn *conn, enum conn_event event, struct slice data, int error)
{
	if (conn->handler)
		conn->handler(conn, event, data, error, conn->context);
}

/* ---- Handles ---- */

static void release_handle(struct conn *conn)
{
	if (--conn->handles > 0 || conn->state != CONN_CLOSING)
		return;
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

static void drop_socket(struct conn *conn)
{
	struct conn_socket *sock = take_ptr(&conn->socket);

	if (sock)
		uv_close((uv_handle_t *)&sock->poll, on_socket_closed);
}

/* Puts `fd` under libuv; owns it, also when it fails. */
static int take_socket(struct conn *conn, int fd)
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

static void set_poll(struct conn_socket *sock, int events)
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
	if (conn->state == CONN_OPEN)
		set_poll(conn->socket,
			(conn->eof ? 0 : UV_READABLE) | (conn->queue.first ? UV_WRITABLE : 0));
}

/* Nothing but conn_close() is left to do. */
static void fail(struct conn *conn, int error)
{
	conn->state = CONN_BROKEN;
	uv_timer_stop(&conn->timer);
	resolve_cancel(take_ptr(&conn->resolve));
	drop_socket(conn);
	send_queue_release(&conn->queue);
	emit(conn, CONN_FAILED, SLICE_EMPTY, error);
}

/* ---- Connecting ---- */

static uint64_t left_ms(uint64_t until_us)
{
	uint64_t now = clock_us();

	return until_us > now ? (until_us - now + 999) / 1000 : 0;
}

static void start_timer(struct conn *conn, uint64_t milliseconds)
{
	uv_update_time(&conn->loop->uv);
	uv_timer_start(&conn->timer, on_timer, milliseconds, 0);
}

/* Each address gets its share of the time, so that a silent one does not use up the next one's. */
static void begin_attempt(struct conn *conn)
{
	conn->retry_ms = RETRY_FIRST_MS;
	conn->attempt_until_us = 0;
	if (conn->until_us) {
		uint64_t share = left_ms(conn->until_us) * 1000 /
			(conn->address_count - conn->address_next);

		conn->attempt_until_us = clock_us() + share;
	}
}

/* Returns 0 when it is connected or under way, or a negative errno. */
static int try_address(struct conn *conn, const struct address *address)
{
	int family = address->to.any.sa_family, on = 1;
	cleanup_fd int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int error;

	if (fd < 0)
		return -errno;
	if (family != AF_UNIX) /* requests are small, and their answer is waited for */
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(fd, &address->to.any, address->len) < 0 && errno != EINPROGRESS)
		return -errno;
	error = take_socket(conn, take_fd(&fd));
	if (error)
		return error;
	set_poll(conn->socket, UV_WRITABLE);
	if (conn->attempt_until_us)
		start_timer(conn, left_ms(conn->attempt_until_us));
	return 0;
}

static void retry_later(struct conn *conn)
{
	uint64_t wait = conn->retry_ms;

	if (conn->attempt_until_us && left_ms(conn->attempt_until_us) < wait)
		wait = left_ms(conn->attempt_until_us);
	if (conn->retry_ms < RETRY_LAST_MS)
		conn->retry_ms *= 2;
	start_timer(conn, wait);
}

/* Tries the current address and those behind it; `error` is what to report when none is left. */
static void connect_next(struct conn *conn, int error)
{
	uv_timer_stop(&conn->timer);
	for (; conn->address_next < conn->address_count; conn->address_next++) {
		if (conn->retry_ms == 0)
			begin_attempt(conn);
		error = try_address(conn, &conn->addresses[conn->address_next]);
		if (error == 0)
			return;
		if (error == -EAGAIN && conn->takes_fds) {
			retry_later(conn);
			return;
		}
		conn->retry_ms = 0;
	}
	fail(conn, error);
}

static void next_address(struct conn *conn, int error)
{
	drop_socket(conn);
	conn->address_next++;
	conn->retry_ms = 0;
	connect_next(conn, error);
}

static void use_addresses(struct conn *conn, const struct addrinfo *list)
{
	for (; list && conn->address_count < ADDRESSES_MAX; list = list->ai_next) {
		struct address *address = &conn->addresses[conn->address_count];

		if (list->ai_addrlen > sizeof(address->to))
			continue;
		memcpy(&address->to, list->ai_addr, list->ai_addrlen);
		address->len = list->ai_addrlen;
		conn->address_count++;
	}
}

static void on_resolved(const struct addrinfo *list, int error, void *context)
{
	struct conn *conn = context;

	conn->resolve = NULL;
	if (error) {
		fail(conn, error);
		return;
	}
	use_addresses(conn, list);
	conn->state = CONN_CONNECTING;
	connect_next(conn, -EHOSTUNREACH);
}

static void start_resolving(struct conn *conn)
{
	int error = resolve_start(conn->loop, conn->host, conn->port, on_resolved, conn,
		&conn->resolve);

	if (error) {
		fail(conn, error);
		return;
	}
	conn->state = CONN_RESOLVING;
	if (conn->until_us)
		start_timer(conn, left_ms(conn->until_us));
}

static void on_timer(uv_timer_t *timer)
{
	struct conn *conn = timer->data;

	switch (conn->state) {
	case CONN_STARTING:
		if (conn->host) {
			start_resolving(conn);
			break;
		}
		conn->state = CONN_CONNECTING;
		connect_next(conn, -EHOSTUNREACH);
		break;
	case CONN_RESOLVING:
		fail(conn, -ETIMEDOUT);
		break;
	case CONN_CONNECTING:
		if (conn->attempt_until_us && left_ms(conn->attempt_until_us) == 0)
			next_address(conn, -ETIMEDOUT);
		else if (!conn->socket)
			connect_next(conn, -EAGAIN);
		else
			start_timer(conn, left_ms(conn->attempt_until_us));
		break;
	default:
		break;
	}
}

/* connect(2): the outcome of one under way is in SO_ERROR once the socket is writable. */
static void on_attempt_ended(struct conn *conn)
{
	int error = 0;
	socklen_t len = sizeof(error);

	if (getsockopt(conn->socket->fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
		error = errno;
	if (error) {
		next_address(conn, -error);
		return;
	}
	uv_timer_stop(&conn->timer);
	conn->state = CONN_OPEN;
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
		fail(conn, -errno);
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
		on_attempt_ended(conn);
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
	if (drops_output(conn)) {
		close(fd);
		return 0;
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
	drop_socket(conn);
	send_queue_release(&conn->queue);
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

static int note_unix(struct conn *conn, const char *path)
{
	struct address *address = &conn->addresses[0];

	if (strlen(path) >= sizeof(address->to.un.sun_path))
		return -ENAMETOOLONG;
	address->to.un.sun_family = AF_UNIX;
	strcpy(address->to.un.sun_path, path);
	address->len = sizeof(address->to.un);
	conn->address_count = 1;
	conn->takes_fds = true;
	return 0;
}

static int note_host(struct conn *conn, const char *host, unsigned port)
{
	struct addrinfo *list = NULL;

	if (port == 0 || port > 65535)
		return -EINVAL;
	if (resolve_numeric(host, port, &list) == 0) {
		use_addresses(conn, list);
		freeaddrinfo(list);
		return 0;
	}
	conn->port = port;
	conn->host = strdup(host);
	return conn->host ? 0 : -ENOMEM;
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
	error = path ? note_unix(conn, path) : note_host(conn, host, port);
	if (error)
		return discard(conn, error);
	if (timeout_ms)
		conn->until_us = clock_us() + (uint64_t)timeout_ms * 1000;
	start_timer(conn, 0);
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
	error = take_socket(conn, take_fd(&owned));
	if (error)
		return discard(conn, error);
	conn->takes_fds = domain == AF_UNIX;
	conn->state = CONN_OPEN;
	update_poll(conn);
	*result = conn;
	return 0;
}
