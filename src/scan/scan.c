/*
 * Runs the scanners of a mail; see scan.h. Each has a slot that goes from waiting to running to
 * answered, once; what ends the others (a finding with quitasap, the deadline of all) only asks the
 * back-ends to end, and the loop runs until every one of them has said that it has.
 */
#include "scan/scan.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "scan/scan_private.h"

const struct scanner_backend *scanner_backend(enum scanner_kind kind)
{
	switch (kind) {
	case SCANNER_PROCESS:
		break;
	case SCANNER_CLAMD:
		return &backend_clamd;
	case SCANNER_LIBCLAMAV:
		return &backend_libclamav;
	case SCANNER_SSSP:
	case SCANNER_FSAVD:
	case SCANNER_TROPHIE:
		return &backend_daemon;
	case SCANNER_ICAP:
		return &backend_icap;
	}
	return &backend_process;
}

static bool found(const struct scan_result *result)
{
	return result->verdict == VERDICT_INFECTED || result->verdict == VERDICT_SUSPICIOUS;
}

/*
 * What is neither waiting nor sending is scanning. A back-end whose connections overlapped may have
 * counted more than there was.
 */
static void split_latency(struct scan_result *result)
{
	uint64_t left = result->latency_us;

	if (result->reach_us == 0 && result->send_us == 0 && result->early_us == 0)
		return;
	if (result->reach_us > left)
		result->reach_us = left;
	left -= result->reach_us;
	if (result->send_us > left)
		result->send_us = left;
	result->scan_us = left - result->send_us;
}

/* Writes the slot's answer down, with the names and times that a back-end does not know. */
static void answer(struct slot *slot, const struct scan_result *result)
{
	uint64_t now = clock_us();

	*slot->result = *result;
	slot->result->initial = slot->config->initial;
	slot->result->name = slot->config->name;
	if (!slot->result->text)
		slot->result->text = "";
	if (slot->started_us > 0) {
		slot->result->wait_us = slot->started_us - slot->scan->started_us;
		slot->result->latency_us = slot->result->early_us + (now - slot->started_us);
		split_latency(slot->result);
	} else {
		slot->result->wait_us = now - slot->scan->started_us;
		slot->result->reach_us = slot->result->send_us = 0;
	}
	slot->state = SLOT_ANSWERED;
	slot->task = NULL;
}

/*
 * All the time it took, if any, it was not there to be asked. But what it has found before its turn it has
 * found.
 */
static void answer_without(struct slot *slot, enum verdict verdict, const char *text)
{
	const struct scan_result result = {
		.verdict = verdict, .text = text, .reach_us = UINT64_MAX};

	answer(slot, slot->has_early ? &slot->early : &result);
}

static void cancel_running(struct scan *scan)
{
	for (unsigned i = 0; i < scan->count; i++)
		if (scan->slots[i].state == SLOT_RUNNING)
			scan->slots[i].backend->cancel(scan->slots[i].task);
}

static bool all_answered(const struct scan *scan)
{
	for (unsigned i = 0; i < scan->count; i++)
		if (scan->slots[i].state != SLOT_ANSWERED)
			return false;
	return true;
}

static void end_when_answered(struct scan *scan)
{
	if (!all_answered(scan))
		return;
	deadline_cancel(scan->deadline);
	scan->deadline = NULL;
}

static void start_some(struct scan *scan);

/* Before its turn: that is no answer, and no reason not to start it. */
static void ended_early(struct slot *slot, const struct scan_result *result)
{
	slot->task = NULL;
	slot->state = SLOT_WAITING;
	slot->started_us = 0;
	slot->has_early = found(result);
	slot->early = *result;
	slot->early.early_us = 0;
}

/* The back-end has ended. Whatever that means for the others happens here. */
void scan_task_ended(struct scan_task *task, const struct scan_result *result, void *context)
{
	struct slot *slot = context;
	struct scan *scan = slot->scan;
	bool opened = false;

	if (slot->state == SLOT_WAITING || task->again) {
		ended_early(slot, result);
		if (scan->running)
			start_some(scan);
		end_when_answered(scan);
		return;
	}
	if (task->unreachable)
		opened = breaker_note(scan->request.profile, slot->config, false, clock_wall_ms());
	else if (slot->breaker == BREAKER_FAILING && result->answered)
		breaker_note(scan->request.profile, slot->config, true, clock_wall_ms());
	/* Once it has found something, no later answer takes that back. */
	if (slot->has_early && !found(result))
		result = &slot->early;
	answer(slot, result);
	slot->result->opened_breaker = opened;
	if (scan->out_of_time && result->verdict == VERDICT_CANCELLED) {
		slot->result->verdict = VERDICT_TIMEOUT;
		slot->result->text = "the deadline of all scanners passed";
	}
	if (scan->request.quitasap && found(result) && !scan->decided) {
		scan->decided = true;
		cancel_running(scan);
	}
	start_some(scan);
	end_when_answered(scan);
}

static void start_slot(struct slot *slot)
{
	struct scan *scan = slot->scan;
	const struct scan_request *request = &scan->request;
	struct error error = {0};
	bool opened = false;
	int r;

	slot->breaker = breaker_ask(request->profile, slot->config, clock_wall_ms());
	if (slot->breaker == BREAKER_OPEN) {
		answer_without(slot, VERDICT_ERROR,
			"left alone for a while: it could not be reached several times in a row");
		slot->result->left_alone = true;
		return;
	}
	slot->started_us = clock_us();
	slot->state = SLOT_RUNNING;
	r = slot->backend->start(request, slot->config, scan_task_ended, slot, &slot->task, &error);
	if (r == 0)
		return;
	if (r != -ENOMEM)
		opened = breaker_note(request->profile, slot->config, false, clock_wall_ms());

	const char *text = arena_printf(request->arena, "%s", error.text);

	answer_without(slot, VERDICT_ERROR, text ? text : "no memory");
	slot->result->opened_breaker = opened;
}

/*
 * Starts all that wait, or with mode=sequential the next one when none is running. Whoever waits for the
 * end of what was begun early is started, or answered for, behind that: scan_task_ended() comes back here.
 */
static void start_some(struct scan *scan)
{
	bool sequential = scan->request.scanners->sequential;

	for (unsigned i = 0; i < scan->count; i++) {
		struct slot *slot = &scan->slots[i];

		if (sequential && (slot->state == SLOT_RUNNING || slot->task))
			return;
		if (slot->state != SLOT_WAITING || slot->task)
			continue;
		if (scan->decided)
			answer_without(slot, VERDICT_SKIPPED, "");
		else if (scan->out_of_time)
			answer_without(slot, VERDICT_TIMEOUT,
				"the deadline of all scanners passed before its turn");
		else
			start_slot(slot);
		if (slot->state == SLOT_RUNNING && sequential)
			return;
	}
}

static void out_of_time(struct deadline *deadline, void *context)
{
	struct scan *scan = context;

	(void)deadline;
	scan->deadline = NULL;
	scan->out_of_time = true;
	cancel_running(scan);
}

static bool gives_any(const struct objects *objects)
{
	for (size_t i = 0; i < objects->count; i++)
		if (scan_gives(&objects->list[i]))
			return true;
	return false;
}

/* Starts the scanners and runs the loop until they have ended. */
static int run(struct scan *scan)
{
	const struct scan_request *request = &scan->request;
	int r = 0;

	if (request->scanners->deadline_ms > 0)
		r = deadline_start(request->loop, request->scanners->deadline_ms, out_of_time, scan,
			&scan->deadline);
	if (r < 0)
		return r;
	scan->running = true;
	for (unsigned i = 0; i < scan->count; i++)
		if (scan->slots[i].task)
			scan_take_turn(&scan->slots[i]);
	start_some(scan);
	end_when_answered(scan);
	return loop_run(request->loop);
}

struct scan *scan_new(const struct scan_request *request)
{
	struct scan *scan = calloc(1, sizeof(*scan));

	if (!scan)
		return NULL;
	scan->request = *request;
	scan->count = request->scanners->count;
	for (unsigned i = 0; i < scan->count; i++) {
		const struct scanner_config *config = &request->scanners->scanners[i];

		scan->slots[i] = (struct slot){
			.scan = scan, .config = config, .backend = scanner_backend(config->kind)};
	}
	return scan;
}

int scan_run(const struct scan_request *request, struct scan_results *results, struct error *error)
{
	struct scan *scan = request->begun ? request->begun : scan_new(request);
	bool gives = gives_any(request->objects);
	int r = 0;

	*results = (struct scan_results){0};
	if (!scan)
		return error_set_errno(error, -ENOMEM, "cannot run the scanners");
	results->count = scan->count;
	scan->request = *request;
	scan->started_us = clock_us();
	for (unsigned i = 0; i < scan->count; i++)
		scan->slots[i].result = &results->list[i];
	if (gives)
		r = run(scan);
	for (unsigned i = 0; i < scan->count; i++) {
		if (scan->slots[i].state == SLOT_ANSWERED)
			continue;
		if (scan->slots[i].state == SLOT_WAITING)
			scan_drop_task(&scan->slots[i]);
		if (gives)
			answer_without(&scan->slots[i], VERDICT_ERROR, "it never ended");
		else
			answer_without(&scan->slots[i], VERDICT_SKIPPED, "");
	}
	results->total_us = clock_us() - scan->started_us;
	free(scan);
	return r < 0 ? error_set_errno(error, r, "cannot run the scanners") : 0;
}
