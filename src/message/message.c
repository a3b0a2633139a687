/*
 * The message on descriptor 0; see message.h. Others read the same open file after us (the next
 * line of the dot-qmail file), so its offset is never touched: it is mapped from its start.
 */
#include "message/message.h"

#include "base/cleanup.h"
#include "base/fd.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>

/* A pipe is no message from qmail; this bound only keeps a mistake from filling the disk. */
#define PIPE_MAX   ((uint64_t)4 * 1024 * 1024 * 1024)
#define PIPE_CHUNK ((size_t)64 * 1024)

/* So small a mail is mapped in one go; advice about it would cost more than it saves. */
#define SMALL_MAIL ((size_t)256 * 1024)

static int map(int fd, off_t length, struct slice *bytes)
{
	size_t size = (size_t)length;
	void *address;

	if (length <= 0) {
		*bytes = SLICE_EMPTY;
		return 0;
	}
	if ((uint64_t)length > SIZE_MAX / 2)
		return -EFBIG;
	address = mmap(NULL, size, PROT_READ, MAP_PRIVATE | (size <= SMALL_MAIL ? MAP_POPULATE : 0),
		fd, 0);
	if (address == MAP_FAILED)
		return -errno;
	if (size > SMALL_MAIL) {
		/* Advice: that it is not taken is no error. */
		madvise(address, size, MADV_SEQUENTIAL);
		madvise(address, size, MADV_WILLNEED);
	}
	*bytes = slice_make(address, size);
	return 0;
}

static int drain(int from, int to)
{
	unsigned char chunk[PIPE_CHUNK];
	uint64_t total = 0;

	for (;;) {
		ssize_t got = read(from, chunk, sizeof(chunk));
		int error;

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? -errno : 0;
		total += (uint64_t)got;
		if (total > PIPE_MAX)
			return -EFBIG;
		error = fd_write_all(to, slice_make(chunk, (size_t)got));
		if (error)
			return error;
	}
}

int message_open(struct message *message, int fd, const char *tmp, struct error *error)
{
	cleanup_fd int own = -1;
	struct stat status;
	struct slice bytes;
	int failed;

	*message = (struct message){.fd = -1};
	if (fstat(fd, &status) < 0)
		return error_set_errno(error, -errno, "no message on descriptor %d", fd);
	if (!S_ISREG(status.st_mode)) {
		own = fd_unlinked(tmp);
		if (own < 0)
			return error_set_errno(error, own, "cannot make a file in %s", tmp);
		failed = drain(fd, own);
		if (failed)
			return error_set_errno(
				error, failed, "cannot copy the message into %s", tmp);
		if (fstat(own, &status) < 0)
			return error_set_errno(error, -errno, "cannot map the message");
	}
	failed = map(own >= 0 ? own : fd, status.st_size, &bytes);
	if (failed)
		return error_set_errno(error, failed, "cannot map the message");
	message->bytes = bytes;
	message->fd_owned = own >= 0;
	message->fd = own >= 0 ? take_fd(&own) : fd;
	return 0;
}

int message_read(struct message *message, const struct limits *limits, const char *tmp,
	struct error *error)
{
	return reading_read(
		&message->reading, &reading_principal, message->bytes, limits, tmp, error);
}

void message_release(struct message *message)
{
	reading_release(&message->reading);
	if (message->bytes.len > 0)
		munmap((void *)(uintptr_t)message->bytes.data, message->bytes.len);
	if (message->fd_owned && message->fd >= 0)
		close(message->fd);
	*message = (struct message){.fd = -1};
}
