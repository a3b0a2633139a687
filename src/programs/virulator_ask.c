/* virulator -s: what the scanners say of themselves, as the page wants it. */
#include "programs/virulator.h"

#include "programs/scanner_states.h"

#include <errno.h>

static const struct {
	enum word word;
	bool care;
} states[STATES] = {
	[STATE_OK] = {WORD_STATE_WELL, false},
	[STATE_UNTESTED] = {WORD_STATE_UNTOLD, false},
	[STATE_OLD] = {WORD_STATE_OLD_PATTERNS, true},
	[STATE_LEFT_ALONE] = {WORD_STATE_PAUSED, true},
	[STATE_NO_PATTERNS] = {WORD_STATE_WITHOUT, true},
	[STATE_UNUSABLE] = {WORD_STATE_BROKEN, true},
	[STATE_NOT_REACHED] = {WORD_STATE_SILENT, true},
};

/* One that has several addresses is told apart by them. */
static struct slice name_of(const struct scanner_states *all, unsigned at, struct arena *arena)
{
	const struct scanner_told *told = &all->list[at];
	char *name;
	bool alone = true;

	for (unsigned i = 0; i < all->count; i++)
		alone &= i == at || !slice_eq(all->list[i].initial, told->initial);
	if (alone || told->address.len == 0)
		return told->name;
	name = arena_printf(arena, "%.*s, %.*s", SLICE_ARGS(told->name), SLICE_ARGS(told->address));
	return name ? slice_cstr(name) : told->name;
}

static struct virus_scanner_now now_of(
	const struct scanner_states *all, unsigned at, struct arena *arena, int64_t now_ms)
{
	const struct scanner_told *told = &all->list[at];

	return (struct virus_scanner_now){.initial = told->initial,
		.name = name_of(all, at, arena),
		.engine = told->engine,
		.patterns = told->patterns,
		/* Their age stands beside it. */
		.trouble = told->state == STATE_OLD ? SLICE_EMPTY : told->trouble,
		.age_days = scanner_told_age_days(told, now_ms),
		.state = told->answered ? states[told->state].word : WORD_STATE_TOO_SLOW,
		.care = !told->answered || states[told->state].care};
}

int virulator_ask(struct virulator *virulator, struct error *error)
{
	struct reporting *reporting = &virulator->reporting;
	struct scanner_states told = {0};
	struct error why = {0};
	int result = scanner_states_ask(reporting->base, &reporting->arena, &told, &why);

	if (result == -ENOMEM)
		return error_set_errno(error, result, "cannot ask the scanners");
	if (result < 0)
		virulator->not_asked = why;
	if (result) /* 1: none is configured, and the page says so */
		return 0;
	virulator->scanners =
		arena_array(&reporting->arena, told.count, sizeof(*virulator->scanners));
	if (!virulator->scanners)
		return error_set_errno(error, -ENOMEM, "cannot ask the scanners");
	virulator->scanner_count = told.count;
	for (unsigned i = 0; i < told.count; i++)
		virulator->scanners[i] =
			now_of(&told, i, &reporting->arena, reporting->site.now_ms);
	return 0;
}
