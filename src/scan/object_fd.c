/*
 * Descriptors for scanners; see object_fd.h. The raw message is never copied: its file is opened
 * anew through /proc so that the offset, which qmail-local's other children share, stays alone.
 */
#include "scan/object_fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

static int reopen(int fd)
{
	char path[32];
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || (flags & O_ACCMODE) == O_WRONLY || (flags & O_PATH))
		return -EBADF;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);

	int again = open(path, O_RDONLY | O_CLOEXEC);

	/* Without /proc, or where the file's mode no longer lets us: the same open file. */
	if (again < 0)
		again = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	return again < 0 ? -errno : again;
}

int object_fd(const struct scan_request *request, const struct object *object)
{
	if (object->kind == OBJECT_MESSAGE && request->message_fd >= 0) {
		int fd = reopen(request->message_fd);

		if (fd >= 0)
			return fd;
	}
	return content_open(object->content);
}
