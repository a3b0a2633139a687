/*
 * An engine that is asked before its turn has come, while the mail is still taken apart and judged. So
 * that this changes nothing but the time it takes, what happens then is not judged:
 *
 * Of the answers to what was asked early only two count, clean and found. After any other the object is
 * asked about again, in its turn. That the mail as a whole is infected is counted last, as it would have
 * been heard last: what is reported first should be the part that people look for.
 *
 * No time runs: the timeout begins with the turn. When the connection is lost, before or later (clamd
 * closes one on which nothing is asked for a while, and others talk nonsense), none of that is judged:
 * the engine ends, with what it has found, and the caller starts another in its turn.
 */
#ifndef QMVC_SCAN_ENGINE_EARLY_H
#define QMVC_SCAN_ENGINE_EARLY_H

#include "scan/engine.h"

/*
 * As engine_start(), about the mail alone; request->objects may still be empty. `message` stands for
 * object 0 until engine_add() finds it there. Ends (done) only when it fails or is cancelled.
 */
int engine_begin(struct engine *engine, const struct object *message, struct scan_task **task);
/* More objects are known: asks about those too. */
void engine_add(struct scan_task *task);
/* Has all that could be asked by now been sent? */
bool engine_has_sent(const struct scan_task *task);
/*
 * Its turn has come, and all objects are known: from here on it is as if it had just been started.
 * False: it is about to end, or has not been asked, and is to be cancelled.
 */
bool engine_take_turn(struct scan_task *task);

/* From the protocol: something was found. True: it is kept for the end, and the item is done with. */
bool engine_hold(struct engine *engine, int index, enum verdict verdict, struct slice name);
/* From the protocol: an answer that does not count. False: it does. */
bool engine_put_off(struct engine *engine, int index);
/* What was kept is counted now. */
void engine_release_held(struct engine *engine);

#endif
