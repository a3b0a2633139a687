/*
 * A connection to an engine, whatever is spoken over it: connected, broken and closed in one place,
 * and when each happened. What the bytes mean is the business of its owner (clamd_session.h,
 * daemon.h), who embeds it first in a struct of its own.
 */
#ifndef QMVC_SCAN_SESSION_H
#define QMVC_SCAN_SESSION_H

#include "base/buf.h"
#include "loop/conn.h"

struct session;

struct session_events {
	/* The socket is connected; sets session->ready, now or when the greetings are over. */
	void (*connected)(struct session *session);
	/* Bytes came in. */
	void (*data)(struct session *session, struct slice data);
	/*
	 * The peer has closed its end. NULL: that is session_break() with what is in `partial`, which
	 * is also for the function to do when it finds that something is missing.
	 */
	void (*eof)(struct session *session);
	/*
	 * It is over though nobody asked: not connected, closed early, nonsense. `error` is a negative
	 * errno or 0; `words` say what happened. What is unanswered stays so. `closed` follows.
	 */
	void (*broken)(struct session *session, int error, struct slice words);
	/* The connection is gone, after session_end() or `broken`; the struct may be reused. */
	void (*closed)(struct session *session);
};

struct session {
	const struct session_events *events;
	void *context;	    /* the owner's */
	struct conn *conn;  /* from opening it until `closed` */
	bool ready;	    /* questions may be asked */
	bool ending;	    /* nothing is to be asked or heard any more */
	unsigned waiting;   /* questions not answered yet */
	struct buf partial; /* what came in and is no whole answer yet */
	uint64_t opened_us; /* clock_us() of session_init() */
	uint64_t send_us;   /* when `closed`: how long something was still to be sent */
};

/* Makes a session that is not connected yet. Its conn is opened with session_conn(). */
void session_init(struct session *session, const struct session_events *events, void *context);
/* The conn's handler; its context is the session. */
void session_conn(
	struct conn *conn, enum conn_event event, struct slice data, int error, void *session);
/* For a conn that was taken over connected: what CONN_CONNECTED does. */
void session_connected(struct session *session);
/* Something is wrong: `broken`, and then closes. Nothing once it is ending. */
void session_break(struct session *session, int error, struct slice words);
/* Closes; `closed` follows later. Twice is legal. */
void session_end(struct session *session);

#endif
