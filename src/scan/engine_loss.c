/*
 * Judging a lost connection; see engine_loss.h. An object is blamed only when the engine went away on
 * it alone, having just answered the probe, as often as no accident does.
 */
#include "scan/engine_loss.h"

#include <errno.h>

/* After so many objects on which the engine went away, it is asked about no other. */
#define CULPRITS_MAX 3
/* More lost connections than this are no accident. */
#define LOSSES_MAX 8
/* So often a daemon has to go away on an object alone until it is the object's doing. */
#define DEATHS_MIN 2

/* Who talks nonsense, or stops in the middle of a word, is not asked again. */
static bool talks_nonsense(const struct engine *engine)
{
	return engine->lost_words || engine->lost_error == -EPROTO || engine->lost_error == -ENOMEM;
}

/* The object `asked` was alone with it. */
static enum loss blame(struct engine *engine, struct item *asked, const char *words)
{
	items_probe(&engine->items)->by_stream = asked->by_stream;
	if (++asked->deaths < DEATHS_MIN && !engine->crashed) {
		items_ask_again(&engine->items);
		return LOSS_ASK_AGAIN;
	}
	items_settle(&engine->items, asked);
	answers_beaten(&engine->answers, VERDICT_ERROR, (int)asked->index, words);
	if (++engine->culprits >= CULPRITS_MAX)
		items_give_up(&engine->items, VERDICT_ERROR, words, &engine->answers);
	return LOSS_BLAMED;
}

enum loss engine_judge_loss(struct engine *engine, const char **words)
{
	struct item *asked = items_asked(&engine->items);

	*words = engine->why ? engine->why : "the engine went away while scanning it";
	if (talks_nonsense(engine)) {
		*words = engine->lost_words ? engine->lost_words : "not an answer";
		return LOSS_FATAL;
	}
	if (!engine->hopeless && engine->blameless && ++engine->accidents <= LOSSES_MAX) {
		items_ask_again(&engine->items);
		return LOSS_ASK_AGAIN;
	}
	if (engine->hopeless || ++engine->losses > LOSSES_MAX) {
		engine->task.unreachable = engine->hopeless && engine->losses == 0 && !engine->heard;
		return LOSS_FATAL;
	}
	if (!engine->cautious || !asked) {
		engine->cautious = true;
		items_ask_again(&engine->items);
		return LOSS_ASK_AGAIN;
	}
	/* Not even the probe: it is going down, and would take any object with it. */
	if (!asked->object)
		return LOSS_FATAL;
	return blame(engine, asked, *words);
}
