/*
 * What is asked before the scan's turn; see scan_begin() and engine_early.h. A task that is begun belongs to
 * its slot, which goes on waiting; whatever becomes of it before the scan runs, the slot can still be
 * started like any other.
 */
#include "scan/scan_private.h"

#include <stdlib.h>

#include "base/clock.h"

/* A connection, a greeting, the question; and one more for a libuv that runs timers later. */
#define TURNS_MAX 4

void scan_drop_task(struct slot *slot)
{
	struct loop *loop = slot->scan->request.loop;

	if (slot->task)
		slot->backend->cancel(slot->task);
	while (slot->task && loop_turn(loop, true))
		;
}

/* Who has failed of late is not asked before its turn: that there is one has to be found out first. */
static void begin_slot(struct slot *slot)
{
	const struct scan *scan = slot->scan;
	const struct scan_request *request = &scan->request;
	struct breaker_record record;

	if (!slot->backend->early)
		return;
	record = breaker_look(request->profile, slot->config);
	if (breaker_state(&record, clock_wall_ms()) == BREAKER_CLOSED &&
		slot->backend->early->begin(request, slot->config, &scan->message, scan_task_ended, slot,
			&slot->task) < 0)
		slot->task = NULL;
}

/* Connects, and lets the questions go out: that is done as fast as it can be asked for, or not now. */
static void send_questions(struct scan *scan)
{
	for (unsigned turn = 0; turn < TURNS_MAX; turn++) {
		bool sent = true;

		for (unsigned i = 0; i < scan->count; i++) {
			const struct slot *slot = &scan->slots[i];

			sent &= !slot->task || slot->backend->early->has_sent(slot->task);
		}
		if (sent)
			return;
		loop_turn(scan->request.loop, false);
	}
}

struct scan *scan_begin(const struct scan_request *request, struct slice message)
{
	unsigned first = request->scanners->sequential ? 1 : request->scanners->count;
	struct scan *scan = message.len > 0 ? scan_new(request) : NULL;
	bool any = false;

	if (!scan)
		return NULL;
	scan->content = content_borrow(message);
	scan->message = (struct object){
		.kind = OBJECT_MESSAGE, .parent = -1, .content = &scan->content};
	for (unsigned i = 0; i < first && i < scan->count; i++) {
		begin_slot(&scan->slots[i]);
		any |= scan->slots[i].task != NULL;
	}
	if (!any) {
		free(scan);
		return NULL;
	}
	send_questions(scan);
	return scan;
}

void scan_add(struct scan *scan)
{
	for (unsigned i = 0; scan && i < scan->count; i++)
		if (scan->slots[i].task)
			scan->slots[i].backend->early->add(scan->slots[i].task);
	if (scan)
		send_questions(scan);
}

void scan_drop(struct scan *scan)
{
	for (unsigned i = 0; scan && i < scan->count; i++)
		scan_drop_task(&scan->slots[i]);
	free(scan);
}

void scan_take_turn(struct slot *slot)
{
	if (!slot->backend->early->take_turn(slot->task)) {
		slot->backend->cancel(slot->task);
		return;
	}
	slot->breaker = BREAKER_CLOSED;
	slot->started_us = clock_us();
	slot->state = SLOT_RUNNING;
}
