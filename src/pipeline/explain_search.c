/*
 * The search, all of it. The filter stops where quitasap says so, or where a condition cannot be
 * judged; -x remembers that point, goes on, and keeps what comes behind it apart: the decision is
 * made of what the filter would have found, and the rest is told as what it would not have seen.
 */
#include "base/clock.h"
#include "conditions/condition.h"
#include "pipeline/decide.h"
#include "pipeline/explain_words.h"
#include "pipeline/explanation.h"

#include <errno.h>

/*
 * Has the objects typed and marked just as the filter would, by the filter's own code: it is given
 * the same conditions with nothing to look for, so that nothing is found and nothing ends it.
 */
static int open_objects_as_filter(struct delivery *delivery, struct error *error)
{
	struct control real = delivery->control;
	struct control *control = &delivery->control;
	bool quit;
	int result;

	delivery->describe = true;
	control->mailheaders.wanted = 0;
	control->mailheaders.field_count = 0;
	control->subjects.count = control->bodytexts.count = control->filenames.count = 0;
	control->mimetypes.count = control->loadertypes.count = 0;
	for (unsigned id = 0; id < CONDITION_COUNT; id++)
		control->filters.conditions[id].quitasap = false;
	result = delivery_examine(delivery, &quit, error);
	delivery->control = real;
	/* `encrypted` and `overlimit` were judged; they will be again, in their turn. */
	delivery->findings = (struct findings){0};
	return result;
}

/* Takes the commands out of badbodytexts: they may do anything. */
static int put_commands_aside(struct explanation *explanation)
{
	struct arena *arena = &explanation->delivery->arena;
	struct patterns *rules = &explanation->delivery->control.bodytexts;
	struct pattern *kept = arena_array(arena, rules->count + 1, sizeof(*kept));
	size_t count = 0;

	explanation->commands =
		arena_array(arena, rules->count + 1, sizeof(*explanation->commands));
	if (!kept || !explanation->commands)
		return -ENOMEM;
	for (size_t i = 0; i < rules->count; i++) {
		if (rules->list[i].kind == PATTERN_COMMAND)
			explanation->commands[explanation->command_count++] = &rules->list[i];
		else
			kept[count++] = rules->list[i];
	}
	rules->list = kept;
	rules->count = count;
	return 0;
}

static void search_ends(struct explanation *explanation, enum condition_id id)
{
	if (explanation->ended)
		return;
	explanation->ended = true;
	explanation->ended_by = id;
}

static void trial_failed(
	struct explanation *explanation, enum condition_id id, const struct error *error)
{
	struct trial *trial = &explanation->trials[id];

	trial->state = TRIAL_FAILED;
	trial->why = arena_printf(&explanation->delivery->arena, "%s", error->text);
	if (!trial->beyond)
		explanation->failure = *error;
	search_ends(explanation, id);
}

/* What the filter would have to know of types and members before it can judge this condition. */
static bool needs_opened(const struct delivery *delivery, enum condition_id id)
{
	return (conditions[id].needs & (NEED_TYPES | NEED_MEMBERS)) ||
	       (delivery->options->noscan && id >= CONDITION_BODYTEXT);
}

/* Puts one condition to the mail. *opening: what opening the objects failed with, if it did. */
static void try_condition(
	struct explanation *explanation, enum condition_id id, const struct error *opening)
{
	struct delivery *delivery = explanation->delivery;
	struct trial *trial = &explanation->trials[id];
	struct findings *findings = explanation->ended ? &explanation->beyond : &delivery->findings;
	const struct check check = delivery_check(delivery, findings);
	uint64_t started = clock_us();
	struct error error = {0};

	trial->beyond = explanation->ended;
	trial->state = TRIAL_DONE;
	if (opening->set && needs_opened(delivery, id)) {
		trial_failed(explanation, id, opening);
		return;
	}
	if (conditions[id].check(&check, &error)) {
		error_set(&error, -EIO, "condition %s could not be judged", condition_name(id));
		trial_failed(explanation, id, &error);
		return;
	}
	trial->us = clock_us() - started;
	trial->met = (findings->met & CONDITION_BIT(id)) != 0;
	if (decide_may_quit(&delivery->control.filters, findings, id))
		search_ends(explanation, id);
}

static void try_conditions(struct explanation *explanation, const struct error *opening)
{
	const struct filter *filters = explanation->delivery->control.filters.conditions;

	for (enum condition_id id = 0; id < CONDITION_COUNT; id++) {
		if (id == CONDITION_VIRUS)
			continue;
		/* These two come out of reading the mail, and are logged though they are off. */
		if (!conditions[id].check)
			explanation->trials[id].state = TRIAL_ABSENT;
		else if (filters[id].on || id == CONDITION_ENCRYPTED || id == CONDITION_OVERLIMIT)
			try_condition(explanation, id, opening);
	}
}

/*
 * The scanners are asked even where the filter would not have: what they say then lands among
 * what lies beyond.
 */
static void try_scanners(struct explanation *explanation)
{
	struct delivery *delivery = explanation->delivery;
	struct trial *trial = &explanation->trials[CONDITION_VIRUS];
	struct findings found = delivery->findings;
	uint64_t started = clock_us();
	struct error error = {0};

	if (!delivery->control.filters.conditions[CONDITION_VIRUS].on)
		return;
	trial->state = TRIAL_DONE;
	trial->beyond = explanation->scans_beyond = explanation->ended;
	if (trial->beyond)
		delivery->findings = explanation->beyond;
	if (delivery_scan(delivery, &error))
		trial_failed(explanation, CONDITION_VIRUS, &error);
	trial->us = clock_us() - started;
	trial->met = (delivery->findings.met & CONDITION_BIT(CONDITION_VIRUS)) != 0;
	explanation->scans = delivery->scans;
	if (trial->beyond) {
		explanation->beyond = delivery->findings;
		delivery->findings = found;
		delivery->scans = (struct scan_results){0};
	}
}

/* `encrypted` and `overlimit` may have been met since, by a scanner or a slow expression. */
static void look_again(struct explanation *explanation)
{
	unsigned met = explanation->delivery->findings.met;

	for (enum condition_id id = 0; id < CONDITION_COUNT; id++) {
		struct trial *trial = &explanation->trials[id];

		if (met & CONDITION_BIT(id)) {
			trial->met = true;
			trial->beyond = false;
		} else if (explanation->beyond.met & CONDITION_BIT(id)) {
			trial->met = true;
		}
	}
}

int explain_search(struct explanation *explanation, struct error *error)
{
	struct error opening = {0};

	if (put_commands_aside(explanation))
		return error_set_errno(error, -ENOMEM, "cannot list the commands");
	if (open_objects_as_filter(explanation->delivery, &opening))
		error_set(&opening, -EIO, "qmvc-open could not be started");
	try_conditions(explanation, &opening);
	try_scanners(explanation);
	look_again(explanation);
	for (enum condition_id id = 0; id < CONDITION_COUNT; id++) {
		struct trial *trial = &explanation->trials[id];

		if (trial->state != TRIAL_DONE || trial->met)
			continue;
		trial->why = words_not_met(explanation, id);
		if (!trial->why)
			return error_set_errno(error, -ENOMEM, "cannot say why");
	}
	return 0;
}
