/* The serving side of qmvc-clamav against clients that keep to the protocol, and that do not. */
#include "unit.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "helpers/clamav_serve.h"

struct client {
	int ours, theirs;
	pthread_t thread;
	int result;
	struct error error;
};

static void scan(void *context, int fd, struct buf *answer)
{
	struct buf content = {0};

	(void)context;
	assert_int_equal(fd_read_all(fd, 1 << 26, &content), 0);
	buf_addf(answer, "%zu-bytes FOUND", content.len);
	buf_release(&content);
}

static const struct clamav_engine engine = {.scan = scan, .version = "ClamAV 9", .tmp = "/tmp"};

static void *serve(void *context)
{
	struct client *client = context;

	client->result = clamav_serve(client->theirs, &engine, &client->error);
	shutdown(client->theirs, SHUT_RDWR);
	return NULL;
}

static void start(struct client *client)
{
	int pair[2];

	*client = (struct client){0};
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	client->ours = pair[0];
	client->theirs = pair[1];
	assert_int_equal(pthread_create(&client->thread, NULL, serve, client), 0);
}

static void say(struct client *client, const void *bytes, size_t len)
{
	send(client->ours, bytes, len, MSG_NOSIGNAL);
}

/* Bytes that carry copies of a descriptor, `count` times. */
static void say_with_fds(struct client *client, const void *bytes, size_t len, int fd, size_t count)
{
	union {
		char room[CMSG_SPACE(64 * sizeof(int))];
		struct cmsghdr align;
	} control = {{0}};
	struct iovec part = {.iov_base = (void *)(uintptr_t)bytes, .iov_len = len};
	struct msghdr message = {.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = CMSG_SPACE(count * sizeof(int))};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(count * sizeof(int));
	for (size_t i = 0; i < count; i++)
		memcpy(CMSG_DATA(header) + i * sizeof(int), &fd, sizeof(fd));
	assert_true(sendmsg(client->ours, &message, MSG_NOSIGNAL) > 0);
}

/* All it answers until it closes, with '|' for NUL; then what clamav_serve() returned. */
static int end(struct client *client, char answer[512])
{
	struct buf all = {0};

	shutdown(client->ours, SHUT_WR);
	fd_read_all(client->ours, 511, &all);
	pthread_join(client->thread, NULL);
	for (size_t i = 0; i < all.len; i++)
		answer[i] = all.data[i] ? (char)all.data[i] : '|';
	answer[all.len] = '\0';
	buf_release(&all);
	close(client->ours);
	close(client->theirs);
	return client->result;
}

static void test_session(void **state)
{
	static const char stream[] =
		"zIDSESSION\0zPING\0zVERSION\0zINSTREAM\0\0\0\0\3abc\0\0\0\2de\0\0\0\0"
		"zINSTREAM\0\0\0\0\0zEND\0zPING";
	struct client client;
	char answer[512];
	int fd = fd_in_memory(slice_cstr("seven b"));

	(void)state;
	start(&client);
	say(&client, stream, sizeof(stream));
	assert_int_equal(end(&client, answer), 0);
	assert_string_equal(answer, "1: PONG|2: ClamAV 9|3: stream: 5-bytes FOUND|"
				    "4: stream: 0-bytes FOUND|");

	/* A byte at a time; descriptors with their byte, with more bytes, two at once. */
	start(&client);
	for (size_t i = 0; i < sizeof("zIDSESSION\0zFILDES"); i++)
		say(&client, &"zIDSESSION\0zFILDES"[i], 1);
	say_with_fds(&client, "", 1, fd, 1);
	say_with_fds(&client, "zFILDES\0\0zFILDES\0", 17, fd, 2);
	say(&client, "", 1);
	assert_int_equal(end(&client, answer), 0);
	assert_int_equal(strncmp(answer, "1: fd[", 6), 0);
	assert_non_null(strstr(answer, "]: 7-bytes FOUND|2: fd["));
	assert_non_null(strstr(answer, "|3: fd["));
	close(fd);
}

static void test_nonsense(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} cases[] = {
		{"zPING", 6},
		{"IDSESSION", 10},
		{"nIDSESSION\n", 11},
		{"zIDSESSION\0zSCAN /etc/passwd", 29},
		{"zIDSESSION\0zFILDES\0", 20},
		{"zIDSESSION\0zFILDES", 19},
		{"zIDSESSION\0zPI", 14},
		{"zIDSESSION\0zINSTREAM\0\0\0", 24},
		{"zIDSESSION\0zINSTREAM\0\0\0\0\5ab", 28},
		{"zIDSESSION\0zINSTREAM\0\377\377\377\377", 25},
		{"zIDSESSION\0zINSTREAM\0\177\377\377\377ab\377\377\377\377", 31},
		{"zIDSESSION\0zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"
		 "z",
			80},
	};
	struct client client;
	char answer[512];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		start(&client);
		say(&client, cases[i].bytes, cases[i].len);
		if (end(&client, answer) >= 0)
			fail_msg("case %zu was served: %s", i, answer);
		assert_true(client.error.set);
		assert_null(strstr(answer, "FOUND"));
	}
	start(&client); /* who says nothing gets nothing */
	assert_int_equal(end(&client, answer), 0);
	assert_string_equal(answer, "");
}

static void test_flood_of_descriptors(void **state)
{
	struct client client;
	char answer[512];
	int fd = fd_in_memory(slice_cstr("x"));
	int before = dup(fd), after;

	(void)state;
	start(&client);
	say(&client, "zIDSESSION", 11);
	say_with_fds(&client, "z", 1, fd, 20);
	say_with_fds(&client, "P", 1, fd, 20);
	assert_true(end(&client, answer) < 0);
	after = dup(fd);
	assert_int_equal(after, before + 1); /* none is left open */
	close(after);
	close(before);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_session),
		cmocka_unit_test(test_nonsense),
		cmocka_unit_test(test_flood_of_descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
