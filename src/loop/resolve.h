/*
 * Looks a host name up without blocking the loop, and lets itself be abandoned at once. Private to
 * loop/.
 *
 * Not uv_getaddrinfo(): a look-up that hangs on a dead name server cannot be called off there, so
 * that neither the loop nor the process (libuv joins its threads at exit) would end before the
 * resolver gives up, long after our deadline. Here a detached thread asks; nobody waits for it.
 */
#ifndef QMVC_LOOP_RESOLVE_H
#define QMVC_LOOP_RESOLVE_H

#include "loop/loop.h"

#include <netdb.h>

struct resolve;

/*
 * `list` is freed when the callback returns. `error` is 0, -EAGAIN (no name server answers),
 * -EHOSTUNREACH (there is no such name) or another negative errno.
 */
typedef void resolve_done(const struct addrinfo *list, int error, void *context);

/*
 * Asks for the stream addresses of `host` with `port`. Returns 0 or a negative errno. `done` fires
 * once, from a later turn; *resolve is gone then.
 */
int resolve_start(struct loop *loop, const char *host, unsigned port, resolve_done *done,
	void *context, struct resolve **resolve);

/* Nothing fires any more. NULL is legal. */
void resolve_cancel(struct resolve *resolve);

/*
 * The same for a numeric address, at once: 0 and *list (for freeaddrinfo(3)), or a negative errno;
 * -EHOSTUNREACH when `host` is no numeric address.
 */
int resolve_numeric(const char *host, unsigned port, struct addrinfo **list);

#endif
