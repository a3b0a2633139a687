/* One-shot timers; see deadline.h. */
#include "loop/deadline.h"

#include "loop/loop_private.h"

#include <errno.h>
#include <stdlib.h>

struct deadline {
	struct loop_item item;
	uv_timer_t timer;
	deadline_fired *fired;
	void *context;
};

static void on_closed(uv_handle_t *handle)
{
	struct deadline *deadline = handle->data;

	loop_remove(&deadline->item);
	free(deadline);
}

static void on_timer(uv_timer_t *timer)
{
	struct deadline *deadline = timer->data;

	/* Let go first: a cancel from inside the callback then finds nothing to do. */
	deadline_cancel(deadline);
	deadline->fired(deadline, deadline->context);
}

static void drop(struct loop_item *item)
{
	deadline_cancel(loop_container(item, struct deadline, item));
}

int deadline_start(struct loop *loop, unsigned milliseconds, deadline_fired *fired, void *context,
	struct deadline **result)
{
	struct deadline *deadline = calloc(1, sizeof(*deadline));

	if (!deadline)
		return -ENOMEM;
	deadline->fired = fired;
	deadline->context = context;
	uv_timer_init(&loop->uv, &deadline->timer);
	deadline->timer.data = deadline;
	loop_add(loop, &deadline->item, drop);
	/* libuv counts from the time it last looked at the clock, which may be long ago. */
	uv_update_time(&loop->uv);
	uv_timer_start(&deadline->timer, on_timer, milliseconds, 0);
	*result = deadline;
	return 0;
}

void deadline_cancel(struct deadline *deadline)
{
	if (!deadline || uv_is_closing((uv_handle_t *)&deadline->timer))
		return;
	deadline->item.owes = false;
	uv_close((uv_handle_t *)&deadline->timer, on_closed);
}
