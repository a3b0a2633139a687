/*
 * One IDSESSION with clamd, or with qmvc-clamav, over a connection: requests go out numbered, up to
 * CLAMD_WINDOW of them unanswered, and replies come back in any order. It knows what is a valid
 * reply to what; what to ask, and what an answer means, is the engine's business (engine.h).
 * Protocol: clamd(8), "COMMANDS".
 */
#ifndef QMVC_SCAN_CLAMD_SESSION_H
#define QMVC_SCAN_CLAMD_SESSION_H

#include "scan/clamd_reply.h"
#include "scan/session.h"

/*
 * clamd stops reading when its queue is full, and drops who does not read. So few are under way at
 * once that neither side can block: replies of 16 requests fit into any socket buffer.
 */
#define CLAMD_WINDOW 16

struct clamd_session;

struct clamd_session_events {
	struct session_events base; /* its data is clamd_session_data */
	/* A valid reply to the request made for `item`. */
	void (*reply)(struct clamd_session *session, int item, const struct clamd_reply *reply);
};

enum clamd_request_kind {
	CLAMD_BY_FD,
	CLAMD_BY_STREAM,
	CLAMD_BY_WORD,
};

struct clamd_session {
	struct session base; /* first */
	const struct clamd_session_events *events;
	unsigned requests; /* made so far: the number of the last one */
	struct {	   /* the first base.waiting of them are unanswered */
		enum clamd_request_kind kind;
		unsigned number;
		int item;
	} requested[CLAMD_WINDOW];
};

/* Makes a session that is not connected yet; see session_init(). */
void clamd_session_init(
	struct clamd_session *session, const struct clamd_session_events *events, void *context);
/* Bytes came in, for events->base.data. */
void clamd_session_data(struct session *session, struct slice data);
/*
 * Requests; never more than CLAMD_WINDOW unanswered. Each returns 0 or -ENOMEM. `fd` is owned by the
 * session in any case; `bytes` stay valid until `closed`; `word` is PING or VERSION.
 */
int clamd_session_ask_fd(struct clamd_session *session, int item, int fd);
int clamd_session_ask_stream(struct clamd_session *session, int item, struct slice bytes);
int clamd_session_ask_word(struct clamd_session *session, int item, const char *word);

#endif
