/* Sockets: connecting by path, address and name, and not getting in. */
#include "unit.h"

#include "conn_test.h"

#include <errno.h>

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
	unsigned port = 0;
	int listener = listen_tcp(AF_INET, 1, &port);

	exchange(*state, listener, NULL, "127.0.0.1", port);
}

static void test_tcp6(void **state)
{
	unsigned port = 0;
	int listener = listen_tcp(AF_INET6, 1, &port);

	if (listener < 0)
		skip();
	exchange(*state, listener, NULL, "::1", port);
}

/* Where the name has an IPv6 address too, that one is refused first, and the next one tried. */
static void test_name(void **state)
{
	unsigned port = 0, fds = loop_test_count_fds();
	int listener = listen_tcp(AF_INET, 1, &port);

	exchange(*state, listener, NULL, "localhost", port);
	loop_test_wait_for_fds(fds);
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
	loop_test_wait_for_fds(fds);
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
	assert_int_equal(conn_open(test->loop, NULL, "::1", 65536, 0, on_event, NULL, &conn),
		-EINVAL);
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
	unsigned port = 0;

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
		assert_int_equal(heard.sending_us, 0);
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

	assert_int_equal(conn_open(test->loop, unix_path, NULL, 0, 0, on_event, &heard,
		&heard.conn), 0);
	for (int i = 0; i < 3; i++)
		assert_true(loop_turn(test->loop, true));
	assert_string_equal(heard.events, "");
	close(take(listener));
	finish(test, &heard, "cx");
	while (count > 0)
		close(fds[--count]);
	close(listener);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOOP_TEST(test_unix),
		LOOP_TEST(test_tcp),
		LOOP_TEST(test_tcp6),
		LOOP_TEST(test_name),
		LOOP_TEST(test_name_unknown),
		LOOP_TEST(test_wrong_addresses),
		LOOP_TEST(test_refused),
		LOOP_TEST(test_full_queue),
		LOOP_TEST(test_full_queue_empties),
	};

	alarm(120); /* a hang is a failure, not a wait */
	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
