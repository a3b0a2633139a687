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

void clamd_session_init(
	struct clamd_session *session, const struct clamd_session_events *events, void *context)
{
	*session = (struct clamd_session){.events = events};
	session_init(&session->base, &events->base, context);
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

	for (unsigned i = 0; i < session->base.waiting; i++) {
		if (session->requested[i].number != reply.number)
			continue;
		if (!fits(session->requested[i].kind, &reply))
			break;

		int item = session->requested[i].item;

		session->requested[i] = session->requested[--session->base.waiting];
		session->events->reply(session, item, &reply);
		return;
	}
	session_break(&session->base, -EPROTO, record);
}

void clamd_session_data(struct session *base, struct slice data)
{
	struct clamd_session *session = (struct clamd_session *)base;

	while (data.len > 0 && !session->base.ending) {
		size_t end = slice_find_byte(data, 0, 0);
		struct slice record = slice_first(data, end);
		bool whole = end < data.len;

		if (session->base.partial.len + record.len > REPLY_MAX) {
			session_break(&session->base, -EPROTO, slice_cstr("a reply without end"));
			return;
		}
		if (!whole || session->base.partial.len > 0) {
			if (buf_add(&session->base.partial, record) < 0) {
				session_break(&session->base, -ENOMEM, SLICE_EMPTY);
				return;
			}
			record = buf_slice(&session->base.partial);
		}
		if (!whole)
			return;
		take_record(session, record);
		buf_clear(&session->base.partial);
		data = slice_from(data, end + 1);
	}
}

/* Sends "z" COMMAND NUL, the first time with IDSESSION before it, and notes what is asked. */
static int request(
	struct clamd_session *session, enum clamd_request_kind kind, int item, const char *command)
{
	unsigned char line[48];
	size_t len = 0;

	if (session->base.ending || session->base.waiting == CLAMD_WINDOW)
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
	session->requested[session->base.waiting].kind = kind;
	session->requested[session->base.waiting].number = session->requests;
	session->requested[session->base.waiting].item = item;
	session->base.waiting++;
	return conn_send(session->base.conn, slice_make(line, len));
}

int clamd_session_ask_fd(struct clamd_session *session, int item, int fd)
{
	int r = request(session, CLAMD_BY_FD, item, "FILDES");

	if (r < 0) {
		close(fd);
		return r;
	}
	return conn_send_fd(session->base.conn, fd);
}

int clamd_session_ask_stream(struct clamd_session *session, int item, struct slice bytes)
{
	int r = request(session, CLAMD_BY_STREAM, item, "INSTREAM");
	uint32_t count;

	while (r == 0 && bytes.len > 0) {
		struct slice chunk = slice_first(bytes, CHUNK_MAX);

		count = htonl((uint32_t)chunk.len);
		r = conn_send(session->base.conn, slice_make(&count, sizeof(count)));
		if (r == 0)
			r = conn_send_borrowed(session->base.conn, chunk);
		bytes = slice_from(bytes, chunk.len);
	}
	count = 0;
	return r < 0 ? r : conn_send(session->base.conn, slice_make(&count, sizeof(count)));
}

int clamd_session_ask_word(struct clamd_session *session, int item, const char *word)
{
	return request(session, CLAMD_BY_WORD, item, word);
}
