/* qmvcbench(8) over mails: they are filtered for it, in a private directory. */
#include "programs/qmvcbench.h"

#include "base/cleanup.h"
#include "control/envelope.h"
#include "loop/loop.h"
#include "pipeline/explain_room.h"

#include <errno.h>

static int find_mails(struct qmvcbench *bench, const struct bench_room *room,
	struct bench_mails *mails, struct error *error)
{
	int result = 0;

	for (char **path = bench->corpus; *path && result == 0; path++)
		result = bench_mails_add(mails, *path, error);
	if (result == 0 && bench->generate > 0)
		result = bench_mails_generate(mails, room->mails, bench->generate, error);
	if (result == 0 && mails->left_out > 0)
		fprintf(stderr, "qmvcbench: %llu mails beyond %u are left out\n",
			(unsigned long long)mails->left_out, BENCH_MAILS);
	return result;
}

static int check_profile(const struct bench_profile *profile, struct error *error)
{
	if (!profile->has_filters)
		return error_set(error, -ENOENT, "there is no control file filters");
	if (!profile->filters.conditions[CONDITION_VIRUS].on)
		return error_set(error, -EINVAL,
			"%s: the condition virus is off, so no scanner is asked",
			profile->filters.path);
	if (!profile->has_list)
		return error_set(error, -ENOENT, "%s: no scanner is configured", profile->path);
	return 0;
}

static int locate(struct qmvcbench *bench, struct error *error)
{
	int result = profile_locate(&bench->reporting.arena, &bench->options, envelope_home(),
		&bench->profile.profile, error);

	bench->reporting.profile = bench->profile.profile;
	if (result == 0)
		result = reporting_frame(&bench->reporting, error);
	if (result == 0)
		result = qmvcbench_profile(bench, error);
	return result ? result : check_profile(&bench->profile, error);
}

static const char *source(struct qmvcbench *bench, unsigned count)
{
	return arena_printf(&bench->reporting.arena, "%u %smail%s, %u round%s%s", count,
		bench->generate > 0 && !*bench->corpus ? "generated " : "", count == 1 ? "" : "s",
		bench->rounds, bench->rounds == 1 ? "" : "s", bench->fresh ? ", fresh" : "");
}

static int tell(struct qmvcbench *bench, const struct bench_replay *replay, struct error *error)
{
	bench->report.source = source(bench, replay->mails->count);
	bench->report.reckoned = &replay->reckoned;
	bench->report.mails = replay->mails->count;
	bench->report.rounds = replay->rounds;
	bench->report.failed = replay->failed;
	bench->report.runs = (uint64_t)replay->mails->count *
			     (1 + (uint64_t)replay->rounds * replay->runs.count);
	bench->report.failure = replay->failed > 0 ? replay->first_failed.text : NULL;
	bench->report.commands = replay->room->commands;
	if (replay->failed > 0)
		fprintf(stderr, "qmvcbench: %llu run%s deferred: %s\n",
			(unsigned long long)replay->failed, replay->failed == 1 ? "" : "s",
			replay->first_failed.text);
	if (replay->room->commands > 0)
		fprintf(stderr, "qmvcbench: the commands in badbodytexts (%u) are not run\n",
			replay->room->commands);
	return qmvcbench_tell(bench, &replay->runs, error);
}

/* Returns the exit code. */
static int replay_in(struct qmvcbench *bench, struct bench_room *room, struct error *error)
{
	struct bench_mails mails = {.list = NULL};
	struct bench_replay replay = {.room = room,
		.mails = &mails,
		.rounds = bench->rounds,
		.fresh = bench->fresh,
		.all = bench->report.all,
		.data = &bench->data};
	int result = locate(bench, error);

	if (result == 0)
		result = bench_room_make(room, error);
	if (result == 0)
		result = find_mails(bench, room, &mails, error);
	if (result == 0)
		result = bench_replay(&replay, error);
	if (result == 0)
		result = tell(bench, &replay, error);
	if (result == 0)
		result =
			replay.failed > 0 || bench->data.scanner_count == 0 ? EXIT_CARE : EXIT_WELL;
	bench_replay_release(&replay);
	bench_mails_release(&mails);
	return result;
}

/* In the child. The loop makes us the parent of whatever a killed qmvc leaves, and ends that. */
static int work(const char *path, const void *context)
{
	struct qmvcbench *bench = *(struct qmvcbench *const *)context;
	struct bench_room room = {
		.path = path, .profile = &bench->profile, .noscan = bench->options.noscan};
	struct error error = {0};
	struct loop *loop;
	int result = loop_new(&loop);

	if (result)
		error_set_errno(&error, result, "cannot begin");
	else
		result = replay_in(bench, &room, &error);
	if (result < 0)
		result = qmvcbench_fail(&error);
	bench_room_release(&room);
	loop_free(loop);
	return result;
}

int qmvcbench_replay(struct qmvcbench *bench)
{
	struct error error = {0};
	bool is_child;
	int result = explain_in_room(work, &bench, &is_child, &error);

	return result < 0 ? qmvcbench_fail(&error) : result;
}
