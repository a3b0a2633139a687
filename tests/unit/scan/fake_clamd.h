/*
 * A daemon that speaks clamd's protocol and lies as it is told: a thread of the test, one connection
 * after another. What it does with a request is a function of the test.
 */
#ifndef QMVC_TESTS_FAKE_CLAMD_H
#define QMVC_TESTS_FAKE_CLAMD_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/buf.h"

struct fake_request {
	unsigned connection, number; /* from 1 */
	bool stream, has_fd;
	char word[32];	      /* FILDES, INSTREAM, PING, ... */
	struct slice content; /* of the object */
};

struct fake_clamd;

/* Answers by fake_say(); false: closes the connection. */
typedef bool fake_answer(struct fake_clamd *fake, const struct fake_request *request);

struct fake_clamd {
	fake_answer *answer;
	char path[108];
	unsigned port; /* when TCP */
	int listener, socket;
	pthread_t thread;
	unsigned connections, requests, streams; /* seen; read after fake_clamd_stop() */
	bool swallow_first_fd; /* as AppArmor does: the descriptor never arrives */
	unsigned char in[1 << 16];
	size_t at, end;
	int fds[64];
	unsigned fd_count;
};

static inline void fake_say(struct fake_clamd *fake, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Sends the text and a NUL. */
static inline void fake_say(struct fake_clamd *fake, const char *format, ...)
{
	char text[8192];
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	send(fake->socket, text, (size_t)n + 1, MSG_NOSIGNAL);
}

static inline void fake_say_raw(struct fake_clamd *fake, const void *bytes, size_t len)
{
	send(fake->socket, bytes, len, MSG_NOSIGNAL);
}

/* "N: fd[9]: TEXT" or "N: stream: TEXT", as the request was made. */
static inline void fake_reply(
	struct fake_clamd *fake, const struct fake_request *request, const char *text)
{
	if (request->stream)
		fake_say(fake, "%u: stream: %s", request->number, text);
	else
		fake_say(fake, "%u: fd[9]: %s", request->number, text);
}

static inline bool fake_fill(struct fake_clamd *fake)
{
	union {
		char room[CMSG_SPACE(16 * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec bytes = {fake->in, sizeof(fake->in)};
	struct msghdr message = {.msg_iov = &bytes,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof(control.room)};
	ssize_t n = recvmsg(fake->socket, &message, MSG_CMSG_CLOEXEC);

	if (n <= 0)
		return false;
	for (struct cmsghdr *h = CMSG_FIRSTHDR(&message); h; h = CMSG_NXTHDR(&message, h))
		for (size_t i = 0; i < (h->cmsg_len - CMSG_LEN(0)) / sizeof(int); i++)
			memcpy(&fake->fds[fake->fd_count++], CMSG_DATA(h) + i * sizeof(int),
				sizeof(int));
	fake->at = 0;
	fake->end = (size_t)n;
	return true;
}

static inline bool fake_get(struct fake_clamd *fake, void *to, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (fake->at == fake->end && !fake_fill(fake))
			return false;
		((unsigned char *)to)[i] = fake->in[fake->at++];
	}
	return true;
}

static inline bool fake_get_word(struct fake_clamd *fake, char word[32])
{
	char c;

	if (!fake_get(fake, &c, 1) || c != 'z')
		return false;
	for (size_t i = 0; i < 32; i++) {
		if (!fake_get(fake, &word[i], 1))
			return false;
		if (!word[i])
			return true;
	}
	return false;
}

/* The object of FILDES or INSTREAM. */
static inline bool fake_get_object(
	struct fake_clamd *fake, struct fake_request *request, struct buf *content)
{
	char nul;

	if (strcmp(request->word, "FILDES") == 0) {
		if (!fake_get(fake, &nul, 1) || nul != 0)
			return false;
		request->has_fd = fake->fd_count > 0;
		if (request->has_fd) {
			int fd = fake->fds[0];

			memmove(fake->fds, fake->fds + 1, --fake->fd_count * sizeof(int));
			fd_read_all(fd, 1 << 26, content);
			close(fd);
		}
	} else if (strcmp(request->word, "INSTREAM") == 0) {
		uint32_t len;

		request->stream = true;
		__atomic_add_fetch(&fake->streams, 1, __ATOMIC_RELAXED);
		while (fake_get(fake, &len, sizeof(len)) && len) {
			size_t left = ntohl(len);

			buf_reserve(content, left);
			if (!fake_get(fake, content->data + content->len, left))
				return false;
			content->len += left;
		}
	}
	request->content = buf_slice(content);
	return true;
}

static inline void fake_serve(struct fake_clamd *fake)
{
	struct fake_request request = {.connection = fake->connections};
	bool go_on = true;
	char word[32];

	fake->at = fake->end = 0;
	if (!fake_get_word(fake, word) || strcmp(word, "IDSESSION") != 0)
		return;
	while (go_on && fake_get_word(fake, request.word) && strcmp(request.word, "END") != 0) {
		struct buf content = {0};

		request.number++;
		request.stream = false;
		if (!fake_get_object(fake, &request, &content)) {
			buf_release(&content);
			return;
		}
		fake->requests++;
		go_on = fake->answer(fake, &request);
		buf_release(&content);
	}
}

static inline void *fake_main(void *context)
{
	struct fake_clamd *fake = context;

	while ((fake->socket = accept4(fake->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
		fake->connections++;
		fake_serve(fake);
		while (fake->fd_count > 0)
			close(fake->fds[--fake->fd_count]);
		close(fake->socket);
	}
	return NULL;
}

/* Listens at `path`, or on a free port of 127.0.0.1 when it is NULL. */
static inline void fake_clamd_start(struct fake_clamd *fake, const char *path, fake_answer *answer)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(in);

	memset(fake, 0, sizeof(*fake));
	fake->answer = answer;
	fake->listener = socket(path ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (path) {
		snprintf(fake->path, sizeof(fake->path), "%s", path);
		memcpy(un.sun_path, fake->path, sizeof(fake->path));
		assert_int_equal(bind(fake->listener, (struct sockaddr *)&un, sizeof(un)), 0);
	} else {
		assert_int_equal(bind(fake->listener, (struct sockaddr *)&in, sizeof(in)), 0);
		getsockname(fake->listener, (struct sockaddr *)&in, &len);
		fake->port = ntohs(in.sin_port);
	}
	assert_int_equal(listen(fake->listener, 16), 0);
	assert_int_equal(pthread_create(&fake->thread, NULL, fake_main, fake), 0);
}

static inline void fake_clamd_stop(struct fake_clamd *fake)
{
	shutdown(fake->listener, SHUT_RDWR);
	pthread_join(fake->thread, NULL);
	close(fake->listener);
}

#endif
