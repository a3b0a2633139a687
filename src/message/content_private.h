/* What the files of content share. */
#ifndef QMVC_MESSAGE_CONTENT_PRIVATE_H
#define QMVC_MESSAGE_CONTENT_PRIVATE_H

#include "base/fd.h"
#include "message/content.h"

#include <errno.h>

/*
 * -EFBIG is the writer's word for its own limit, which is the mail's doing. A file that may not
 * grow (RLIMIT_FSIZE) is the environment's, and must not look like it.
 */
static inline int content_write(int fd, struct slice bytes)
{
	int error = fd_write_all(fd, bytes);

	return error == -EFBIG ? -ENOSPC : error;
}

#endif
