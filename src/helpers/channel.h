/* The helper's end of its socket to qmvc: questions in, answers out. See open/protocol.h. */
#ifndef QMVC_HELPERS_CHANNEL_H
#define QMVC_HELPERS_CHANNEL_H

#include "open/protocol.h"

struct channel {
	int socket;
	unsigned char bytes[512]; /* received, not used yet */
	size_t len;
	int fds[OPEN_WINDOW]; /* likewise, in the order they came */
	unsigned fd_count;
};

void channel_init(struct channel *channel, int socket);

/*
 * Waits for the next question: an object's index and its descriptor, owned by the caller. Returns
 * 0, 1 when qmvc has closed its end, or a negative errno (-EPROTO: not as the protocol says).
 */
int channel_next(struct channel *channel, unsigned *index, int *fd);

/* Sends the lines. Returns 0 or a negative errno. */
int channel_send(struct channel *channel, const struct buf *lines);

#endif
