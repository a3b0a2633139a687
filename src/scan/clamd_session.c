/*
 * One IDSESSION; see clamd_session.h. Replies are cut at NUL, bounded, and matched by number with
 * what was asked and in which way. There is no resynchronising: the first byte that does not fit
 * ends the session, for whoever talks nonsense once cannot be believed about what follows.
 */
#include "scan/clamd_session.h"

#include <arpa/inet.h>
#include <errno.h>
#include <unistd.h>

/* Of one reply. Signature names are far shorter. */
#define REPLY_MAX 4096
/* INSTREAM counts in 32 bits; objects beyond this go out in several chunks. */
#define CHUNK_MAX ((size_t)1 << 30)

void clamd_session_init(struct clamd_session *session, const struct clamd_session_events *events)
{
	*session = (struct clamd_session){.events = events};
}

static void end_broken(struct clamd_session *session, int error, struct slice words)
{
	if (session->ending)
		return;
	session->ending = true;
	session->events->broken(session, error, words);
	conn_close(session->conn);
}

void clamd_session_end(struct clamd_session *session)
{
	if (session->ending || !session->conn)
		return;
	session->ending = true;
	conn_close(session->conn);
}

/* May `reply` be the answer to a request of this kind? */
static bool fits(enum clamd_request_kind kind, const struct clamd_reply *reply)
{
	switch (reply->kind) {
	case CLAMD_OK:
	case CLAMD_FOUND:
	case CLAMD_ERROR:
		return kind == (reply->about_stream ? CLAMD_BY_STREAM : CLAMD_BY_FD);
	case CLAMD_NO_FD:
		return kind == CLAMD_BY_FD;
	case CLAMD_TOO_LONG:
		return kind == CLAMD_BY_STREAM;
	case CLAMD_WORDS:
		return kind == CLAMD_BY_WORD;
	case CLAMD_NONSENSE:
		break;
	}
	return false;
}

static void take_record(struct clamd_session *session, struct slice record)
{
	struct clamd_reply reply = clamd_reply_read(record);

	for (unsigned i = 0; i < session->waiting; i++) {
		if (session->requested[i].number != reply.number)
			continue;
		if (!fits(session->requested[i].kind, &reply))
			break;

		int item = session->requested[i].item;

		session->requested[i] = session->requested[--session->waiting];
		session->events->reply(session, item, &reply);
		return;
	}
	end_broken(session, -EPROTO, record);
}

static void take_data(struct clamd_session *session, struct slice data)
{
	while (data.len > 0 && !session->ending) {
		size_t end = slice_find_byte(data, 0, 0);
		struct slice record = slice_first(data, end);
		bool whole = end < data.len;

		if (session->partial.len + record.len > REPLY_MAX) {
			end_broken(session, -EPROTO, slice_cstr("a reply without end"));
			return;
		}
		if (!whole || session->partial.len > 0) {
			if (buf_add(&session->partial, record) < 0) {
				end_broken(session, -ENOMEM, SLICE_EMPTY);
				return;
			}
			record = buf_slice(&session->partial);
		}
		if (!whole)
			return;
		take_record(session, record);
		buf_clear(&session->partial);
		data = slice_from(data, end + 1);
	}
}

void clamd_session_conn(
	struct conn *conn, enum conn_event event, struct slice data, int error, void *context)
{
	struct clamd_session *session = context;

	(void)conn;
	switch (event) {
	case CONN_CONNECTED:
		session->connected = true;
		session->events->ready(session);
		break;
	case CONN_DATA:
		take_data(session, data);
		break;
	case CONN_DRAINED:
		break;
	case CONN_SEND_FAILED:
		/* A peer that has closed may still say why: read on until the end. */
		if (error != -EPIPE && error != -ECONNRESET)
			end_broken(session, error, SLICE_EMPTY);
		break;
	case CONN_EOF:
		end_broken(session, 0, buf_slice(&session->partial));
		break;
	case CONN_FAILED:
		end_broken(session, error, buf_slice(&session->partial));
		break;
	case CONN_CLOSED:
		session->conn = NULL;
		session->connected = false;
		buf_release(&session->partial);
		session->events->closed(session);
		break;
	}
}

/* Sends "z" COMMAND NUL, the first time with IDSESSION before it, and notes what is asked. */
static int request(
	struct clamd_session *session, enum clamd_request_kind kind, int item, const char *command)
{
	unsigned char line[48];
	size_t len = 0;

	if (session->ending || session->waiting == CLAMD_WINDOW)
		return -EINVAL;
	if (session->requests == 0) {
		static const char open[] = "zIDSESSION";

		memcpy(line, open, sizeof(open));
		len = sizeof(open);
	}
	line[len++] = 'z';
	memcpy(line + len, command, strlen(command) + 1);
	len += strlen(command) + 1;
	session->requests++;
	session->requested[session->waiting].kind = kind;
	session->requested[session->waiting].number = session->requests;
	session->requested[session->waiting].item = item;
	session->waiting++;
	return conn_send(session->conn, slice_make(line, len));
}

int clamd_session_ask_fd(struct clamd_session *session, int item, int fd)
{
	int r = request(session, CLAMD_BY_FD, item, "FILDES");

	if (r < 0) {
		close(fd);
		return r;
	}
	return conn_send_fd(session->conn, fd);
}

int clamd_session_ask_stream(struct clamd_session *session, int item, struct slice bytes)
{
	int r = request(session, CLAMD_BY_STREAM, item, "INSTREAM");
	uint32_t count;

	while (r == 0 && bytes.len > 0) {
		struct slice chunk = slice_first(bytes, CHUNK_MAX);

		count = htonl((uint32_t)chunk.len);
		r = conn_send(session->conn, slice_make(&count, sizeof(count)));
		if (r == 0)
			r = conn_send_borrowed(session->conn, chunk);
		bytes = slice_from(bytes, chunk.len);
	}
	count = 0;
	return r < 0 ? r : conn_send(session->conn, slice_make(&count, sizeof(count)));
}

int clamd_session_ask_word(struct clamd_session *session, int item, const char *word)
{
	return request(session, CLAMD_BY_WORD, item, word);
}

bool clamd_session_waits_for(const struct clamd_session *session, int item)
{
	for (unsigned i = 0; i < session->waiting; i++)
		if (session->requested[i].item == item)
			return true;
	return false;
}
