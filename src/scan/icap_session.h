/*
 * A connection to an ICAP service: OPTIONS first, unless what they say is known already, then one
 * object at a time, with a preview where the service wants one. A service that finds nothing in the
 * preview has not seen the object: then it gets all of it. What answers are worth is icap_verdict.h's
 * business, whom to ask what the owner's (icap.c, icap_check.c).
 */
#ifndef QMVC_SCAN_ICAP_SESSION_H
#define QMVC_SCAN_ICAP_SESSION_H

#include "loop/deadline.h"
#include "scan/icap_request.h"
#include "scan/icap_verdict.h"
#include "scan/scan.h"
#include "scan/session.h"

struct icap_session;

struct icap_session_events {
	/*
	 * The first four are icap_session_connected(), _data(), _eof() and _broken(); `closed` calls
	 * icap_session_release().
	 */
	struct session_events base;
	/* OPTIONS were answered, and limits are known; the answer is in session->reader. Or NULL. */
	void (*options)(struct icap_session *session);
	/* Objects may be asked about. */
	void (*ready)(struct session *session);
	/*
	 * The answer about the object asked, any but ICAP_SHOW_REST; ICAP_SAW_PART only when the rest
	 * cannot be shown over this connection. `spent`: nor can anything else.
	 */
	void (*answer)(
		struct icap_session *session, const struct icap_verdict *verdict, bool spent);
	/*
	 * It is over though nobody asked, as `broken` of struct session_events. `unheard`: a
	 * connection that had served before was closed instead of an answer. Services do that after
	 * so many requests, and it is no object's doing.
	 */
	void (*broken)(struct icap_session *session, int error, struct slice words, bool unheard);
};

enum icap_stage {
	ICAP_STAGE_NONE,
	ICAP_STAGE_OPTIONS, /* their answer is awaited */
	ICAP_STAGE_IDLE,
	ICAP_STAGE_ASKED, /* an answer about an object is awaited */
};

struct icap_session {
	struct session base; /* first */
	const struct icap_session_events *events;
	const struct scan_request *request;
	const struct scanner_config *config;
	struct icap_service service;
	bool known; /* limits hold; to be set before it is connected, or by OPTIONS */
	struct icap_limits limits; /* preview is put to 0 when it is no use */
	enum icap_stage stage;
	unsigned asked; /* requests made over this connection */
	struct slice object;
	bool previewed; /* only a part of the object has been sent */
	struct icap_reader reader;
	struct deadline *deadline; /* for OPTIONS */
};

/* For a connection to address number `address` of `config`. */
void icap_session_init(struct icap_session *session, const struct icap_session_events *events,
	void *context, const struct scan_request *request, const struct scanner_config *config,
	unsigned address);
/* Asks about `object`, not empty, which stays valid until `closed`. Returns 0 or -ENOMEM. */
int icap_session_ask(struct icap_session *session, struct slice object);
/* Frees what it holds. Twice is legal. */
void icap_session_release(struct icap_session *session);

/* For the table of events. */
void icap_session_connected(struct session *session);
void icap_session_data(struct session *session, struct slice data);
void icap_session_eof(struct session *session);
void icap_session_broken(struct session *session, int error, struct slice words);

#endif
