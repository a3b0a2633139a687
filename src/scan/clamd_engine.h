/*
 * Asks an engine that speaks clamd's protocol about every object: what to ask, how often, and what
 * an answer or its absence means. Shared by the back-ends clamd (a daemon) and libclamav (a helper
 * of ours), which differ only in how the engine is reached: struct clamd_transport.
 *
 * When the connection is lost in mid-scan, one of the objects under way may have killed the engine,
 * or somebody restarted it. It is reached again and asked one object at a time, after a harmless
 * probe on each connection. Only an object on which it goes away twice, alone, having just answered
 * the probe, is at fault (the mail's doing: `overlimit`), and the others still get their answer. An
 * engine that does not come back, or does not answer the probe, has failed as a whole.
 *
 * After the timeout the probe is asked too, on a new connection: when it is answered at once, while
 * an object asked long before is not, the object is at fault; else the engine is late with all.
 * When every object is answered by an error, the probe tells a bad mail from a bad engine.
 */
#ifndef QMVC_SCAN_CLAMD_ENGINE_H
#define QMVC_SCAN_CLAMD_ENGINE_H

#include "loop/deadline.h"
#include "scan/answers.h"
#include "scan/backend.h"
#include "scan/clamd_items.h"
#include "scan/clamd_session.h"

struct clamd_engine;

/* How the engine is reached. */
struct clamd_transport {
	/*
	 * Begins to connect; the conn's events go to clamd_session_conn(&engine->session). Returns 0
	 * and *conn, or a negative errno. `connected` is set for a conn that is ready at once. With
	 * *conn NULL it goes on trying, and says later clamd_engine_connected(), or, after close() too,
	 * clamd_engine_gone().
	 */
	int (*open)(struct clamd_engine *engine, struct conn **conn, bool *connected);
	/* Connecting failed: goes on to another address. False: there is none. NULL: never. */
	bool (*next)(struct clamd_engine *engine);
	/*
	 * The conn is gone: ends what belongs to it, at once when engine->over, and then calls
	 * clamd_engine_gone(), now or later. Twice is legal.
	 */
	void (*close)(struct clamd_engine *engine);
	/*
	 * Each connection has an engine of its own, started for it, or one that may have been loading
	 * until now: when it is late, another answer can say nothing about it.
	 */
	bool own_engine;
	/* The engine's address or path, for messages. */
	const char *(*name)(const struct clamd_engine *engine);
	/* Of the back-end's own struct, which begins with the struct clamd_engine. */
	size_t size;
};

struct clamd_engine {
	struct scan_task task;	      /* first */
	struct clamd_session session; /* second: found from it by address */
	const struct clamd_transport *transport;
	struct answers answers;
	struct deadline *deadline;
	struct clamd_items items;
	bool linked;	   /* between open() and clamd_engine_gone() */
	bool over;	   /* nothing more is asked; the end is under way */
	bool idle;	   /* there was nothing to ask: the deadline ends it */
	bool streams_only; /* descriptors were refused */
	bool cautious;	   /* one object at a time */
	bool hopeless;	   /* set by the transport: reaching it again is no use */
	bool crashed;	   /* set by the transport: it went away by its own fault, nobody ended it */
	bool heard;	   /* it has answered something on this connection */
	bool late;	   /* the timeout has passed: only the probe is asked */
	bool blameless;	   /* set by the transport: this loss was no object's doing */
	unsigned accidents; /* such losses */
	unsigned culprits; /* objects the engine went away on */
	unsigned losses;
	uint64_t refused; /* size of the smallest object that was over StreamMaxLength */
	bool lost;	  /* the connection broke ... */
	bool lost_connected;
	int lost_error;
	const char *lost_words; /* arena; the beginning of an answer that it left */
	const char *why;	/* arena; what the transport knows about its end, or NULL */
	char probe[64];
};

/*
 * Makes the back-end's struct, zeroed, and starts the scan; as start() of struct scanner_backend.
 * Freed when the scan has ended.
 */
int clamd_engine_start(const struct clamd_transport *transport, const struct scan_request *request,
	const struct scanner_config *config, scan_task_done *done, void *context,
	struct scan_task **task, struct error *error);
void clamd_engine_cancel(struct scan_task *task);
/* From the transport, after an open() without a conn: here is one, connected. */
void clamd_engine_connected(struct clamd_engine *engine, struct conn *conn);
/* From the transport: what close() had to end has ended. */
void clamd_engine_gone(struct clamd_engine *engine);

#endif
