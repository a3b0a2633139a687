/*
 * Sockets: connecting, what goes out, what comes in, and every way it can end. The test itself plays
 * the server between turns: the kernel takes a client before accept(2), so nothing blocks. Only where
 * both sides must move at once a thread is the server.
 */
#include "unit.h"

#include "base/buf.h"
#include "base/fd.h"
#include "loop/conn.h"
#include "loop_test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/un.h>

/* What was heard of a conn: a letter per event; data in a row counts once. */
struct heard {
	struct conn *conn;
	char events[64];
	unsigned count[CONN_CLOSED + 1];
	int error;
	struct buf data;
	int close_in; /* close it inside this event; -1: in EOF and FAILED */
};

static const char letters[] = "cdrsefx"; /* in the order of enum conn_event; r: drained */

static void on_event(struct conn *conn, enum conn_event event, struct slice data, int error,
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
	if (event == CONN_CLOSED)
		conn_close(conn); /* legal as ever */
}

static void release(struct heard *heard)
{
	buf_release(&heard->data);
}

#define HEARD __attribute__((cleanup(release))) struct heard

static void turn_until(struct loop_test *test, const struct heard *heard, enum conn_event event)
{
	while (heard->count[event] == 0)
		assert_true(loop_turn(test->loop, true) || heard->count[event] > 0);
}

static void finish(struct loop_test *test, struct heard *heard, const char *events)
{
	assert_int_equal(loop_run(test->loop), 0);
	assert_string_equal(heard->events, events);
}

/* ---- Servers ---- */

static char unix_path[64];

static int listen_unix(int backlog)
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
static int listen_tcp(int family, int backlog, unsigned *port)
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

static int take(int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

static void say(int fd, const char *text)
{
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

/* Reads exactly that much; returns the descriptor that came along, or -1. */
static int hear(int fd, const char *text, size_t len)
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
static void reset(int fd)
{
	struct linger now = {1, 0};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(fd);
}

/* ---- Tests ---- */

static void exchange(struct loop_test *test, int listener, const char *path, const char *host,
	unsigned port)
{
	HEARD heard = {.close_in = -1};
	char early[] = "early ";
	int server;

	assert_int_equal(conn_open(test->loop, path, host, port, 60000, on_event, &heard,
		&heard.conn), 0);
	assert_int_equal(conn_takes_fds(heard.conn), path != NULL);
	assert_int_equal(conn_send(heard.conn, slice_cstr(early)), 0);
	early[0] = 'x'; /* it was a copy */
	assert_string_equal(heard.events, "");
	turn_until(test, &heard, CONN_CONNECTED);
	server = take(listener);
	assert_int_equal(conn_send_borrowed(heard.conn, slice_cstr("borrowed")), 0);
	assert_int_equal(conn_send(heard.conn, SLICE_EMPTY), 0);
	turn_until(test, &heard, CONN_DRAINED);
	assert_int_equal(hear(server, "early borrowed", 14), -1);
	say(server, "half ");
	turn_until(test, &heard, CONN_DATA);
	assert_slice(buf_slice(&heard.data), "half ");
	say(server, "reply");
	close(server);
	finish(test, &heard, "crdex");
	assert_slice(buf_slice(&heard.data), "half reply");
	close(listener);
}

static void test_unix(void **state)
{
	exchange(*state, listen_unix(1), unix_path, NULL, 0);
}

static void test_tcp(void **state)
{
	unsigned port;
	int listener = listen_tcp(AF_INET, 1, &port);

	exchange(*state, listener, NULL, "127.0.0.1", port);
}

static void test_tcp6(void **state)
{
	unsigned port;
	int listener = listen_tcp(AF_INET6, 1, &port);

	if (listener < 0)
		skip();
	exchange(*state, listener, NULL, "::1", port);
}

/* The resolver's thread closes its last descriptor a moment after it has answered. */
static void wait_for_resolver(unsigned fds)
{
	while (loop_test_count_fds() > fds)
		sched_yield();
}

/* Where the name has an IPv6 address too, that one is refused first, and the next one tried. */
static void test_name(void **state)
{
	unsigned port, fds = loop_test_count_fds();
	int listener = listen_tcp(AF_INET, 1, &port);

	exchange(*state, listener, NULL, "localhost", port);
	wait_for_resolver(fds);
}

static void test_name_unknown(void **state)
{
	struct loop_test *test = *state;
	HEARD heard = {.close_in = -1};
	unsigned fds = loop_test_count_fds();
	/* A label this long is refused by the resolver itself. */
	const char *host =
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.invalid";

	assert_int_equal(conn_open(test->loop, NULL, host, 3310, 60000, on_event, &heard,
		&heard.conn), 0);
	finish(test, &heard, "fx");
	assert_true(heard.error == -EHOSTUNREACH || heard.error == -EAGAIN);
	wait_for_resolver(fds);
}

static void test_wrong_addresses(void **state)
{
	struct loop_test *test = *state;
	struct conn *conn = NULL;
	char path[109];

	memset(path, 'a', 108);
	path[108] = 0;
	path[0] = '/';
	assert_int_equal(conn_open(test->loop, path, NULL, 0, 0, on_event, NULL, &conn),
		-ENAMETOOLONG);
	assert_int_equal(conn_open(test->loop, "", NULL, 0, 0, on_event, NULL, &conn), -EINVAL);
	assert_int_equal(conn_open(test->loop, NULL, NULL, 1, 0, on_event, NULL, &conn), -EINVAL);
	assert_int_equal(conn_open(test->loop, "/a", "b", 1, 0, on_event, NULL, &conn), -EINVAL);
	assert_int_equal(conn_open(test->loop, NULL, "::1", 0, 0, on_event, NULL, &conn), -EINVAL);
	assert_int_equal(conn_open(test->loop, NULL, "::1", 65536, 0, on_event, NULL, &conn), -EINVAL);
	assert_null(conn);
}

static void refused(struct loop_test *test, const char *path, unsigned port, int error)
{
	HEARD heard = {.close_in = -1};

	assert_int_equal(conn_open(test->loop, path, path ? NULL : "127.0.0.1", port, 60000,
		on_event, &heard, &heard.conn), 0);
	assert_int_equal(conn_send(heard.conn, slice_cstr("never sent")), 0);
	assert_string_equal(heard.events, "");
	finish(test, &heard, "fx");
	assert_int_equal(heard.error, error);
}

static void test_refused(void **state)
{
	unsigned port;

	close(listen_unix(1));
	refused(*state, unix_path, 0, -ECONNREFUSED);
	unlink(unix_path);
	refused(*state, unix_path, 0, -ENOENT);
	close(listen_tcp(AF_INET, 1, &port));
	refused(*state, NULL, port, -ECONNREFUSED);
}

/* Clients that fill the queue of `listener`; returns how many, their sockets in `fds`. */
static unsigned fill_queue(int listener, int fds[8])
{
	struct sockaddr_storage address;
	socklen_t len = sizeof(address);
	unsigned count = 0;

	assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &len), 0);
	while (count < 8) {
		int fd = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

		fds[count++] = fd;
		if (connect(fd, (struct sockaddr *)&address, len) < 0 && errno == EAGAIN)
			break;
	}
	return count;
}

static void test_full_queue(void **state)
{
	struct loop_test *test = *state;

	for (int tcp = 0; tcp < 2; tcp++) {
		HEARD heard = {.close_in = -1};
		unsigned port = 0, count;
		int listener = tcp ? listen_tcp(AF_INET, 0, &port) : listen_unix(0), fds[8];

		count = fill_queue(listener, fds);
		assert_int_equal(conn_open(test->loop, tcp ? NULL : unix_path,
			tcp ? "127.0.0.1" : NULL, port, 60, on_event, &heard, &heard.conn), 0);
		finish(test, &heard, "fx");
		assert_int_equal(heard.error, -ETIMEDOUT);
		while (count > 0)
			close(fds[--count]);
		close(listener);
	}
}

/* As soon as the daemon takes one client, the next one gets in. */
static void test_full_queue_empties(void **state)
{
	struct loop_test *test = *state;
	HEARD heard = {.close_in = CONN_CONNECTED};
	int listener = listen_unix(0), fds[8];
	unsigned count = fill_queue(listener, fds);

	assert_int_equal(conn_open(test->loop, unix_path, NULL, 0, 0, on_event, &heard, &heard.conn),
		0);
	for (int i = 0; i < 3; i++)
		assert_true(loop_turn(test->loop, true));
	assert_string_equal(heard.events, "");
	close(take(listener));
	finish(test, &heard, "cx");
	while (count > 0)
		close(fds[--count]);
	close(listener);
}

static int open_pair(struct loop_test *test, struct heard *heard)
{
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	assert_int_equal(conn_adopt(test->loop, ends[0], on_event, heard, &heard->conn), 0);
	return ends[1];
}

static int open_tcp(struct loop_test *test, struct heard *heard)
{
	unsigned port;
	int listener = listen_tcp(AF_INET, 1, &port), server;

	assert_int_equal(conn_open(test->loop, NULL, "127.0.0.1", port, 0, on_event, heard,
		&heard->conn), 0);
	turn_until(test, heard, CONN_CONNECTED);
	server = take(listener);
	close(listener);
	return server;
}

static void test_adopt(void **state)
{
	struct loop_test *test = *state;
	HEARD heard = {.close_in = -1};
	int server = open_pair(test, &heard), pipe_ends[2];
	struct conn *none = NULL;

	assert_true(conn_takes_fds(heard.conn));
	say(server, "hello");
	close(server);
	finish(test, &heard, "dex");
	assert_slice(buf_slice(&heard.data), "hello");

	assert_int_equal(pipe2(pipe_ends, O_CLOEXEC), 0);
	assert_int_equal(conn_adopt(test->loop, pipe_ends[0], on_event, NULL, &none), -ENOTSOCK);
	assert_int_equal(fcntl(pipe_ends[0], F_GETFD), -1); /* closed */
	assert_int_equal(conn_adopt(test->loop, -1, on_event, NULL, &none), -EBADF);
	close(pipe_ends[1]);
}

static void test_descriptors(void **state)
{
	struct loop_test *test = *state;
	HEARD heard = {.close_in = CONN_DRAINED};
	int server = open_pair(test, &heard), passed;
	char text[8];

	conn_send(heard.conn, slice_cstr("ab"));
	assert_int_equal(conn_send_fd(heard.conn, fd_in_memory(slice_cstr("first"))), 0);
	conn_send(heard.conn, slice_cstr("cd"));
	assert_int_equal(conn_send_fd(heard.conn, fd_in_memory(slice_cstr("2nd"))), 0);
	assert_int_equal(conn_send_fd(heard.conn, fd_in_memory(slice_cstr("3"))), 0);
	finish(test, &heard, "rx");
	assert_int_equal(hear(server, "ab", 2), -1);
	for (int i = 0; i < 3; i++) {
		static const char *const contents[] = {"first", "2nd", "3"};

		passed = hear(server, "", 1);
		assert_true(passed >= 0);
		assert_int_equal(pread(passed, text, sizeof(text), 0), strlen(contents[i]));
		assert_memory_equal(text, contents[i], strlen(contents[i]));
		close(passed);
		if (i == 0)
			assert_int_equal(hear(server, "cd", 2), -1);
	}
	close(server);
}

/* What cannot be passed, or is not any more, is closed all the same. */
static void test_descriptors_dropped(void **state)
{
	struct loop_test *test = *state;
	HEARD closed = {.close_in = -1}, over_tcp = {.close_in = -1};
	int server = open_pair(test, &closed);

	conn_send_fd(closed.conn, fd_in_memory(slice_cstr("x")));
	conn_close(closed.conn);
	assert_int_equal(conn_send_fd(closed.conn, fd_in_memory(slice_cstr("y"))), 0);
	assert_int_equal(conn_send(closed.conn, slice_cstr("z")), 0);
	finish(test, &closed, "x");
	close(server);

	server = open_tcp(test, &over_tcp);
	assert_false(conn_takes_fds(over_tcp.conn));
	assert_int_equal(conn_send_fd(over_tcp.conn, fd_in_memory(slice_cstr("x"))), -EOPNOTSUPP);
	close(server);
	finish(test, &over_tcp, "cex");
}

/* The daemon says why, and closes without having read: its words must arrive. */
static void test_send_failed_then_data(void **state)
{
	static unsigned char large[64 << 20]; /* more than any socket buffers */
	struct loop_test *test = *state;

	for (int tcp = 0; tcp < 2; tcp++) {
		HEARD heard = {.close_in = -1};
		int server = tcp ? open_tcp(test, &heard) : open_pair(test, &heard);

		conn_send_borrowed(heard.conn, slice_make(large, sizeof(large)));
		for (int i = 0; i < 5; i++) /* until the socket takes no more */
			loop_turn(test->loop, false);
		assert_int_equal(heard.count[CONN_DRAINED], 0);
		say(server, "INSTREAM size limit exceeded. ERROR");
		close(server);
		turn_until(test, &heard, CONN_SEND_FAILED);
		if (heard.count[CONN_CLOSED] == 0) {
			assert_int_equal(conn_send(heard.conn, slice_cstr("dropped")), 0);
			assert_int_equal(conn_send_fd(heard.conn, fd_in_memory(SLICE_EMPTY)),
				tcp ? -EOPNOTSUPP : 0);
		}
		assert_int_equal(loop_run(test->loop), 0);
		assert_slice(buf_slice(&heard.data), "INSTREAM size limit exceeded. ERROR");
		assert_int_equal(heard.count[CONN_SEND_FAILED], 1);
		assert_int_equal(heard.count[CONN_DRAINED], 0);
		assert_int_equal(heard.count[CONN_EOF] + heard.count[CONN_FAILED], 1);
		assert_int_equal(heard.count[CONN_CLOSED], 1);
	}
}

/* The peer is gone before anything was sent: the failure comes first, then its words, then its end. */
static void test_send_to_closed(void **state)
{
	struct loop_test *test = *state;
	HEARD heard = {.close_in = -1};
	int server = open_pair(test, &heard);

	say(server, "bye");
	close(server);
	conn_send(heard.conn, slice_cstr("request"));
	finish(test, &heard, "sdex");
	assert_int_equal(heard.error, -EPIPE);
}

static void test_reset_after_reply(void **state)
{
	struct loop_test *test = *state;
	HEARD heard = {.close_in = -1};
	int server = open_tcp(test, &heard);

	say(server, "stream: OK");
	reset(server);
	finish(test, &heard, "cdfx");
	assert_slice(buf_slice(&heard.data), "stream: OK");
	assert_int_equal(heard.error, -ECONNRESET);
}

static void test_reset_at_once(void **state)
{
	struct loop_test *test = *state;
	HEARD heard = {.close_in = -1};

	reset(open_tcp(test, &heard));
	finish(test, &heard, "cfx");
	assert_int_equal(heard.error, -ECONNRESET);
}

/* After the peer's EOF, sending still goes on; and a conn nobody closes is no reason to run. */
static void test_half_closed(void **state)
{
	struct loop_test *test = *state;
	HEARD heard = {.close_in = CONN_DRAINED};
	int server = open_pair(test, &heard);

	shutdown(server, SHUT_WR);
	assert_int_equal(loop_run(test->loop), 0);
	assert_string_equal(heard.events, "e");
	conn_send(heard.conn, slice_cstr("late"));
	finish(test, &heard, "erx");
	assert_int_equal(hear(server, "late", 4), -1);
	close(server);
}

static void *echo(void *argument)
{
	int fd = *(int *)argument;
	char bytes[30000];
	ssize_t got;

	while ((got = read(fd, bytes, sizeof(bytes))) > 0)
		if (fd_write_all(fd, slice_make(bytes, (size_t)got)))
			break;
	return NULL;
}

/* Far more than the buffers hold, both ways at once: this would stand still if it did not read. */
static void test_large_echo(void **state)
{
	enum { PIECE = 100003, PIECES = 100 };
	static unsigned char bytes[PIECE * PIECES];
	struct loop_test *test = *state;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i * 2654435761u >> 24);
	for (int tcp = 0; tcp < 2; tcp++) {
		HEARD heard = {.close_in = -1};
		int server = tcp ? open_tcp(test, &heard) : open_pair(test, &heard);
		pthread_t thread;

		assert_int_equal(pthread_create(&thread, NULL, echo, &server), 0);
		for (size_t i = 0; i < PIECES; i++) {
			struct slice piece = slice_make(bytes + i * PIECE, PIECE);

			assert_int_equal(i % 2 ? conn_send(heard.conn, piece)
					       : conn_send_borrowed(heard.conn, piece), 0);
		}
		while (heard.data.len < sizeof(bytes))
			assert_true(loop_turn(test->loop, true));
		assert_int_equal(heard.data.len, sizeof(bytes));
		assert_memory_equal(heard.data.data, bytes, sizeof(bytes));
		assert_int_equal(heard.count[CONN_DRAINED], 1);
		conn_close(heard.conn);
		assert_int_equal(loop_run(test->loop), 0);
		pthread_join(thread, NULL);
		close(server);
	}
}

/* Whatever has happened by then: CLOSED once, and nothing after it or between. */
static void test_close_after_turns(void **state)
{
	struct loop_test *test = *state;
	unsigned port, unused, before = loop_test_count_fds();
	int unix_listener = listen_unix(64), listener = listen_tcp(AF_INET, 64, &port);

	close(listen_tcp(AF_INET, 1, &unused));
	for (unsigned round = 0; round < 5 * 21; round++) {
		HEARD heard = {.close_in = CONN_CLOSED};
		size_t len;

		switch (round % 5) {
		case 0:
			conn_open(test->loop, unix_path, NULL, 0, 1000, on_event, &heard, &heard.conn);
			conn_send_fd(heard.conn, fd_in_memory(slice_cstr("x")));
			break;
		case 1:
			conn_open(test->loop, NULL, "127.0.0.1", port, 1000, on_event, &heard,
				&heard.conn);
			break;
		case 2:
			conn_open(test->loop, NULL, "localhost", port, 1000, on_event, &heard,
				&heard.conn);
			break;
		case 3:
			conn_open(test->loop, NULL, "127.0.0.1", unused, 1000, on_event, &heard,
				&heard.conn);
			break;
		default:
			close(open_pair(test, &heard));
		}
		conn_send(heard.conn, slice_cstr("something"));
		for (unsigned turn = 0; turn < round / 5; turn++)
			loop_turn(test->loop, false);
		len = strlen(heard.events);
		conn_close(heard.conn);
		conn_close(heard.conn);
		assert_int_equal(strlen(heard.events), len);
		assert_int_equal(loop_run(test->loop), 0);
		assert_int_equal(heard.count[CONN_CLOSED], 1);
		assert_string_equal(heard.events + len, "x");
	}
	close(unix_listener);
	close(listener);
	wait_for_resolver(before);
}

static void test_close_in_each_event(void **state)
{
	static const char *const expected[] = {"cx", "dx", "rx", "sx", "ex", "fx"};
	struct loop_test *test = *state;

	for (int event = CONN_CONNECTED; event < CONN_CLOSED; event++) {
		HEARD heard = {.close_in = event};
		int server = event == CONN_CONNECTED || event == CONN_FAILED ? -1
									    : open_pair(test, &heard);

		if (event == CONN_CONNECTED) {
			server = open_tcp(test, &heard);
		} else if (event == CONN_FAILED) {
			conn_open(test->loop, "/nonexistent/socket", NULL, 0, 0, on_event, &heard,
				&heard.conn);
		} else if (event == CONN_DATA) {
			say(server, "x");
		} else if (event == CONN_DRAINED) {
			conn_send(heard.conn, slice_cstr("x"));
		} else {
			close(server);
			server = -1;
			if (event == CONN_SEND_FAILED)
				conn_send(heard.conn, slice_cstr("x"));
		}
		finish(test, &heard, expected[event]);
		if (server >= 0)
			close(server);
	}
}

static int make_directory(void **state)
{
	char dir[] = "/tmp/qmvc-test-XXXXXX";

	alarm(120); /* a hang is a failure, not a wait */
	if (!mkdtemp(dir))
		return -1;
	snprintf(unix_path, sizeof(unix_path), "%s/socket", dir);
	return 0;
}

static int remove_directory(void **state)
{
	unlink(unix_path);
	*strrchr(unix_path, '/') = 0;
	return rmdir(unix_path);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, loop_test_setup, loop_test_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_unix),
		TEST(test_tcp),
		TEST(test_tcp6),
		TEST(test_name),
		TEST(test_name_unknown),
		TEST(test_wrong_addresses),
		TEST(test_refused),
		TEST(test_full_queue),
		TEST(test_full_queue_empties),
		TEST(test_adopt),
		TEST(test_descriptors),
		TEST(test_descriptors_dropped),
		TEST(test_send_failed_then_data),
		TEST(test_send_to_closed),
		TEST(test_reset_after_reply),
		TEST(test_reset_at_once),
		TEST(test_half_closed),
		TEST(test_large_echo),
		TEST(test_close_after_turns),
		TEST(test_close_in_each_event),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
