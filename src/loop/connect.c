/*
 * How a conn gets connected; see conn.h and conn_private.h.
 *
 * conn_open() only notes what to do: the first turn does it, so that whatever it meets, even a
 * refusal at once, is reported from a turn and never from inside the call. One timer serves that
 * start, the time each attempt has, and the pauses between attempts at a unix socket.
 */
#include "base/cleanup.h"
#include "base/clock.h"
#include "loop/conn_private.h"
#include "loop/resolve.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>

/* A unix socket whose queue of waiting clients is full cannot be waited for, only tried again. */
#define RETRY_FIRST_MS 5
#define RETRY_LAST_MS  100

static void on_timer(uv_timer_t *timer);

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
static int try_address(struct conn *conn, const struct conn_address *address)
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
	error = conn_take_socket(conn, take_fd(&fd));
	if (error)
		return error;
	conn_set_poll(conn->socket, UV_WRITABLE);
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
	conn_fail(conn, error);
}

static void next_address(struct conn *conn, int error)
{
	conn_drop_socket(conn);
	conn->address_next++;
	conn->retry_ms = 0;
	connect_next(conn, error);
}

static void use_addresses(struct conn *conn, const struct addrinfo *list)
{
	for (; list && conn->address_count < CONN_ADDRESSES_MAX; list = list->ai_next) {
		struct conn_address *address = &conn->addresses[conn->address_count];

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
		conn_fail(conn, error);
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
		conn_fail(conn, error);
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
		conn_fail(conn, -ETIMEDOUT);
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
void connect_attempt_ended(struct conn *conn)
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
	conn_connected(conn);
}

int connect_note_unix(struct conn *conn, const char *path)
{
	struct conn_address *address = &conn->addresses[0];

	size_t len = strlen(path);

	if (len == 0) /* would be an abstract one, see unix(7) */
		return -EINVAL;
	if (len >= sizeof(address->to.un.sun_path))
		return -ENAMETOOLONG;
	address->to.un.sun_family = AF_UNIX;
	memcpy(address->to.un.sun_path, path, len + 1);
	address->len = sizeof(address->to.un);
	conn->address_count = 1;
	conn->takes_fds = true;
	return 0;
}

int connect_note_host(struct conn *conn, const char *host, unsigned port)
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

void connect_begin(struct conn *conn, unsigned timeout_ms)
{
	if (timeout_ms)
		conn->until_us = clock_us() + (uint64_t)timeout_ms * 1000;
	start_timer(conn, 0);
}
