/*
 * What the files of this folder share, and the only header that shows libuv. Nothing outside of
 * loop/ may include it (its tests may).
 *
 * Every job, conn and deadline hangs in the loop's ring of items from its start until its memory is
 * freed, so that loop_free() can say what was forgotten and can end it.
 */
#ifndef QMVC_LOOP_PRIVATE_H
#define QMVC_LOOP_PRIVATE_H

#include "loop/loop.h"
#include "loop/reserve.h"

#include <stdalign.h>
#include <stddef.h>
#include <sys/types.h>
#include <uv.h>

/* The most one read takes from a pipe or socket; so nobody keeps the others waiting. */
#define LOOP_SCRATCH 65536

struct loop_item {
	struct loop_item *previous, *next;
	/* Ends it without another callback. Its memory goes when libuv has let go of it. */
	void (*drop)(struct loop_item *item);
	bool owes; /* a callback is still owed: left behind in loop_free() it counts as a fault */
};

struct loop {
	uv_loop_t uv;
	struct loop_item items; /* head of the ring */
	uv_signal_t children;	/* SIGCHLD, heard while a job runs; see job.c */
	bool children_set;	/* `children` is libuv's, and has to be closed */
	unsigned jobs_running;	/* children whose exit status is still to come */
	bool strays_due;	/* loop_reap_strays() was put off until no job runs */
	unsigned char scratch[LOOP_SCRATCH]; /* every read lands here; valid within one callback */
	alignas(max_align_t) unsigned char reserve[RESERVE_SIZE]; /* see reserve.h */
};

#define loop_container(pointer, type, member)                                                      \
	((type *)(void *)((char *)(pointer)-offsetof(type, member)))

void loop_add(struct loop *loop, struct loop_item *item, void (*drop)(struct loop_item *item));
void loop_remove(struct loop_item *item);

/*
 * KILL to process group `group`, then reaps its members that are our children; waits for their
 * death up to LOOP_REAP_MS. The leader must have been reaped just before (its number cannot have
 * been given away yet).
 */
void loop_end_group(pid_t group);

/* How long one call waits for killed processes to die; who takes longer is left to init. */
#define LOOP_REAP_MS 1000

#endif
