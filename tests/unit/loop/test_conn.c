/* Sockets: what goes out, what comes in, and every way it can end. */
#include "unit.h"

#include "base/clock.h"
#include "base/fd.h"
#include "conn_test.h"

#include <errno.h>
#include <pthread.h>

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

/* The peer is gone before anything was sent: the failure comes first, then its words, its end. */
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

/* Turns for a while without anything to wait for. */
static void turn_for(struct loop_test *test, uint64_t us)
{
	uint64_t until = clock_us() + us;

	while (clock_us() < until)
		loop_turn(test->loop, false);
}

/* Sending is the time until the peer has taken all; before and after it nothing counts. */
static void test_sending_time(void **state)
{
	static unsigned char bytes[4000000], sink[65536];
	struct loop_test *test = *state;
	HEARD heard = {.close_in = -1};
	int server = open_tcp(test, &heard);
	uint64_t sending_us;

	turn_for(test, 5000);
	assert_int_equal(conn_sending_us(heard.conn), 0);
	conn_send_borrowed(heard.conn, slice_make(bytes, sizeof(bytes)));
	turn_for(test, 5000);
	assert_int_equal(heard.count[CONN_DRAINED], 0);
	assert_true(conn_sending_us(heard.conn) >= 5000);
	while (heard.count[CONN_DRAINED] == 0) {
		assert_true(recv(server, sink, sizeof(sink), 0) > 0);
		loop_turn(test->loop, false);
	}
	sending_us = conn_sending_us(heard.conn);
	turn_for(test, 5000);
	conn_close(heard.conn);
	assert_int_equal(loop_run(test->loop), 0);
	assert_int_equal(heard.sending_us, sending_us);
	close(server);
}

/* Whatever has happened by then: CLOSED once, and nothing after it or between. */
static void test_close_after_turns(void **state)
{
	struct loop_test *test = *state;
	unsigned port = 0, unused = 0, before = loop_test_count_fds();
	int unix_listener = listen_unix(64), listener = listen_tcp(AF_INET, 64, &port);

	close(listen_tcp(AF_INET, 1, &unused));
	for (unsigned round = 0; round < 5 * 21; round++) {
		HEARD heard = {.close_in = CONN_CLOSED};
		size_t len;

		switch (round % 5) {
		case 0:
			conn_open(test->loop, unix_path, NULL, 0, 1000, on_event, &heard,
				&heard.conn);
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
	loop_test_wait_for_fds(before);
}

static void test_close_in_each_event(void **state)
{
	static const char *const expected[] = {"cx", "dx", "rx", "sx", "ex", "fx"};
	struct loop_test *test = *state;

	for (int event = CONN_CONNECTED; event < CONN_CLOSED; event++) {
		HEARD heard = {.close_in = event};
		bool opened = event == CONN_CONNECTED || event == CONN_FAILED;
		int server = opened ? -1 : open_pair(test, &heard);

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOOP_TEST(test_adopt),
		LOOP_TEST(test_descriptors),
		LOOP_TEST(test_descriptors_dropped),
		LOOP_TEST(test_send_failed_then_data),
		LOOP_TEST(test_send_to_closed),
		LOOP_TEST(test_reset_after_reply),
		LOOP_TEST(test_reset_at_once),
		LOOP_TEST(test_half_closed),
		LOOP_TEST(test_large_echo),
		LOOP_TEST(test_sending_time),
		LOOP_TEST(test_close_after_turns),
		LOOP_TEST(test_close_in_each_event),
	};

	alarm(120); /* a hang is a failure, not a wait */
	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
