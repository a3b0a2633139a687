/*
 * The server's side of clamd's IDSESSION, as far as qmvc speaks it: PING, VERSION, FILDES, INSTREAM,
 * END, each with the prefix z. One client, one request after another; blocking. Knows nothing of
 * libclamav: scanning is a function it is given.
 */
#ifndef QMVC_HELPERS_CLAMAV_SERVE_H
#define QMVC_HELPERS_CLAMAV_SERVE_H

#include "base/buf.h"
#include "base/error.h"

/* What is asked of an engine. */
struct clamav_engine {
	/* Writes "OK", "NAME FOUND" or "TEXT ERROR" for the bytes behind `fd`. */
	void (*scan)(void *context, int fd, struct buf *answer);
	const char *version; /* the answer to VERSION */
	const char *tmp;     /* where a stream is put together */
	void *context;
};

/*
 * Serves `socket` until the client ends the session or closes. Returns 0, or a negative errno with
 * *error set: the client does not speak the protocol, or the socket broke.
 */
int clamav_serve(int socket, const struct clamav_engine *engine, struct error *error);

#endif
