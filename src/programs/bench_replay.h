/* Mails filtered in several ways, to measure what qmvcbench(8) else only reckons. */
#ifndef QMVC_PROGRAMS_BENCH_REPLAY_H
#define QMVC_PROGRAMS_BENCH_REPLAY_H

#include "programs/bench_mails.h"
#include "programs/bench_room.h"

#define BENCH_ROUNDS	   3
#define BENCH_ROUNDS_MAX   1000
#define BENCH_GENERATE_MAX 10000

struct bench_replay {
	struct bench_room *room;
	const struct bench_mails *mails;
	unsigned rounds;
	bool fresh, all;
	struct bench_data *data;    /* filled by a round that asks all scanners to the end */
	struct bench_ways reckoned; /* of that */
	struct bench_ways runs;	    /* what was measured; data that the failed ones lack */
	uint64_t failed;	    /* of all runs: deferred */
	struct error first_failed;  /* why the first one was */
};

/*
 * Has every mail filtered once with all scanners, one after the other and without quitasap; reckons
 * all ways from that; and measures, in rounds and mail by mail in turns, the best way at once, the
 * best one after the other, and the present one, or all of them. Returns 0, or a negative errno with
 * *error set: -EINTR when a signal came, -ECHILD when not one mail could be filtered.
 */
int bench_replay(struct bench_replay *replay, struct error *error);
void bench_replay_release(struct bench_replay *replay);

#endif
