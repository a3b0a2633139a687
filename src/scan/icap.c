/*
 * Back-end for a service that speaks ICAP, at one of the addresses of its control line. One object
 * is asked about at a time. A service that closes its connection behind each answer, as it may, costs
 * a connection for each object, and nothing else.
 */
#include "base/clock.h"
#include "scan/addresses.h"
#include "scan/engine.h"
#include "scan/icap_check.h"
#include "scan/icap_session.h"
#include "scan/icap_state.h"

struct icap {
	struct engine engine; /* first */
	struct icap_session session;
	bool known; /* what the service at `address` said to OPTIONS */
	unsigned address;
	struct icap_limits limits;
	int index;	/* of the item asked */
	bool spent;	/* nothing more can be asked over this connection */
	bool one_each;	/* it closes connections without saying so: one object for each */
	bool vouched;	/* it had answered something on the connection before, and was not lost */
	bool forgotten; /* OPTIONS will be asked again by the next mail */
};

static void forget(struct icap *icap)
{
	const struct scan_task *task = &icap->engine.task;

	if (!icap->forgotten)
		icap_state_forget(task->request->profile, task->config, icap->address);
	icap->forgotten = true;
}

static void take_options(struct icap_session *session)
{
	struct icap *icap = session->base.context;
	const struct scan_task *task = &icap->engine.task;

	icap->known = true;
	icap->limits = session->limits;
	icap_state_write(task->request->profile, task->config, icap->address, clock_wall_ms(),
		&icap->limits);
}

/*
 * The service cannot be used, whatever the object: another address may do better.
 */
static void leave_address(struct icap *icap, struct slice words)
{
	forget(icap);
	icap->known = false;
	items_ask_again(&icap->engine.items);
	icap->session.base.ready = false;
	session_break(&icap->session.base, 0, words);
}

static void take_answer(
	struct icap_session *session, const struct icap_verdict *verdict, bool spent)
{
	struct icap *icap = session->base.context;
	struct engine *engine = &icap->engine;

	if (engine->over)
		return;
	if (verdict->other_tag)
		forget(icap);
	icap->limits.preview = session->limits.preview;
	icap->spent = spent || icap->one_each;
	switch (verdict->answer) {
	case ICAP_CLEAN:
		engine_answered(engine, icap->index, true);
		break;
	case ICAP_FOUND:
		for (unsigned i = 0; i < verdict->count; i++)
			engine_found(engine, icap->index, verdict->findings[i].verdict,
				verdict->findings[i].name);
		engine_answered(engine, icap->index, false);
		break;
	case ICAP_NOT_SCANNED:
		engine_failed(engine, icap->index, verdict->words);
		engine_answered(engine, icap->index, false);
		break;
	case ICAP_FAILED: /* as if it had gone: was it the object? */
		engine->why = arena_cstr(engine->task.request->arena, verdict->words);
		session_break(&session->base, 0, SLICE_EMPTY);
		return;
	case ICAP_UNUSABLE:
		leave_address(icap, verdict->words);
		return;
	case ICAP_SAW_PART:
	case ICAP_SHOW_REST:
		engine_start_over(engine);
		return;
	}
	engine_go_on(engine);
}

static void take_loss(struct icap_session *session, int error, struct slice words, bool unheard)
{
	struct icap *icap = session->base.context;

	if (unheard)
		icap->one_each = icap->engine.blameless = true;
	engine_session_broken(&session->base, error, words);
}

static void take_closed(struct session *base)
{
	icap_session_release((struct icap_session *)base);
	engine_session_closed(base);
}

static const struct icap_session_events session_events = {
	.base =
		{
			.connected = icap_session_connected,
			.data = icap_session_data,
			.eof = icap_session_eof,
			.broken = icap_session_broken,
			.closed = take_closed,
		},
	.options = take_options,
	.ready = engine_session_ready,
	.answer = take_answer,
	.broken = take_loss,
};

static struct session *init(struct engine *engine)
{
	struct icap *icap = (struct icap *)engine;
	const struct scan_task *task = &engine->task;

	if (icap->known && icap->address != engine->address)
		icap->known = false;
	icap->address = engine->address;
	if (!icap->known)
		icap->known = icap_state_read(task->request->profile, task->config, icap->address,
			clock_wall_ms(), &icap->limits);
	icap_session_init(&icap->session, &session_events, engine, task->request, task->config,
		icap->address);
	icap->session.known = icap->known;
	icap->session.limits = icap->limits;
	/* A new connection because the old one was spent is no reason to ask whether it lives. */
	engine->heard = icap->vouched;
	icap->vouched = icap->spent = false;
	return &icap->session.base;
}

static int ask(struct engine *engine, struct item *item, int index)
{
	struct icap *icap = (struct icap *)engine;

	if (icap->spent) {
		icap->vouched = true;
		engine_start_over(engine);
		return 0;
	}
	icap->index = index;
	return icap_session_ask(&icap->session,
		item->object ? item->object->content->bytes : slice_cstr(engine->probe));
}

static const struct engine_protocol protocol = {
	.window = 1,
	.init = init,
	.ask = ask,
};

static int icap_start(const struct scan_request *request, const struct scanner_config *config,
	scan_task_done *done, void *context, struct scan_task **task, struct error *error)
{
	return engine_start(engine_new(&addresses_transport, &protocol, sizeof(struct icap),
				    request, config, done, context),
		config, task, error);
}

const struct scanner_backend backend_icap = {
	.name = "icap",
	.start = icap_start,
	.cancel = engine_cancel,
	.check = icap_check,
};
