/*
 * What a conn still has to send: bytes (copied or borrowed) and descriptors, in order. Private to
 * loop/. A zeroed struct is an empty queue.
 */
#ifndef QMVC_LOOP_SEND_QUEUE_H
#define QMVC_LOOP_SEND_QUEUE_H

#include "base/slice.h"

struct send_segment;

struct send_queue {
	struct send_segment *first, *last;
};

/* Each returns 0 or -ENOMEM. Empty bytes are left out. */
int send_queue_copy(struct send_queue *queue, struct slice bytes);
int send_queue_borrow(struct send_queue *queue, struct slice bytes);
/* Owns `fd` from now on, also when it fails. */
int send_queue_fd(struct send_queue *queue, int fd);

/* How far send_queue_flush() came. */
enum send_progress {
	SEND_ALL = 0,	  /* the queue is empty */
	SEND_PARTLY = 1, /* go on when the socket takes more */
};

/*
 * Sends over non-blocking socket `socket` what it takes, never for long. Returns a send_progress or
 * a negative errno (-EPIPE, -ECONNRESET: the peer takes no more); no SIGPIPE is raised.
 */
int send_queue_flush(struct send_queue *queue, int socket);

/* Drops what is left and closes the descriptors among it. */
void send_queue_release(struct send_queue *queue);

#endif
