/*
 * What the tests of conns share: a conn whose events are noted, and the server's side. The test
 * itself plays the server between turns: the kernel takes a client before accept(2), so nothing
 * blocks. Only where both sides must move at once a thread is the server. Include after "unit.h".
 */
#ifndef QMVC_TESTS_CONN_TEST_H
#define QMVC_TESTS_CONN_TEST_H

#include "base/buf.h"
#include "loop/conn.h"
#include "loop_test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

/* What was heard of a conn: a letter per event; data in a row counts once. */
struct heard {
	struct conn *conn;
	char events[64];
	unsigned count[CONN_CLOSED + 1];
	int error;
	struct buf data;
	uint64_t sending_us; /* at the end */
	int close_in; /* close it inside this event; -1: in EOF and FAILED */
};

static const char letters[] = "cdrsefx"; /* in the order of enum conn_event; r: drained */

static inline void on_event(struct conn *conn, enum conn_event event, struct slice data, int error,
	void *context)
{
	struct heard *heard = context;
	size_t len = strlen(heard->events);

	assert_ptr_equal(conn, heard->conn);
	assert_int_equal(heard->count[CONN_CLOSED], 0);
	assert_true(len < sizeof(heard->events) - 1);
	heard->count[event]++;
	if (event != CONN_DATA || len == 0 || heard->events[len - 1] != 'd')
		heard->events[len] = letters[event];
	if (error)
		heard->error = error;
	buf_add(&heard->data, data);
	if (heard->close_in == (int)event ||
		(heard->close_in < 0 && (event == CONN_EOF || event == CONN_FAILED)))
		conn_close(conn);
	if (event == CONN_CLOSED) {
		heard->sending_us = conn_sending_us(conn);
		conn_close(conn); /* legal as ever */
	}
}

static inline void release(struct heard *heard)
{
	buf_release(&heard->data);
}

#define HEARD __attribute__((cleanup(release))) struct heard

static inline void turn_until(struct loop_test *test, const struct heard *heard,
	enum conn_event event)
{
	while (heard->count[event] == 0)
		assert_true(loop_turn(test->loop, true) || heard->count[event] > 0);
}

static inline void finish(struct loop_test *test, struct heard *heard, const char *events)
{
	assert_int_equal(loop_run(test->loop), 0);
	assert_string_equal(heard->events, events);
}

/* ---- Servers ---- */

static char unix_path[64];

static inline int listen_unix(int backlog)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	unlink(unix_path);
	strcpy(address.sun_path, unix_path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, backlog), 0);
	return fd;
}

/* Returns -1 where the family is missing. */
static inline int listen_tcp(int family, int backlog, unsigned *port)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} address = {.any = {.sa_family = (sa_family_t)family}};
	socklen_t len = family == AF_INET ? sizeof(address.v4) : sizeof(address.v6);
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (family == AF_INET)
		address.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	else
		address.v6.sin6_addr = in6addr_loopback;
	if (bind(fd, &address.any, len) < 0) {
		close(fd);
		return -1;
	}
	assert_int_equal(listen(fd, backlog), 0);
	assert_int_equal(getsockname(fd, &address.any, &len), 0);
	*port = ntohs(family == AF_INET ? address.v4.sin_port : address.v6.sin6_port);
	return fd;
}

static inline int take(int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

static inline void say(int fd, const char *text)
{
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

/* Reads exactly that much; returns the descriptor that came along, or -1. */
static inline int hear(int fd, const char *text, size_t len)
{
	char got[64], control[CMSG_SPACE(sizeof(int))];
	size_t have = 0;
	int passed = -1;

	while (have < len) {
		struct iovec bytes = {got + have, len - have};
		struct msghdr message = {.msg_iov = &bytes, .msg_iovlen = 1,
			.msg_control = control, .msg_controllen = sizeof(control)};
		ssize_t more = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
		struct cmsghdr *header = CMSG_FIRSTHDR(&message);

		assert_true(more > 0);
		have += (size_t)more;
		if (header && header->cmsg_type == SCM_RIGHTS)
			memcpy(&passed, CMSG_DATA(header), sizeof(int));
	}
	assert_memory_equal(got, text, len);
	return passed;
}

/* "Go away": the peer gets RST. */
static inline void reset(int fd)
{
	struct linger now = {1, 0};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(fd);
}

static inline int open_pair(struct loop_test *test, struct heard *heard)
{
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	assert_int_equal(conn_adopt(test->loop, ends[0], on_event, heard, &heard->conn), 0);
	return ends[1];
}

static inline int open_tcp(struct loop_test *test, struct heard *heard)
{
	unsigned port = 0;
	int listener = listen_tcp(AF_INET, 1, &port), server;

	assert_int_equal(conn_open(test->loop, NULL, "127.0.0.1", port, 0, on_event, heard,
		&heard->conn), 0);
	turn_until(test, heard, CONN_CONNECTED);
	server = take(listener);
	close(listener);
	return server;
}

static inline int make_directory(void **state)
{
	char dir[] = "/tmp/qmvc-test-XXXXXX";

	alarm(120); /* a hang is a failure, not a wait */
	if (!mkdtemp(dir))
		return -1;
	snprintf(unix_path, sizeof(unix_path), "%s/socket", dir);
	return 0;
}

static inline int remove_directory(void **state)
{
	unlink(unix_path);
	*strrchr(unix_path, '/') = 0;
	return rmdir(unix_path);
}

#endif
