/* A connection to an engine; see session.h. */
#include "scan/session.h"

#include <errno.h>

#include "base/clock.h"

void session_init(struct session *session, const struct session_events *events, void *context)
{
	*session = (struct session){.events = events, .context = context, .opened_us = clock_us()};
}

void session_connected(struct session *session)
{
	session->events->connected(session);
}

void session_break(struct session *session, int error, struct slice words)
{
	if (session->ending)
		return;
	session->ending = true;
	session->events->broken(session, error, words);
	conn_close(session->conn);
}

void session_end(struct session *session)
{
	if (session->ending || !session->conn)
		return;
	session->ending = true;
	conn_close(session->conn);
}

static void take_eof(struct session *session)
{
	if (session->events->eof && !session->ending)
		session->events->eof(session);
	else
		session_break(session, 0, buf_slice(&session->partial));
}

void session_conn(
	struct conn *conn, enum conn_event event, struct slice data, int error, void *context)
{
	struct session *session = context;

	switch (event) {
	case CONN_CONNECTED:
		session_connected(session);
		break;
	case CONN_DATA:
		if (!session->ending)
			session->events->data(session, data);
		break;
	case CONN_DRAINED:
		break;
	case CONN_SEND_FAILED:
		/* A peer that has closed may still say why: read on until the end. */
		if (error != -EPIPE && error != -ECONNRESET)
			session_break(session, error, SLICE_EMPTY);
		break;
	case CONN_EOF:
		take_eof(session);
		break;
	case CONN_FAILED:
		session_break(session, error, buf_slice(&session->partial));
		break;
	case CONN_CLOSED:
		session->conn = NULL;
		session->ready = false;
		session->send_us = conn_sending_us(conn);
		buf_release(&session->partial);
		session->events->closed(session);
		break;
	}
}
