/*
 * What scan.c (the scan) and scan_early.c (what is begun before it) share. Private to scan/.
 *
 *	WAITING (a task there has been begun early) -> RUNNING -> ANSWERED
 */
#ifndef QMVC_SCAN_SCAN_PRIVATE_H
#define QMVC_SCAN_SCAN_PRIVATE_H

#include "loop/deadline.h"
#include "scan/backend.h"
#include "scan/breaker.h"

enum slot_state {
	SLOT_WAITING,
	SLOT_RUNNING,
	SLOT_ANSWERED,
};

struct slot {
	struct scan *scan;
	const struct scanner_config *config;
	const struct scanner_backend *backend;
	struct scan_task *task; /* while running; while waiting: it has been begun */
	struct scan_result *result;
	enum slot_state state;
	enum breaker_state breaker;
	uint64_t started_us;
	struct scan_result early; /* what was found by a task that ended before its turn */
	bool has_early;
};

struct scan {
	struct scan_request request;
	struct object message; /* stands for object 0 as long as that is not made */
	struct content content;
	struct slot slots[SCANNERS_MAX];
	unsigned count;
	struct deadline *deadline;
	uint64_t started_us;
	bool running; /* its turn has come: until then nothing is started anew */
	bool decided; /* quitasap: an answer made the others useless */
	bool out_of_time;
};

/* scan.c: One with its slots, all waiting, to be freed; NULL: no memory. */
struct scan *scan_new(const struct scan_request *request);
/* scan.c: The back-end has ended: the callback of every task, its context the slot. */
void scan_task_ended(struct scan_task *task, const struct scan_result *result, void *context);

/*
 * scan_early.c: The slot's turn: its task goes on; or it is ended, and the slot waits for that, and then to be
 * started. Turns no loop: what is heard of one slot may start others.
 */
void scan_take_turn(struct slot *slot);
/* scan_early.c: Ends the task of a slot that waits, if there is one, and sees it end. */
void scan_drop_task(struct slot *slot);

#endif
