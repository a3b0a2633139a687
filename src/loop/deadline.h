/* One-shot timers. */
#ifndef QMVC_LOOP_DEADLINE_H
#define QMVC_LOOP_DEADLINE_H

#include "loop/loop.h"

struct deadline;

typedef void deadline_fired(struct deadline *deadline, void *context);

/* Fires once after `milliseconds` unless cancelled before. Returns 0 or a negative errno. */
int deadline_start(struct loop *loop, unsigned milliseconds, deadline_fired *fired, void *context,
	struct deadline **deadline);

/*
 * Stops it and lets go: the callback will not fire, and the memory is freed when the loop has
 * closed it. After firing a deadline frees itself: the callback must drop its pointer. NULL legal.
 */
void deadline_cancel(struct deadline *deadline);

#endif
