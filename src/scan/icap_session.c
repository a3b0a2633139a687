/*
 * ICAP over a connection; see icap_session.h. A service has one answer outstanding at most, so that
 * what comes in belongs to what was asked last; what comes unasked ends the session.
 */
#include "scan/icap_session.h"

#include <errno.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "scan/addresses.h"

void icap_session_init(struct icap_session *session, const struct icap_session_events *events,
	void *context, const struct scan_request *request, const struct scanner_config *config,
	unsigned address)
{
	*session = (struct icap_session){.events = events,
		.request = request,
		.config = config,
		.service = {
			.host = config->addresses[address].host,
			.port = config->addresses[address].port,
			.service = config->service,
		}};
	session_init(&session->base, &events->base, context);
}

void icap_session_release(struct icap_session *session)
{
	deadline_cancel(take_ptr(&session->deadline));
	icap_reader_release(&session->reader);
	session->stage = ICAP_STAGE_NONE;
}

/* A reader for the answer to what is being sent. */
static void await(struct icap_session *session, enum icap_stage stage, struct slice expected)
{
	icap_reader_release(&session->reader);
	icap_reader_init(&session->reader, expected, stage == ICAP_STAGE_OPTIONS);
	session->stage = stage;
}

static int send_made(struct icap_session *session, const struct buf *made)
{
	return made->failed ? -ENOMEM : conn_send(session->base.conn, buf_slice(made));
}

/* A chunk of the object, and the end of what is sent of it now. */
static int send_part(struct icap_session *session, struct slice part)
{
	int r = conn_send_borrowed(session->base.conn, part);

	return r < 0 ? r : conn_send(session->base.conn, icap_request_end);
}

/* ---- OPTIONS ---- */

static void too_late(struct deadline *deadline, void *context)
{
	struct icap_session *session = context;

	(void)deadline;
	session->deadline = NULL;
	session_break(&session->base, -ETIMEDOUT, slice_cstr("OPTIONS are not answered"));
}

/* OPTIONS are a part of connecting, and share its time. */
static int ask_options(struct icap_session *session)
{
	uint64_t gone_ms = (clock_us() - session->base.opened_us) / 1000;
	unsigned bound_ms = address_connect_ms(session->config);
	cleanup_buf struct buf made = {0};
	int r = deadline_start(session->request->loop,
		gone_ms < bound_ms ? bound_ms - (unsigned)gone_ms : 0, too_late, session,
		&session->deadline);

	if (r < 0)
		return r;
	await(session, ICAP_STAGE_OPTIONS, SLICE_EMPTY);
	session->asked++;
	icap_request_options(&made, &session->service);
	return send_made(session, &made);
}

void icap_session_connected(struct session *base)
{
	struct icap_session *session = (struct icap_session *)base;
	int r;

	if (session->known) {
		session->stage = ICAP_STAGE_IDLE;
		session->events->ready(base);
		return;
	}
	r = ask_options(session);
	if (r < 0)
		session_break(base, r, SLICE_EMPTY);
}

/* Does the service close the connection behind this answer? */
static bool is_last(const struct icap_session *session)
{
	struct slice list, word;

	if (!icap_field(icap_head_fields(&session->reader), "Connection", &list))
		return false;
	while (icap_next_word(&list, &word))
		if (slice_eq_nocase_cstr(word, "close"))
			return true;
	return false;
}

static void take_options(struct icap_session *session, bool more)
{
	struct slice why = slice_cstr("what it answers to OPTIONS is no answer");

	deadline_cancel(take_ptr(&session->deadline));
	if (session->reader.place != ICAP_AT_END || more ||
		!icap_limits_read(&session->reader, &session->limits, &why)) {
		session_break(&session->base, -EPROTO, why);
		return;
	}
	session->known = true;
	session->stage = ICAP_STAGE_IDLE;
	if (session->events->options)
		session->events->options(session);
	if (session->base.ending)
		return;
	if (is_last(session))
		session_end(&session->base);
	else
		session->events->ready(&session->base);
}

/* ---- Objects ---- */

int icap_session_ask(struct icap_session *session, struct slice object)
{
	size_t preview = session->limits.preview;
	cleanup_buf struct buf made = {0};
	int r;

	session->previewed = preview > 0 && preview < object.len;
	if (!session->previewed)
		preview = 0;
	await(session, ICAP_STAGE_ASKED, object);
	session->object = object;
	session->base.waiting = 1;
	session->asked++;
	icap_request_respmod(
		&made, &session->service, object.len, preview, session->limits.allow_204);
	icap_request_chunk(&made, preview > 0 ? preview : object.len);
	r = send_made(session, &made);
	return r < 0 ? r : send_part(session, preview > 0 ? slice_first(object, preview) : object);
}

/* 100 Continue: the rest of the object. */
static int send_rest(struct icap_session *session)
{
	struct slice rest = slice_from(session->object, session->limits.preview);
	cleanup_buf struct buf made = {0};
	int r;

	await(session, ICAP_STAGE_ASKED, session->object);
	session->previewed = false;
	icap_request_chunk(&made, rest.len);
	r = send_made(session, &made);
	return r < 0 ? r : send_part(session, rest);
}

/* Returns true when `verdict` is for the owner, false when it has been dealt with. */
static bool is_final(struct icap_session *session, struct icap_verdict *verdict, bool spent)
{
	int r;

	if (verdict->answer == ICAP_SAW_PART)
		session->limits.preview = 0;
	if (verdict->answer == ICAP_SAW_PART && spent)
		return true;
	if (verdict->answer != ICAP_SAW_PART && verdict->answer != ICAP_SHOW_REST)
		return true;
	r = verdict->answer == ICAP_SHOW_REST ? send_rest(session)
					      : icap_session_ask(session, session->object);
	if (r < 0)
		session_break(&session->base, r, SLICE_EMPTY);
	return false;
}

/* An answer is there, whole or as far as it can be read; `more` has come behind it. */
static void take_answer(struct icap_session *session, bool more)
{
	bool whole = session->reader.place == ICAP_AT_END, spent;
	struct icap_verdict verdict;

	icap_judge(&session->reader, &session->limits, session->previewed, &verdict);
	if (verdict.answer != ICAP_FOUND && (!whole || more)) {
		session_break(&session->base, -EPROTO,
			more && whole ? slice_cstr("it answers more than it is asked")
				      : verdict.words);
		return;
	}
	spent = !whole || more || !conn_all_sent(session->base.conn) || is_last(session);
	if (verdict.answer == ICAP_CLEAN && !conn_all_sent(session->base.conn)) {
		verdict.answer = ICAP_NOT_SCANNED;
		verdict.words = slice_cstr("it answers before it has had all of it");
	}
	if (!is_final(session, &verdict, spent))
		return;
	session->stage = ICAP_STAGE_IDLE;
	session->base.waiting = 0;
	session->events->answer(session, &verdict, spent);
}

void icap_session_data(struct session *base, struct slice data)
{
	struct icap_session *session = (struct icap_session *)base;
	int r;

	while (data.len > 0 && !base->ending) {
		if (session->stage < ICAP_STAGE_OPTIONS || session->stage == ICAP_STAGE_IDLE) {
			session_break(base, -EPROTO, slice_cstr("it answers what nobody asked"));
			return;
		}
		r = icap_reader_feed(&session->reader, &data);
		if (r == ICAP_MORE)
			return;
		if (r == -ENOMEM)
			session_break(base, r, SLICE_EMPTY);
		else if (session->stage == ICAP_STAGE_OPTIONS)
			take_options(session, data.len > 0);
		else
			take_answer(session, data.len > 0);
	}
}

void icap_session_eof(struct session *base)
{
	struct icap_session *session = (struct icap_session *)base;

	if (session->stage == ICAP_STAGE_ASKED && session->reader.head.len > 0)
		take_answer(session, false);
	else if (session->stage == ICAP_STAGE_OPTIONS)
		session_break(base, 0, slice_cstr("it closes instead of answering OPTIONS"));
	else
		session_break(base, 0, SLICE_EMPTY);
}

void icap_session_broken(struct session *base, int error, struct slice words)
{
	struct icap_session *session = (struct icap_session *)base;
	bool unheard = session->stage == ICAP_STAGE_ASKED && session->asked > 1 &&
		       session->reader.head.len == 0 && words.len == 0 &&
		       (error == 0 || error == -ECONNRESET || error == -EPIPE);

	deadline_cancel(take_ptr(&session->deadline));
	session->events->broken(session, error, words, unheard);
}
