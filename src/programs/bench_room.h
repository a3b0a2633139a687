/*
 * Where qmvcbench(8) has mails filtered: a private directory with a home of its own and, for each way
 * of asking the scanners, a copy of the profile's control files that nobody is written to from.
 */
#ifndef QMVC_PROGRAMS_BENCH_ROOM_H
#define QMVC_PROGRAMS_BENCH_ROOM_H

#include "control/filters.h"
#include "control/profile.h"
#include "programs/bench.h"
#include "record/log_entry.h"

#include <signal.h>

/* A profile, read. */
struct bench_profile {
	struct profile profile;
	struct filters filters;
	bool has_filters;
	struct scanner_list list;
	bool has_list;
	struct slice text; /* of the file scanners */
	const char *path;  /* where that is, or would be */
};

/*
 * Reads `scanners` and `filters` of profile->profile; that one of them is missing is no error.
 * Returns 0 or a negative errno with *error set.
 */
int bench_profile_read(struct bench_profile *profile, struct arena *arena, struct error *error);

/* How the profile asks, of the scanners that `data` knows. */
void bench_profile_present(
	const struct bench_profile *profile, struct bench_data *data, struct bench_way *present);

struct bench_room {
	const char *path; /* explain_room.h */
	const struct bench_profile *profile;
	struct arena arena;
	bool noscan;	     /* qmvc -n */
	const char *program; /* qmvc */
	const char **environment;
	const char *home, *log, *copies, *mails; /* below path */
	sigset_t signals;			 /* SIGCHLD, and those that end us: blocked */
	unsigned commands;			 /* lines of badbodytexts that are not run */
};

/*
 * Makes the home in room->path, where nothing is yet. Blocks the signals that end us: a run ends
 * with them then. Returns 0 or a negative errno with *error set. bench_room_release() in any case.
 */
int bench_room_make(struct bench_room *room, struct error *error);
void bench_room_release(struct bench_room *room);

/* Makes the control files of way number `number`. 0 or a negative errno with *error set. */
int bench_room_add(struct bench_room *room, const struct bench_data *data,
	const struct bench_way *way, unsigned number, struct error *error);

/* What became of a mail. */
struct bench_run {
	uint64_t wall_us, cpu_us; /* of qmvc and all that it waited for */
	unsigned code;		  /* its exit code; 111 too when a signal ended it */
	bool logged;		  /* `entry` holds, until the next run */
	struct log_entry entry;
	struct arena arena;
};

/*
 * Runs qmvc over the mail in descriptor `fd` as way `number` has it. Returns 0, -EINTR when a signal
 * came that is to end us (qmvc has been ended then), or another negative errno; *error set.
 */
int bench_room_run(struct bench_room *room, unsigned number, int fd, struct bench_run *run,
	struct error *error);

#endif
