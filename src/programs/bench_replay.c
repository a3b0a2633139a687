/* Rounds of measuring; see bench_replay.h. */
#include "programs/bench_replay.h"

#include "base/cleanup.h"
#include "programs/bench_log.h"
#include "programs/bench_progress.h"

#include <errno.h>

#define CODE_DEFER 111
/* The way of the first round; those that are measured follow. */
#define WAY_FIRST 0u
/* The best at once, the best one after the other, the present one. */
#define WAYS_CHOSEN 3u

/* --- one run --------------------------------------------------------------- */

struct replaying {
	struct bench_replay *replay;
	struct bench_progress progress;
	struct bench_run run;
	uint64_t copies; /* numbers of fresh ones */
};

static void note_failure(struct bench_replay *replay, const struct bench_message *message,
	const struct bench_run *run)
{
	replay->failed++;
	if (run->logged && run->entry.error.len > 0)
		error_set(&replay->first_failed, 0, "%s: %.*s", message->path,
			SLICE_ARGS(slice_first(run->entry.error, 400)));
	else
		error_set(&replay->first_failed, 0, "%s: qmvc exited %u and said nothing",
			message->path, run->code);
}

/* Returns 0, 1 when the mail was not filtered, or a negative errno with *error set. */
static int filter(struct replaying *replaying, unsigned mail, unsigned number, struct error *error)
{
	struct bench_replay *replay = replaying->replay;
	const struct bench_message *message = &replay->mails->list[mail];
	uint64_t fresh = replay->fresh ? ++replaying->copies : 0;
	cleanup_fd int fd = bench_message_open(message, replay->room->copies, fresh, error);
	int result = fd < 0 ? fd : 0;

	bench_progress_step(&replaying->progress);
	if (result == 0)
		result = bench_room_run(replay->room, number, fd, &replaying->run, error);
	if (result)
		return result;
	if (replaying->run.code != CODE_DEFER && replaying->run.logged)
		return 0;
	note_failure(replay, message, &replaying->run);
	return 1;
}

/* --- the first round ------------------------------------------------------- */

/* All scanners to the end, and none beside another: so is known what each says and takes. */
static int learn(struct replaying *replaying, struct error *error)
{
	struct bench_replay *replay = replaying->replay;
	struct bench_data *data = replay->data;
	struct bench_mail mail;
	uint64_t filtered = 0;

	for (unsigned i = 0; i < replay->mails->count; i++) {
		int result = filter(replaying, i, WAY_FIRST, error);

		if (result < 0)
			return result;
		filtered += result == 0;
		if (result == 0 && bench_read_entry(data, &replaying->run.entry, &mail))
			result = bench_data_add(data, &mail);
		else
			data->not_scanned += result == 0;
		if (result < 0)
			return error_set_errno(error, result, "cannot keep the measurements");
	}
	if (filtered == 0)
		return error_set(error, -ECHILD, "not one mail could be filtered: %s",
			replay->first_failed.text);
	return 0;
}

/* --- the others ------------------------------------------------------------ */

static void add_way(struct bench_replay *replay, const struct bench_way *way)
{
	struct bench_ways *runs = &replay->runs;

	for (unsigned i = 0; i < runs->count; i++)
		if (bench_way_is(replay->data, &runs->list[i], way))
			return;
	runs->list[runs->count] =
		(struct bench_way){.sequential = way->sequential, .quitasap = way->quitasap};
	memcpy(runs->list[runs->count++].order, way->order, sizeof(way->order));
}

/* Where the action does not stop the mail quitasap changes nothing, and is not measured. */
static void choose(struct bench_replay *replay)
{
	const struct bench_ways *reckoned = &replay->reckoned;
	const struct filters *filters = &replay->room->profile->filters;
	bool stops = action_stops(filters->conditions[CONDITION_VIRUS].action);
	struct bench_way present;

	bench_profile_present(replay->room->profile, replay->data, &present);
	if (stops) {
		add_way(replay, &reckoned->list[reckoned->best_at_once]);
		add_way(replay, &reckoned->list[reckoned->best_sequential]);
	}
	add_way(replay, &present);
	for (unsigned i = 0; i < reckoned->count; i++)
		if ((replay->all || !stops) && (stops || !reckoned->list[i].quitasap))
			add_way(replay, &reckoned->list[i]);
}

/* As many ways as choose() can take, whatever the first round shows. */
static unsigned ways_at_most(const struct bench_replay *replay)
{
	const struct bench_profile *profile = replay->room->profile;
	unsigned orders = 1;

	for (unsigned i = 2; i <= profile->list.count; i++)
		orders *= i;
	if (!action_stops(profile->filters.conditions[CONDITION_VIRUS].action))
		return 1 + orders;
	return replay->all ? 2 * (1 + orders) : WAYS_CHOSEN;
}

static uint64_t runs_of(const struct bench_replay *replay, unsigned ways)
{
	return (uint64_t)replay->mails->count * (1 + (uint64_t)replay->rounds * ways);
}

static void count(struct bench_way *way, const struct bench_run *run)
{
	bool caught = false;

	way->mails++;
	histogram_add(&way->delay, run->wall_us);
	way->cpu_us += run->cpu_us;
	for (unsigned i = 0; i < run->entry.scan_count; i++) {
		const struct log_scan *scan = &run->entry.scans[i];

		way->started += !slice_eq_cstr(scan->verdict, "skipped");
		way->busy_us += scan->latency_us;
		caught |= slice_eq_cstr(scan->verdict, "infected") ||
			  slice_eq_cstr(scan->verdict, "suspicious");
	}
	way->caught += caught;
}

/* Each way is the first to get a mail as often as the others: it finds it in no cache. */
static int measure(struct replaying *replaying, struct error *error)
{
	struct bench_replay *replay = replaying->replay;
	struct bench_ways *runs = &replay->runs;

	for (unsigned round = 0; round < replay->rounds; round++)
		for (unsigned mail = 0; mail < replay->mails->count; mail++)
			for (unsigned turn = 0; turn < runs->count; turn++) {
				unsigned at = (round + mail + turn) % runs->count;
				int result = filter(replaying, mail, WAY_FIRST + 1 + at, error);

				if (result < 0)
					return result;
				if (result == 0)
					count(&runs->list[at], &replaying->run);
				else
					runs->list[at].failed++;
			}
	return 0;
}

static int reckon(struct replaying *replaying, struct error *error)
{
	struct bench_replay *replay = replaying->replay;
	struct bench_ways *runs = &replay->runs;
	int result = 0;

	bench_data_complete(replay->data);
	if (replay->data->scanner_count == 0)
		return 0;
	runs->list = calloc(BENCH_WAYS, sizeof(*runs->list));
	if (!runs->list || bench_ways_reckon(replay->data, &replay->reckoned))
		return error_set_errno(error, -ENOMEM, "cannot reckon");
	choose(replay);
	replaying->progress.all = runs_of(replay, runs->count);
	for (unsigned i = 0; i < runs->count && result == 0; i++)
		result = bench_room_add(
			replay->room, replay->data, &runs->list[i], WAY_FIRST + 1 + i, error);
	if (result == 0)
		result = measure(replaying, error);
	if (result == 0)
		bench_ways_choose(runs);
	return result;
}

int bench_replay(struct bench_replay *replay, struct error *error)
{
	struct replaying replaying = {.replay = replay,
		.progress = bench_progress_begin(runs_of(replay, ways_at_most(replay)))};
	struct bench_way first = {.sequential = true};
	int result;

	for (unsigned i = 0; i < BENCH_SCANNERS; i++)
		first.order[i] = (unsigned char)i;
	result = bench_room_add(replay->room, replay->data, &first, WAY_FIRST, error);
	if (result == 0)
		result = learn(&replaying, error);
	if (result == 0)
		result = reckon(&replaying, error);
	bench_progress_end(&replaying.progress);
	arena_release(&replaying.run.arena);
	return result;
}

void bench_replay_release(struct bench_replay *replay)
{
	bench_ways_release(&replay->reckoned);
	bench_ways_release(&replay->runs);
}
