/*
 * Serving one client; see clamav_serve.h. Bytes and descriptors come in by recvmsg(2), which may give
 * several commands at once and a descriptor together with bytes before or behind its own: so both are
 * queued, and taken in the order in which the commands want them.
 */
#include "helpers/clamav_serve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"

/* A client asks for sixteen objects at once at most (clamd_session.h); this is beyond that. */
#define FDS_MAX	    32
#define COMMAND_MAX 64
/* Of a stream: what libclamav can scan at all. */
#define STREAM_MAX ((uint64_t)INT32_MAX)

struct server {
	int socket;
	const struct clamav_engine *engine;
	struct error *error;
	unsigned char in[65536];
	size_t at, end; /* in[at .. end) has not been used */
	int fds[FDS_MAX];
	unsigned fd_count;
	unsigned number; /* of the request */
};

/* Queues the descriptors of a control message; too many are closed, and end the session. */
static int take_fds(struct server *server, struct cmsghdr *header)
{
	size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	int fd;

	for (size_t i = 0; i < count; i++) {
		memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof(fd));
		if (server->fd_count < FDS_MAX)
			server->fds[server->fd_count++] = fd;
		else
			close(fd);
	}
	return server->fd_count < FDS_MAX ? 0 : -EPROTO;
}

/* Reads more. Returns 1 when something came, 0 at the end, or a negative errno. */
static int fill(struct server *server)
{
	union {
		char room[CMSG_SPACE(FDS_MAX * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec bytes = {server->in, sizeof(server->in)};
	struct msghdr message = {.msg_iov = &bytes,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof(control.room)};
	ssize_t n;

	do {
		n = recvmsg(server->socket, &message, MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return error_set_errno(server->error, -errno, "cannot read from qmvc");
	for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header;
		header = CMSG_NXTHDR(&message, header))
		if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS &&
			take_fds(server, header) < 0)
			return error_set(server->error, -EPROTO, "too many descriptors at once");
	server->at = 0;
	server->end = (size_t)n;
	return n > 0;
}

/* The next byte into *byte. As fill(). */
static int next_byte(struct server *server, unsigned char *byte)
{
	if (server->at == server->end) {
		int r = fill(server);

		if (r <= 0)
			return r;
	}
	*byte = server->in[server->at++];
	return 1;
}

/* All of `len` bytes, or -EPROTO. */
static int next_bytes(struct server *server, unsigned char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		int r = next_byte(server, &bytes[i]);

		if (r <= 0)
			return r < 0 ? r : error_set(server->error, -EPROTO, "request cut short");
	}
	return 0;
}

/* The next command without its 'z' and NUL. Returns 1, 0 at the end, or a negative errno. */
static int next_command(struct server *server, char command[COMMAND_MAX])
{
	for (size_t len = 0; len < COMMAND_MAX; len++) {
		int r = next_byte(server, (unsigned char *)&command[len]);

		if (r < 0 || (r == 0 && len == 0))
			return r;
		if (r == 0)
			break;
		if (command[len] != '\0')
			continue;
		if (command[0] != 'z')
			break;
		memmove(command, command + 1, len);
		return 1;
	}
	return error_set(server->error, -EPROTO, "a request that is not of the protocol");
}

static int reply(struct server *server, const char *about, const char *text)
{
	cleanup_buf struct buf line = {0};

	buf_addf(&line, "%u: %s%s", server->number, about, text);
	buf_add_byte(&line, 0);
	if (line.failed)
		return error_set_errno(server->error, -ENOMEM, "answer");

	int r = fd_write_all(server->socket, buf_slice(&line));

	return r < 0 ? error_set_errno(server->error, r, "cannot answer qmvc") : 0;
}

static int scan_and_reply(struct server *server, int fd, const char *about)
{
	cleanup_buf struct buf answer = {0};
	const char *text;

	server->engine->scan(server->engine->context, fd, &answer);
	text = buf_cstr(&answer);
	return reply(server, about, text && !answer.failed ? text : "Can't allocate memory ERROR");
}

/* One byte carries the descriptor. */
static int serve_fildes(struct server *server)
{
	unsigned char byte;
	char about[32];
	int r = next_bytes(server, &byte, 1);

	if (r < 0)
		return r;
	if (server->fd_count == 0) {
		reply(server, "", "No file descriptor received. ERROR");
		return error_set(server->error, -EPROTO, "FILDES without a descriptor");
	}

	cleanup_fd int fd = server->fds[0];

	server->fd_count--;
	memmove(server->fds, server->fds + 1, server->fd_count * sizeof(server->fds[0]));
	snprintf(about, sizeof(about), "fd[%d]: ", fd);
	return scan_and_reply(server, fd, about);
}

/* Copies `len` bytes of a chunk to the file. */
static int copy_chunk(struct server *server, int file, size_t len)
{
	while (len > 0) {
		if (server->at == server->end) {
			int r = fill(server);

			if (r <= 0)
				return r < 0 ? r
					     : error_set(
						       server->error, -EPROTO, "stream cut short");
		}

		struct slice bytes = slice_first(
			slice_make(server->in + server->at, server->end - server->at), len);
		int r = fd_write_all(file, bytes);

		if (r < 0)
			return error_set_errno(server->error, r, "%s", server->engine->tmp);
		server->at += bytes.len;
		len -= bytes.len;
	}
	return 0;
}

static int serve_instream(struct server *server)
{
	cleanup_fd int file = fd_unlinked(server->engine->tmp);
	uint64_t total = 0;
	uint32_t len;

	if (file < 0)
		return error_set_errno(server->error, file, "%s", server->engine->tmp);
	for (;;) {
		int r = next_bytes(server, (unsigned char *)&len, sizeof(len));

		if (r < 0)
			return r;
		len = ntohl(len);
		if (len == 0)
			break;
		total += len;
		if (total > STREAM_MAX) {
			reply(server, "", "INSTREAM size limit exceeded. ERROR");
			return error_set(server->error, -EFBIG, "stream too long");
		}
		r = copy_chunk(server, file, len);
		if (r < 0)
			return r;
	}
	if (lseek(file, 0, SEEK_SET) < 0)
		return error_set_errno(server->error, -errno, "%s", server->engine->tmp);
	return scan_and_reply(server, file, "stream: ");
}

/* Returns 1 to go on, 0 at the end, or a negative errno. */
static int serve_one(struct server *server)
{
	char command[COMMAND_MAX];
	int r = next_command(server, command);

	if (r <= 0)
		return r;
	if (strcmp(command, "END") == 0)
		return 0;
	server->number++;
	if (strcmp(command, "PING") == 0)
		r = reply(server, "", "PONG");
	else if (strcmp(command, "VERSION") == 0)
		r = reply(server, "", server->engine->version);
	else if (strcmp(command, "FILDES") == 0)
		r = serve_fildes(server);
	else if (strcmp(command, "INSTREAM") == 0)
		r = serve_instream(server);
	else
		r = error_set(server->error, -EPROTO, "unknown request");
	return r < 0 ? r : 1;
}

int clamav_serve(int socket, const struct clamav_engine *engine, struct error *error)
{
	struct server server = {.socket = socket, .engine = engine, .error = error};
	char command[COMMAND_MAX];
	int r = next_command(&server, command);

	if (r > 0 && strcmp(command, "IDSESSION") != 0)
		r = error_set(error, -EPROTO, "no IDSESSION");
	while (r > 0)
		r = serve_one(&server);
	while (server.fd_count > 0)
		close(server.fds[--server.fd_count]);
	return r;
}
