/*
 * Names with several addresses, and a resolver that fails or hangs. This program brings its own
 * getaddrinfo(3), so that what it answers is known.
 */
#include "unit.h"

#include "loop/conn.h"
#include "loop_test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/socket.h>

static int hang_ends[2]; /* "hang" waits until something is written here */
static atomic_bool signals_were_blocked;

static struct addrinfo *answer(const char *address, unsigned port, struct addrinfo *next)
{
	struct addrinfo *info = calloc(1, sizeof(*info));
	struct sockaddr_in *in = calloc(1, sizeof(*in));

	in->sin_family = AF_INET;
	in->sin_port = htons((uint16_t)port);
	inet_pton(AF_INET, address, &in->sin_addr);
	info->ai_family = AF_INET;
	info->ai_addr = (struct sockaddr *)in;
	info->ai_addrlen = sizeof(*in);
	info->ai_next = next;
	return info;
}

void freeaddrinfo(struct addrinfo *list)
{
	while (list) {
		struct addrinfo *next = list->ai_next;

		free(list->ai_addr);
		free(list);
		list = next;
	}
}

int getaddrinfo(const char *restrict name, const char *restrict service,
	const struct addrinfo *restrict hints, struct addrinfo **restrict list)
{
	unsigned port = (unsigned)atoi(service);
	sigset_t set;
	char byte;

	assert_int_equal(hints->ai_socktype, SOCK_STREAM);
	if (hints->ai_flags & AI_NUMERICHOST)
		return EAI_NONAME; /* nobody gives addresses here */
	pthread_sigmask(SIG_BLOCK, NULL, &set);
	signals_were_blocked = sigismember(&set, SIGCHLD) && sigismember(&set, SIGTERM);
	errno = EPERM;
	if (strcmp(name, "again") == 0)
		return EAI_AGAIN;
	if (strcmp(name, "unknown") == 0)
		return EAI_NONAME;
	if (strcmp(name, "memory") == 0)
		return EAI_MEMORY;
	if (strcmp(name, "system") == 0)
		return EAI_SYSTEM;
	if (strcmp(name, "hang") == 0 && read(hang_ends[0], &byte, 1) != 1)
		return EAI_FAIL;
	*list = answer("127.0.0.1", port, NULL);
	if (strcmp(name, "second") == 0) /* nobody listens at the first two */
		*list = answer("127.0.0.2", port, answer("127.0.0.3", port, *list));
	if (strcmp(name, "many") == 0)
		for (int i = 0; i < 20; i++)
			*list = answer("127.0.0.2", port, *list);
	if (strcmp(name, "none") == 0) {
		freeaddrinfo(*list);
		*list = NULL;
	}
	return 0;
}

struct heard {
	char events[16];
	int error;
	bool stay; /* do not close it in CONNECTED or FAILED */
};

static void on_event(struct conn *conn, enum conn_event event, struct slice data, int error,
	void *context)
{
	struct heard *heard = context;
	size_t len = strlen(heard->events);

	assert_true(len < sizeof(heard->events) - 1);
	heard->events[len] = "cdrsefx"[event];
	if (error)
		heard->error = error;
	if (!heard->stay && event != CONN_CLOSED)
		conn_close(conn);
}

static int listen_at(const char *address, unsigned *port, int backlog)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons((uint16_t)*port)};
	socklen_t len = sizeof(in);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	inet_pton(AF_INET, address, &in.sin_addr);
	assert_int_equal(bind(fd, (struct sockaddr *)&in, len), 0);
	assert_int_equal(listen(fd, backlog), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&in, &len), 0);
	*port = ntohs(in.sin_port);
	return fd;
}

static void open_name(struct loop_test *test, const char *name, unsigned port, unsigned timeout_ms,
	const char *events, int error)
{
	struct heard heard = {0};
	struct conn *conn;

	assert_int_equal(conn_open(test->loop, NULL, name, port, timeout_ms, on_event, &heard,
		&conn), 0);
	assert_string_equal(heard.events, "");
	assert_int_equal(loop_run(test->loop), 0);
	assert_string_equal(heard.events, events);
	assert_int_equal(heard.error, error);
}

static void test_errors(void **state)
{
	struct loop_test *test = *state;
	unsigned fds = loop_test_count_fds();

	open_name(test, "again", 1, 0, "fx", -EAGAIN);
	open_name(test, "unknown", 1, 0, "fx", -EHOSTUNREACH);
	open_name(test, "memory", 1, 0, "fx", -ENOMEM);
	open_name(test, "system", 1, 0, "fx", -EPERM);
	open_name(test, "none", 1, 0, "fx", -EHOSTUNREACH);
	assert_true(signals_were_blocked);
	loop_test_wait_for_fds(fds);
}

static void test_addresses_in_turn(void **state)
{
	struct loop_test *test = *state;
	unsigned port = 0, fds = loop_test_count_fds();
	int listener = listen_at("127.0.0.1", &port, 8);

	open_name(test, "one", port, 60000, "cx", 0);
	open_name(test, "second", port, 60000, "cx", 0);
	open_name(test, "second", port, 0, "cx", 0);
	/* Beyond eight it gives up: all of those refuse. */
	open_name(test, "many", port, 60000, "fx", -ECONNREFUSED);
	close(listener);
	open_name(test, "second", port, 60000, "fx", -ECONNREFUSED);
	loop_test_wait_for_fds(fds);
}

/* The first address says nothing at all: the last one still gets its share of the time. */
static void test_silent_address(void **state)
{
	struct loop_test *test = *state;
	unsigned port = 0, fds = loop_test_count_fds();
	int listener = listen_at("127.0.0.1", &port, 8), silent = listen_at("127.0.0.2", &port, 0);
	int clients[8];

	for (int i = 0; i < 8; i++) { /* fills its queue */
		struct addrinfo *to = answer("127.0.0.2", port, NULL);

		clients[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		(void)!connect(clients[i], to->ai_addr, to->ai_addrlen);
		freeaddrinfo(to);
	}
	open_name(test, "second", port, 600, "cx", 0);
	close(accept(listener, NULL, NULL)); /* it came here */
	for (int i = 0; i < 8; i++)
		close(clients[i]);
	close(silent);
	close(listener);
	loop_test_wait_for_fds(fds);
}

/* Neither the conn nor the loop waits for a look-up that hangs. */
static void test_hanging_resolver(void **state)
{
	struct loop_test *test = *state;
	struct heard heard = {.stay = true};
	struct conn *conn;

	assert_int_equal(pipe2(hang_ends, O_CLOEXEC), 0);
	open_name(test, "hang", 1, 30, "fx", -ETIMEDOUT);
	for (unsigned turns = 0; turns < 4; turns++) {
		memset(heard.events, 0, sizeof(heard.events));
		assert_int_equal(conn_open(test->loop, NULL, "hang", 1, 0, on_event, &heard,
			&conn), 0);
		for (unsigned i = 0; i < turns; i++)
			loop_turn(test->loop, false);
		conn_close(conn);
		assert_int_equal(loop_run(test->loop), 0);
		assert_string_equal(heard.events, "x");
	}
	/* One that loop_free() has to end. */
	assert_int_equal(conn_open(test->loop, NULL, "hang", 1, 0, on_event, &heard, &conn), 0);
	loop_turn(test->loop, false);
	assert_int_equal(loop_free(take_ptr(&test->loop)), 1);
	/* Answers nobody waits for: five had asked (one was closed before it began). */
	assert_int_equal(write(hang_ends[1], "xxxxx", 5), 5);
	loop_test_wait_for_fds(test->fds + 2);
	close(hang_ends[0]);
	close(hang_ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOOP_TEST(test_errors),
		LOOP_TEST(test_addresses_in_turn),
		LOOP_TEST(test_silent_address),
		LOOP_TEST(test_hanging_resolver),
	};

	alarm(60); /* a hang is a failure, not a wait */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
