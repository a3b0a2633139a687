/*
 * The helper's end of its socket; see channel.h. Bytes and descriptors come in two queues: the
 * n-th NUL byte goes with the n-th descriptor, whatever the kernel merged on the way.
 */
#include "helpers/channel.h"

#include "base/cleanup.h"
#include "base/fd.h"

#include <errno.h>
#include <sys/socket.h>

void channel_init(struct channel *channel, int socket)
{
	*channel = (struct channel){.socket = socket};
}

static int take_descriptors(struct channel *channel, struct msghdr *message)
{
	for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part;
		part = CMSG_NXTHDR(message, part)) {
		size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS)
			continue;
		if (count > OPEN_WINDOW - channel->fd_count)
			return -EPROTO;
		memcpy(channel->fds + channel->fd_count, CMSG_DATA(part), count * sizeof(int));
		channel->fd_count += (unsigned)count;
	}
	return message->msg_flags & MSG_CTRUNC ? -EPROTO : 0;
}

/* Returns the number of bytes received, 0 at the end, or a negative errno. */
static ssize_t receive(struct channel *channel)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(int) * OPEN_WINDOW)];
	} control;
	struct iovec bytes = {channel->bytes + channel->len, sizeof(channel->bytes) - channel->len};
	struct msghdr message = {.msg_iov = &bytes,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control)};
	ssize_t got;
	int failed;

	if (bytes.iov_len == 0)
		return -EPROTO;
	do {
		got = recvmsg(channel->socket, &message, MSG_CMSG_CLOEXEC);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return errno == ECONNRESET ? 0 : -errno;
	failed = take_descriptors(channel, &message);
	if (failed)
		return failed;
	channel->len += (size_t)got;
	return got;
}

/* Takes one line off the front, waiting for its end. Returns as channel_next() does. */
static int next_line(struct channel *channel, struct open_record *record)
{
	size_t end;

	for (;;) {
		struct slice have = slice_make(channel->bytes, channel->len);
		ssize_t got;

		end = slice_find_byte(have, '\n', 0);
		if (end < have.len)
			break;
		got = receive(channel);
		if (got == 0)
			return channel->len == 0 ? 1 : -EPROTO;
		if (got < 0)
			return (int)got;
	}
	if (open_record_read(slice_make(channel->bytes, end), record))
		return -EPROTO;
	channel->len -= end + 1;
	memmove(channel->bytes, channel->bytes + end + 1, channel->len);
	return 0;
}

/* The NUL byte behind a question, and the descriptor that came with it. */
static int next_descriptor(struct channel *channel, int *fd)
{
	while (channel->len == 0) {
		ssize_t got = receive(channel);

		if (got <= 0)
			return got < 0 ? (int)got : -EPROTO;
	}
	if (channel->bytes[0] != 0 || channel->fd_count == 0)
		return -EPROTO;
	channel->len--;
	memmove(channel->bytes, channel->bytes + 1, channel->len);
	*fd = channel->fds[0];
	channel->fd_count--;
	memmove(channel->fds, channel->fds + 1, channel->fd_count * sizeof(int));
	return 0;
}

int channel_next(struct channel *channel, struct question *question)
{
	struct question asked = {.fd = -1};
	struct open_record line;
	int failed = next_line(channel, &line);

	if (!failed && line.kind == OPEN_MEMBERS) {
		asked.inside = true;
		asked.members = line.number;
		failed = next_line(channel, &line);
		if (!failed && line.kind != OPEN_BYTES)
			return -EPROTO;
		asked.bytes = line.number;
		if (!failed)
			failed = next_line(channel, &line);
	}
	if (failed)
		return failed;
	if (line.kind != OPEN_OBJECT)
		return -EPROTO;
	asked.index = (unsigned)line.number;
	failed = next_descriptor(channel, &asked.fd);
	if (!failed)
		*question = asked;
	return failed;
}

int channel_send(struct channel *channel, const struct buf *lines)
{
	return lines->failed ? -ENOMEM : fd_write_all(channel->socket, buf_slice(lines));
}
