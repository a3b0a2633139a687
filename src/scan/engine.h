/*
 * Asks an engine over a connection about every object: what to ask, how often, and what an answer or
 * its absence means. How the engine is reached is a struct engine_transport (a daemon at one of
 * several addresses: addresses.h; a helper of ours: libclamav.c), what is said over the connection a
 * struct engine_protocol (clamd_engine.h, daemon_engine.h).
 *
 * When the connection is lost in mid-scan, one of the objects under way may have killed the engine,
 * or somebody restarted it. It is reached again and asked one object at a time, after a harmless
 * probe on each connection. Only an object on which it goes away twice, alone, having just answered
 * the probe, is at fault (the mail's doing: `overlimit`), and the others still get their answer. An
 * engine that does not come back, or does not answer the probe, has failed as a whole.
 *
 * After the timeout the probe is asked too, on a new connection. When that is not answered at once,
 * the engine is late with all. When it is, the engine may have been stalled until just now; so what it
 * owes is asked again, one object at a time, and the one that gets no answer this time either is at
 * fault, if the probe gets one behind it once more: an engine with too much to do answers now and then.
 * When every object is answered by an error, the probe tells a bad mail from a bad engine.
 *
 * Once the engine was shown an object, nothing that becomes of it counts for the breaker: it may be the
 * mail's doing. A clamd whose queue is full of slow objects, and one mail can fill a short one, answers
 * not even PING, as if it were stopped.
 *
 * Its time is split (scan_result.h): it waits until the session is ready, and, where there is a PING,
 * until that is answered.
 */
#ifndef QMVC_SCAN_ENGINE_H
#define QMVC_SCAN_ENGINE_H

#include "loop/deadline.h"
#include "scan/answers.h"
#include "scan/backend.h"
#include "scan/items.h"
#include "scan/session.h"

struct engine;

/* How the engine is reached. */
struct engine_transport {
	/*
	 * Begins to connect; the conn's events go to session_conn(engine->session). Returns 0 and
	 * *conn, or a negative errno. `connected` is set for a conn that is ready at once. With *conn
	 * NULL it goes on trying, and says later engine_connected(), or, after close() too,
	 * engine_gone().
	 */
	int (*open)(struct engine *engine, struct conn **conn, bool *connected);
	/* Connecting failed: goes on to another address. False: there is none. NULL: never. */
	bool (*next)(struct engine *engine);
	/*
	 * The conn is gone: ends what belongs to it, at once when engine->over, and then calls
	 * engine_gone(), now or later. Twice is legal.
	 */
	void (*close)(struct engine *engine);
	/*
	 * Each connection has an engine of its own, started for it, or one that may have been loading
	 * until now: when it is late, another answer can say nothing about it.
	 */
	bool own_engine;
	/* The engine's address or path, for messages. */
	const char *(*name)(const struct engine *engine);
};

/* What is said over the connection. */
struct engine_protocol {
	unsigned window; /* objects that may be under way at once */
	/*
	 * Makes the session for a new connection; its events `connected`, `broken` and `closed` are, or
	 * lead to, the engine_session_*() below, and its context is the engine.
	 */
	struct session *(*init)(struct engine *engine);
	/*
	 * Asks about `item` (engine->items.list[index]), which is noted as asked; one answer follows.
	 * Or it answers by itself, without asking, or calls engine_start_over(). Returns 0, or a
	 * negative errno: the engine fails.
	 */
	int (*ask)(struct engine *engine, struct item *item, int index);
	/* The last thing before the answers are judged. NULL: nothing. */
	void (*end)(struct engine *engine);
};

struct engine {
	struct scan_task task; /* first */
	const struct engine_transport *transport;
	const struct engine_protocol *protocol;
	struct session *session;
	struct answers answers;
	struct deadline *deadline;
	struct items items;
	unsigned address, tried; /* of addresses.h: the one in use; since one last connected */
	bool linked;		 /* between open() and engine_gone() */
	bool over;		 /* nothing more is asked; the end is under way */
	bool idle;		 /* there was nothing to ask: the deadline ends it */
	bool cautious;		 /* one object at a time */
	bool hopeless;		 /* set by the transport: reaching it again is no use */
	bool crashed; /* set by the transport: it went away by its own fault, nobody ended it */
	bool loading; /* set by the transport's open(): it may be loading its signatures */
	bool pinged;  /* set by the protocol, before the session is ready: engine_alive() follows */
	bool reached; /* on this connection: the waiting is over */
	bool chained; /* set by the protocol: an answer ended this connection, the next goes on */
	bool heard;   /* it has answered something on this connection */
	bool probe_clean;	 /* the probe was answered on this connection, and called clean */
	bool shown;		 /* an object was given to it, on any connection */
	bool late;		 /* a timeout has passed: only the probe is asked */
	bool again;		 /* the probe was answered: what it owes is asked again */
	uint64_t again_until_us; /* but not for longer than this */
	bool blameless;		 /* set by the transport: this loss was no object's doing */
	unsigned accidents;	 /* such losses */
	bool early;		 /* it is not its turn yet; engine_early.h */
	bool inherited;		 /* the connection was made then */
	uint64_t begun_us, idle_since_us, idle_us; /* early: when, and since when, and how long,
						      it had nothing to answer */
	enum verdict held_verdict; /* what was said of the item that is ITEM_HELD */
	const char *held;	   /* arena */
	unsigned culprits;	 /* objects the engine went away on */
	unsigned losses;
	bool lost; /* the connection broke ... */
	bool lost_connected;
	int lost_error;
	const char *lost_words; /* arena; the beginning of an answer that it left */
	const char *why;	/* arena; what the transport knows about its end, or NULL */
	char probe[64];		/* harmless content, different in every scan */
};

/*
 * Makes the back-end's own struct of `size` bytes, zeroed, which begins with the struct engine. NULL:
 * no memory.
 */
struct engine *engine_new(const struct engine_transport *transport,
	const struct engine_protocol *protocol, size_t size, const struct scan_request *request,
	const struct scanner_config *config, scan_task_done *done, void *context);
/*
 * Starts the scan, as start() of struct scanner_backend. The engine (NULL: -ENOMEM) is freed when
 * the scan has ended, or when this fails.
 */
int engine_start(struct engine *engine, const struct scanner_config *config,
	struct scan_task **task, struct error *error);
void engine_cancel(struct scan_task *task);

/*
 * The steps of engine_start(), for engine_early.c: a connection at the first address that lets itself
 * be tried, and the timeout, from now on. 0 or a negative errno.
 */
int engine_open(struct engine *engine);
int engine_limit_time(struct engine *engine);

/* From the transport, after an open() without a conn: here is one, connected. */
void engine_connected(struct engine *engine, struct conn *conn);
/* From the transport: what close() had to end has ended. */
void engine_gone(struct engine *engine);

/* From the protocol, when engine->pinged: it lives, and has loaded what it needs. */
void engine_alive(struct engine *engine);

/* From the session: questions may be asked, from now on; it broke; it is closed. */
void engine_session_ready(struct session *session);
void engine_session_broken(struct session *session, int error, struct slice words);
void engine_session_closed(struct session *session);

/*
 * From the protocol, about what was asked: any number of findings (`verdict` as for answers_found())
 * and failures, and then that the answer is whole. Clean is an object only when `clean` is said and
 * nothing else, or nothing but names that the whitelist takes back.
 */
void engine_found(struct engine *engine, int index, enum verdict verdict, struct slice name);
void engine_failed(struct engine *engine, int index, struct slice text);
void engine_answered(struct engine *engine, int index, bool clean);
/* Instead of an answer: the object is larger than the engine takes. */
void engine_too_large(struct engine *engine, int index);
/* After each of the two above that was not said from within ask(): goes on with the next object. */
void engine_go_on(struct engine *engine);
/* The engine as a whole cannot scan: no memory, no licence, not allowed. */
void engine_broken(struct engine *engine, const char *words);
/* What is under way is asked again, over a new connection. */
void engine_start_over(struct engine *engine);

#endif
