/*
 * A stream socket to a daemon (unix or TCP) with bytes and descriptors going out in order and bytes
 * coming in. Non-blocking all through: it reads while it still has to write, since daemons drop who
 * does not (clamd's IDSESSION does).
 */
#ifndef QMVC_LOOP_CONN_H
#define QMVC_LOOP_CONN_H

#include <stdint.h>

#include "base/slice.h"
#include "loop/loop.h"

struct conn;

enum conn_event {
	CONN_CONNECTED, /* ready to send; not fired for conn_adopt() */
	CONN_DATA,	/* bytes came in: data holds them, valid during the call */
	CONN_DRAINED,	/* all that was queued has been sent */
	CONN_SEND_FAILED, /* the peer takes no more (error holds a negative errno): what was queued
			     is dropped, as is what is sent from now on; reading goes on, since
			     clamd says why before it closes */
	CONN_EOF,	/* the peer closed its end; nothing more will come */
	CONN_FAILED,	/* connecting or reading failed (error holds a negative errno): only
			   conn_close() is left to do */
	CONN_CLOSED,	/* last event, after conn_close(): the conn is freed when it returns */
};

typedef void conn_handler(struct conn *conn, enum conn_event event, struct slice data, int error,
	void *context);

/*
 * Connects to unix socket `path`, or to `host` (a name or an address, IPv6 too) and `port`, within
 * `timeout_ms` (0: no bound), else CONN_FAILED with -ETIMEDOUT. One of path and host is set.
 * All addresses of a name are tried in turn, each with its share of the time. A name that cannot be
 * resolved is CONN_FAILED with -EAGAIN (no name server answers) or -EHOSTUNREACH (no such name).
 * Bytes may be queued at once. Returns 0 or a negative errno (-ENAMETOOLONG: no unix socket can
 * have that path; -EINVAL: an empty path, or port 0 or above 65535).
 */
int conn_open(struct loop *loop, const char *path, const char *host, unsigned port,
	unsigned timeout_ms, conn_handler *handler, void *context, struct conn **conn);

/* Takes over a connected socket (owned from now on, also when it fails). 0 or a negative errno. */
int conn_adopt(struct loop *loop, int fd, conn_handler *handler, void *context, struct conn **conn);

/*
 * The three below queue; sending begins in a later turn. A conn_close() or a failure drops what is
 * queued and closes its descriptors.
 */

/* Queues a copy of the bytes. Returns 0 or -ENOMEM. */
int conn_send(struct conn *conn, struct slice bytes);
/*
 * As conn_send(), but without a copy: the bytes stay valid until CONN_DRAINED, CONN_SEND_FAILED,
 * CONN_FAILED or CONN_CLOSED.
 */
int conn_send_borrowed(struct conn *conn, struct slice bytes);
/*
 * Queues one NUL byte that carries `fd` (SCM_RIGHTS, unix(7)); fd is owned by the conn, also when
 * this fails, and closed once sent. As conn_send(), or -EOPNOTSUPP unless conn_takes_fds().
 */
int conn_send_fd(struct conn *conn, int fd);
/* Can descriptors go over it (a unix socket)? */
bool conn_takes_fds(const struct conn *conn);

/*
 * Microseconds so far in which it was connected and something was still to be sent. Legal in every
 * event, CONN_CLOSED too.
 */
uint64_t conn_sending_us(const struct conn *conn);

/* Has all that was queued been sent? Never again once some of it was dropped. */
bool conn_all_sent(const struct conn *conn);

/*
 * Closes at once, dropping what is queued; CONN_CLOSED fires later, nothing else before it. Legal
 * in every event, and twice.
 */
void conn_close(struct conn *conn);

#endif
