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

struct question {
	unsigned index;	/* the object's */
	int fd;		/* its bytes, owned by the caller */
	bool inside;	/* it is to be looked into, within these bounds: */
	uint64_t members, bytes;
};

/*
 * Waits for the next question. Returns 0, 1 when qmvc has closed its end, or a negative errno (-EPROTO: not as the protocol says).
 */
int channel_next(struct channel *channel, struct question *question);

/* Sends the lines. Returns 0 or a negative errno. */
int channel_send(struct channel *channel, const struct buf *lines);

#endif
