/*
 * A helper that stays: it has loaded what takes long, and serves one client after another, several
 * at once. Each is served by a forked child: so a child that crashes, hangs or is taken over by what
 * it reads has nothing to do with another mail's answer, and each is in the sandbox with a directory
 * of its own. Knows nothing of libclamav.
 *
 * The listening socket and the lock (scan/resident_state.h) are made by the client that starts it.
 */
#ifndef QMVC_HELPERS_RESIDENT_H
#define QMVC_HELPERS_RESIDENT_H

#include "base/error.h"

#include <stdbool.h>

struct resident_options {
	int listener, lock;
	int heir_of; /* a pipe to the one whose place we take, or -1; owned */
	const char *socket; /* the listener's path: when it goes, so do we */
	const char *tmp;
	unsigned idle_s; /* without a client for so long: the end */
	const char *text; /* about us, for the record */
	char *const *argv; /* starts the heir; it gets the pipe as descriptor RESIDENT_HEIR_FD */
	char *const *envp;
	/*
	 * In the child: serves `socket`; `room` is an empty directory, NULL when none could be made.
	 * What it returns is the exit code.
	 */
	int (*serve)(void *context, int socket, const char *room);
	/* Has what was loaded changed on disk since it was loaded, or last asked about? */
	bool (*changed)(void *context);
	void *context;
};

/* Descriptors that a resident helper finds open. */
#define RESIDENT_LOCK	  3
#define RESIDENT_LISTENER 4
#define RESIDENT_HEIR_FD  5

/*
 * Serves until nobody has come for a while, the socket has gone, SIGTERM comes, or an heir has taken
 * over. The heir is started when changed() says so: it loads while we go on, and when it cannot, we
 * stay. Returns 0, or a negative errno with *error set.
 */
int resident_run(const struct resident_options *options, struct error *error);

#endif
