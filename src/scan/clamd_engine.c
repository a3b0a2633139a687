/*
 * What is asked of clamd and what its replies mean; see clamd_engine.h. Objects go as descriptors
 * where that is possible, and as a stream where it is not or where clamd could not read them.
 */
#include "scan/clamd_engine.h"

#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "scan/engine_early.h"
#include "scan/object_fd.h"

/* Instead of the index of an item, for the PING. */
#define PING_ITEM (-1)

static int ask(struct engine *engine, struct item *item, int index)
{
	struct clamd_engine *own = (struct clamd_engine *)engine;
	struct clamd_session *session = &own->session;
	bool stream = item->by_stream || own->streams_only || !conn_takes_fds(session->base.conn);
	struct slice bytes =
		item->object ? item->object->content->bytes : slice_cstr(engine->probe);

	if (stream && own->has_refused && bytes.len >= own->refused_size) {
		engine_too_large(engine, index);
		return 0;
	}
	item->by_stream = stream;
	if (stream)
		return clamd_session_ask_stream(session, index, bytes);

	int fd = item->object ? object_fd(engine->task.request, item->object) : fd_in_memory(bytes);

	return fd < 0 ? fd : clamd_session_ask_fd(session, index, fd);
}

/* An ERROR about one object: refused, the environment's fault, or the object's own. */
static void take_error(struct engine *engine, int index, const struct clamd_reply *reply)
{
	char words[200];

	if (!reply->about_stream && clamd_error_refuses_fd(reply->text)) {
		items_by_stream(&engine->items, &engine->items.list[index]);
		return;
	}
	if (engine_put_off(engine, index))
		return;
	if (!clamd_error_is_environment(reply->text)) {
		engine_failed(engine, index, reply->text);
		engine_answered(engine, index, false);
		return;
	}
	snprintf(words, sizeof(words), "%.*s", SLICE_ARGS(slice_first(reply->text, 150)));
	engine_broken(engine, words);
}

static void session_reply(struct clamd_session *session, int index, const struct clamd_reply *reply)
{
	struct engine *engine = session->base.context;
	struct clamd_engine *own = (struct clamd_engine *)engine;
	const struct item *item;

	if (engine->over)
		return;
	if (index == PING_ITEM) {
		engine_alive(engine);
		return;
	}
	item = &engine->items.list[index];
	engine->heard = true;
	switch (reply->kind) {
	case CLAMD_OK:
		engine_answered(engine, index, true);
		break;
	case CLAMD_FOUND:
		if (engine_hold(engine, index, clamav_name_means(reply->text), reply->text))
			break;
		engine_found(engine, index, clamav_name_means(reply->text), reply->text);
		engine_answered(engine, index, false);
		break;
	case CLAMD_ERROR:
		take_error(engine, index, reply);
		break;
	case CLAMD_NO_FD: /* clamd closes now; the rest goes by stream over a new connection */
		own->streams_only = true;
		engine_start_over(engine);
		return;
	case CLAMD_TOO_LONG: /* likewise */
		if (item->object) {
			own->has_refused = true;
			own->refused_size = item->object->content->bytes.len;
		}
		engine_too_large(engine, index);
		engine_start_over(engine);
		return;
	case CLAMD_WORDS:
	case CLAMD_NONSENSE:
		break;
	}
	engine_go_on(engine);
}

/*
 * PING goes before the objects to one that may still be loading its signatures, where the answer
 * parts the time that the mail waited from the time that it was scanned; and to one that is late: a
 * clamd whose threads are all busy answers it, one that is stopped or reloads does not.
 */
static void connected(struct session *session)
{
	struct engine *engine = session->context;
	int r = 0;

	engine->pinged = engine->loading || engine->late;
	if (engine->pinged)
		r = clamd_session_ask_word((struct clamd_session *)session, PING_ITEM, "PING");
	if (r < 0)
		engine_broken(engine, strerror(-r));
	else
		engine_session_ready(session);
}

static const struct clamd_session_events session_events = {
	.base =
		{
			.connected = connected,
			.data = clamd_session_data,
			.broken = engine_session_broken,
			.closed = engine_session_closed,
		},
	.reply = session_reply,
};

static struct session *init(struct engine *engine)
{
	struct clamd_engine *own = (struct clamd_engine *)engine;

	clamd_session_init(&own->session, &session_events, engine);
	return &own->session.base;
}

const struct engine_protocol clamd_engine_protocol = {
	.window = CLAMD_WINDOW,
	.init = init,
	.ask = ask,
};
