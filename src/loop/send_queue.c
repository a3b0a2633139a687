/* The queue of a conn; see send_queue.h. */
#include "loop/send_queue.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* Segments handed to one sendmsg(2), and calls in one turn: enough to fill a socket's buffer. */
#define IOVECS 16
#define CALLS  8

struct send_segment {
	struct send_segment *next;
	struct slice left; /* of a descriptor: its one NUL byte */
	int fd;		   /* -1: bytes only */
	unsigned char copy[];
};

static const unsigned char nul_byte;

static int add(struct send_queue *queue, struct slice bytes, bool copy, int fd)
{
	struct send_segment *segment;

	if (bytes.len > SIZE_MAX / 2)
		return -ENOMEM;
	segment = malloc(sizeof(*segment) + (copy ? bytes.len : 0));
	if (!segment)
		return -ENOMEM;
	segment->next = NULL;
	segment->left = bytes;
	segment->fd = fd;
	if (copy) {
		memcpy(segment->copy, bytes.data, bytes.len);
		segment->left.data = segment->copy;
	}
	if (queue->last)
		queue->last->next = segment;
	else
		queue->first = segment;
	queue->last = segment;
	return 0;
}

int send_queue_copy(struct send_queue *queue, struct slice bytes)
{
	return bytes.len ? add(queue, bytes, true, -1) : 0;
}

int send_queue_borrow(struct send_queue *queue, struct slice bytes)
{
	return bytes.len ? add(queue, bytes, false, -1) : 0;
}

int send_queue_fd(struct send_queue *queue, int fd)
{
	int error = add(queue, slice_make(&nul_byte, 1), false, fd);

	if (error)
		close(fd);
	return error;
}

static void drop_first(struct send_queue *queue)
{
	struct send_segment *segment = queue->first;

	queue->first = segment->next;
	if (!queue->first)
		queue->last = NULL;
	if (segment->fd >= 0)
		close(segment->fd);
	free(segment);
}

/* A descriptor travels alone with its byte (unix(7)), so that it cannot be taken for another's. */
static ssize_t send_fd(const struct send_segment *segment, int socket)
{
	union {
		char room[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = {{0}};
	struct iovec byte = {.iov_base = (void *)(uintptr_t)segment->left.data, .iov_len = 1};
	struct msghdr message = {
		.msg_iov = &byte,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof(control.room),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &segment->fd, sizeof(int));
	return sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static ssize_t send_bytes(const struct send_segment *segment, int socket)
{
	struct iovec bytes[IOVECS];
	struct msghdr message = {.msg_iov = bytes};

	for (; segment && segment->fd < 0 && message.msg_iovlen < IOVECS; segment = segment->next)
		bytes[message.msg_iovlen++] = (struct iovec){
			.iov_base = (void *)(uintptr_t)segment->left.data,
			.iov_len = segment->left.len,
		};
	return sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void drop_sent(struct send_queue *queue, size_t sent)
{
	while (queue->first && sent >= queue->first->left.len) {
		sent -= queue->first->left.len;
		drop_first(queue);
	}
	if (queue->first)
		queue->first->left = slice_from(queue->first->left, sent);
}

int send_queue_flush(struct send_queue *queue, int socket)
{
	for (int call = 0; queue->first && call < CALLS; call++) {
		ssize_t sent = queue->first->fd >= 0 ? send_fd(queue->first, socket)
						     : send_bytes(queue->first, socket);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return errno == EAGAIN ? SEND_PARTLY : -errno;
		drop_sent(queue, (size_t)sent);
	}
	return queue->first ? SEND_PARTLY : SEND_ALL;
}

void send_queue_release(struct send_queue *queue)
{
	while (queue->first)
		drop_first(queue);
}
