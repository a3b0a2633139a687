/*
 * A daemon that speaks a protocol of lines and lies as it is told: a thread of the test, one
 * connection after another. What it says in each is a function of the test.
 */
#ifndef QMVC_TESTS_FAKE_DAEMON_H
#define QMVC_TESTS_FAKE_DAEMON_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/buf.h"

struct fake_daemon;

/* One connection, from accepting to closing. */
typedef void fake_talk(struct fake_daemon *fake);

struct fake_daemon {
	fake_talk *talk;
	void *context;
	char path[108];
	unsigned port; /* when TCP */
	int listener, socket;
	pthread_t thread;
	unsigned connections, questions; /* seen; read after fake_daemon_stop() */
	char in[1 << 16];
	size_t at, end;
};

static inline void fake_send(struct fake_daemon *fake, const void *bytes, size_t len)
{
	send(fake->socket, bytes, len, MSG_NOSIGNAL);
}

static inline void fake_say(struct fake_daemon *fake, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Sends the text as it is. */
static inline void fake_say(struct fake_daemon *fake, const char *format, ...)
{
	char text[8192];
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	fake_send(fake, text, (size_t)n);
}

static inline bool fake_get(struct fake_daemon *fake, void *to, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (fake->at == fake->end) {
			ssize_t n = recv(fake->socket, fake->in, sizeof(fake->in), 0);

			if (n <= 0)
				return false;
			fake->at = 0;
			fake->end = (size_t)n;
		}
		((char *)to)[i] = fake->in[fake->at++];
	}
	return true;
}

/* A line without its LF or CRLF. False: the client has closed, or the line is too long. */
static inline bool fake_gets(struct fake_daemon *fake, char *line, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (!fake_get(fake, &line[i], 1))
			return false;
		if (line[i] != '\n')
			continue;
		line[i] = 0;
		if (i > 0 && line[i - 1] == '\r')
			line[i - 1] = 0;
		return true;
	}
	return false;
}

/* The beginning of the file at `path`, which has to be there. */
static inline void fake_read_file(const char *path, char *content, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, content, size - 1);

	assert_true(n >= 0);
	content[n] = 0;
	close(fd);
}

/* Until the client closes. */
static inline void fake_hang(struct fake_daemon *fake)
{
	char byte;

	while (fake_get(fake, &byte, 1))
		;
}

static inline void *fake_daemon_main(void *context)
{
	struct fake_daemon *fake = context;

	while ((fake->socket = accept4(fake->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
		fake->connections++;
		fake->at = fake->end = 0;
		fake->talk(fake);
		close(fake->socket);
	}
	return NULL;
}

static inline int fake_listen_tcp(struct fake_daemon *fake, int family)
{
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} to = {0};
	socklen_t len = sizeof(to);
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	to.any.sa_family = (sa_family_t)family;
	if (family == AF_INET6)
		to.in6.sin6_addr = in6addr_loopback;
	else
		to.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, &to.any, family == AF_INET6 ? sizeof(to.in6) : sizeof(to.in)), 0);
	getsockname(fd, &to.any, &len);
	fake->port = ntohs(family == AF_INET6 ? to.in6.sin6_port : to.in.sin_port);
	return fd;
}

/* Listens at `path`, or on a free port of the loopback address of `family` when it is NULL. */
static inline void fake_daemon_start(
	struct fake_daemon *fake, const char *path, int family, fake_talk *talk)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};

	memset(fake, 0, sizeof(*fake));
	fake->talk = talk;
	if (path) {
		snprintf(fake->path, sizeof(fake->path), "%s", path);
		memcpy(un.sun_path, fake->path, sizeof(fake->path));
		fake->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		unlink(path);
		assert_int_equal(bind(fake->listener, (struct sockaddr *)&un, sizeof(un)), 0);
	} else {
		fake->listener = fake_listen_tcp(fake, family);
	}
	assert_int_equal(listen(fake->listener, 16), 0);
	assert_int_equal(pthread_create(&fake->thread, NULL, fake_daemon_main, fake), 0);
}

static inline void fake_daemon_stop(struct fake_daemon *fake)
{
	shutdown(fake->listener, SHUT_RDWR);
	pthread_join(fake->thread, NULL);
	close(fake->listener);
}

#endif
