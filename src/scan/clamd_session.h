/*
 * One IDSESSION with clamd, or with qmvc-clamav, over a connection: requests go out numbered, up to
 * CLAMD_WINDOW of them unanswered, and replies come back in any order. It knows what is a valid
 * reply to what; what to ask, and what an answer means, is the engine's business (clamd_engine.h).
 * Protocol: clamd(8), "COMMANDS".
 */
#ifndef QMVC_SCAN_CLAMD_SESSION_H
#define QMVC_SCAN_CLAMD_SESSION_H

#include "base/buf.h"
#include "loop/conn.h"
#include "scan/clamd_reply.h"

/*
 * clamd stops reading when its queue is full, and drops who does not read. So few are under way at
 * once that neither side can block: replies of 16 requests fit into any socket buffer.
 */
#define CLAMD_WINDOW 16

struct clamd_session;

struct clamd_session_events {
	/* Connected: requests may be made. */
	void (*ready)(struct clamd_session *session);
	/* A valid reply to the request made for `item`. */
	void (*reply)(struct clamd_session *session, int item, const struct clamd_reply *reply);
	/*
	 * It is over though nobody asked: not connected, closed early, nonsense. `error` is a negative
	 * errno or 0; `words` say what happened. What is unanswered stays so. `closed` follows.
	 */
	void (*broken)(struct clamd_session *session, int error, struct slice words);
	/* The connection is gone, after clamd_session_end() or `broken`; the struct may be reused. */
	void (*closed)(struct clamd_session *session);
};

enum clamd_request_kind {
	CLAMD_BY_FD,
	CLAMD_BY_STREAM,
	CLAMD_BY_WORD,
};

struct clamd_session {
	const struct clamd_session_events *events;
	struct conn *conn;
	bool connected, ending;
	struct buf partial; /* a reply that has not come whole yet */
	unsigned requests;  /* made so far: the number of the last one */
	unsigned waiting;   /* unanswered ones, the first entries of: */
	struct {
		enum clamd_request_kind kind;
		unsigned number;
		int item;
	} requested[CLAMD_WINDOW];
};

/* Makes a session that is not connected yet. Its conn is opened with clamd_session_conn(). */
void clamd_session_init(struct clamd_session *session, const struct clamd_session_events *events);
/* The conn's handler; its context is the session. */
void clamd_session_conn(
	struct conn *conn, enum conn_event event, struct slice data, int error, void *session);
/*
 * Requests; never more than CLAMD_WINDOW unanswered. Each returns 0 or -ENOMEM. `fd` is owned by the
 * session in any case; `bytes` stay valid until `closed`; `word` is PING or VERSION.
 */
int clamd_session_ask_fd(struct clamd_session *session, int item, int fd);
int clamd_session_ask_stream(struct clamd_session *session, int item, struct slice bytes);
int clamd_session_ask_word(struct clamd_session *session, int item, const char *word);
/* Is the request for `item` unanswered? */
bool clamd_session_waits_for(const struct clamd_session *session, int item);
/* Closes; `closed` follows later. Twice is legal. */
void clamd_session_end(struct clamd_session *session);

#endif
