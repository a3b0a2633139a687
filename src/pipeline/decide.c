/*
 * The decision; see decide.h. Nothing here touches the world, so that every combination can be
 * tried by the test. Three questions are asked in turn: which met conditions act, which of them
 * decides, and may it decide although a scanner gave no answer?
 */
#include "pipeline/decide.h"

/* What the scanners that failed ask for, the stronger one last. */
enum failure {
	FAILURE_NONE,
	FAILURE_DEFER,
	FAILURE_BLOCK,
};

/* Of a set of acting conditions, the first of each kind; CONDITION_COUNT when there is none. */
struct deciders {
	enum condition_id stop;	   /* block, keep, trash, and a bounce to nobody */
	enum condition_id bounce;
	enum condition_id inspect;
};

static bool has(unsigned set, enum condition_id id)
{
	return (set & CONDITION_BIT(id)) != 0;
}

/* What the condition does with this mail, whether it is on or not. */
static enum action action_of(const struct decide_input *input, enum condition_id id)
{
	const struct filter *filter = &input->filters->conditions[id];

	if (id == CONDITION_OVERLIMIT && !filter->present)
		return ACTION_KEEP;
	/* Nobody would get a bounce to a null sender, so the mail would be lost without a trace. */
	if (filter->action == ACTION_BOUNCE && input->sender_is_null)
		return ACTION_BLOCK;
	return filter->action;
}

/* Did this scanner leave the question open? Only an answer counts; what is unknown here failed. */
static bool gave_no_answer(const struct scan_result *result)
{
	switch (result->verdict) {
	case VERDICT_SKIPPED:
	case VERDICT_CLEAN:
	case VERDICT_LIMIT:
	case VERDICT_ENCRYPTED:
	case VERDICT_SUSPICIOUS:
	case VERDICT_INFECTED:
		return false;
	/*
	 * Scanners are cancelled when a condition has stopped the mail already, and then this
	 * answer is not asked for. If it is, something else cancelled them, and nobody knows what
	 * they would have said.
	 */
	case VERDICT_CANCELLED:
	case VERDICT_UNSUPPORTED:
	case VERDICT_TIMEOUT:
	case VERDICT_ERROR:
	case VERDICT_COUNT:
		break;
	}
	return true;
}

static bool one_is_clean(const struct decide_input *input)
{
	for (unsigned i = 0; i < input->scanner_count; i++)
		if (input->results[i].verdict == VERDICT_CLEAN)
			return true;
	return false;
}

static enum failure failure_of(const struct decide_input *input, unsigned i)
{
	if (!gave_no_answer(&input->results[i]))
		return FAILURE_NONE;
	switch (input->scanners[i].on_fail) {
	case ON_FAIL_BLOCK:
		return FAILURE_BLOCK;
	case ON_FAIL_IGNORE:
		return one_is_clean(input) ? FAILURE_NONE : FAILURE_DEFER;
	case ON_FAIL_DEFER:
		break;
	}
	return FAILURE_DEFER;
}

static enum failure strongest_failure(const struct decide_input *input)
{
	enum failure strongest = FAILURE_NONE;

	for (unsigned i = 0; i < input->scanner_count; i++) {
		enum failure failure = failure_of(input, i);

		if (failure > strongest)
			strongest = failure;
	}
	return strongest;
}

/*
 * What the results meet by themselves. The caller has put its findings into input->met; `virus` is
 * looked for again, because forgetting it would be the one fault that must not happen. A scanner
 * that failed although it was shown to work otherwise was beaten by this mail: that is `overlimit`,
 * not a week of retries. That it answered for other objects shows nothing: it may have been stopped
 * since, or be late with all of its work.
 */
static unsigned met_by_results(const struct decide_input *input)
{
	unsigned met = 0;

	for (unsigned i = 0; i < input->scanner_count; i++) {
		const struct scan_result *result = &input->results[i];

		if (result->verdict == VERDICT_INFECTED || result->verdict == VERDICT_SUSPICIOUS)
			met |= CONDITION_BIT(CONDITION_VIRUS);
		else if (result->beaten && failure_of(input, i) == FAILURE_DEFER)
			met |= CONDITION_BIT(CONDITION_OVERLIMIT);
	}
	return met;
}

/* The met conditions whose action is to be carried out; the others are only logged. */
static unsigned acting_of(const struct decide_input *input, unsigned met)
{
	const struct filter *conditions = input->filters->conditions;
	unsigned acting = 0;

	for (enum condition_id id = 0; id < CONDITION_COUNT; id++)
		if (has(met, id) && conditions[id].on)
			acting |= CONDITION_BIT(id);
	if (has(met, CONDITION_OVERLIMIT) && !conditions[CONDITION_OVERLIMIT].present)
		acting |= CONDITION_BIT(CONDITION_OVERLIMIT);
	/* goodmail: what a command says counts only of a mail nothing else was found in. */
	if (conditions[CONDITION_BODYTEXT].goodmail && input->only_by_command &&
		(met & ~CONDITION_BIT(CONDITION_BODYTEXT)))
		acting &= ~CONDITION_BIT(CONDITION_BODYTEXT);
	return acting;
}

static struct deciders find_deciders(const struct decide_input *input, unsigned acting)
{
	struct deciders found = {CONDITION_COUNT, CONDITION_COUNT, CONDITION_COUNT};

	for (enum condition_id id = 0; id < CONDITION_COUNT; id++) {
		enum action action = action_of(input, id);
		enum condition_id *first = action == ACTION_BOUNCE    ? &found.bounce
					   : action == ACTION_INSPECT ? &found.inspect
								      : &found.stop;

		if (has(acting, id) && *first == CONDITION_COUNT)
			*first = id;
	}
	return found;
}

static bool any_does(const struct decide_input *input, unsigned acting, enum action action)
{
	for (enum condition_id id = 0; id < CONDITION_COUNT; id++)
		if (has(acting, id) && action_of(input, id) == action)
			return true;
	return false;
}

/* The conditions whose notify, inform and forward are carried out. */
static unsigned reacting_of(const struct decide_input *input, unsigned acting)
{
	unsigned reacting = 0;

	for (enum condition_id id = 0; id < CONDITION_COUNT; id++)
		if (has(acting, id) && action_reacts(action_of(input, id)))
			reacting |= CONDITION_BIT(id);
	return reacting;
}

static void decide_by(struct decision *decision, enum disposition disposition,
	enum condition_id condition, enum action action)
{
	decision->disposition = disposition;
	decision->decided = true;
	decision->condition = condition;
	decision->action = action;
}

/*
 * A stopped mail needs no further answer. A mail that would be delivered (inspect) or sent back
 * (bounce) does: it may carry what the silent scanner knows. Save where `virus` itself bounces it:
 * then that question has been answered.
 */
static bool failure_matters(
	const struct decide_input *input, unsigned acting, const struct deciders *found)
{
	if (found->stop != CONDITION_COUNT)
		return false;
	return !(has(acting, CONDITION_VIRUS) &&
		action_of(input, CONDITION_VIRUS) == ACTION_BOUNCE);
}

struct decision decide(const struct decide_input *input)
{
	unsigned met = input->met | met_by_results(input);
	unsigned acting = acting_of(input, met);
	struct deciders found = find_deciders(input, acting);
	enum failure failure = failure_matters(input, acting, &found) ? strongest_failure(input)
								      : FAILURE_NONE;
	struct decision decision = {.disposition = DISPOSITION_PASS, .met = met};

	if (failure == FAILURE_DEFER) {
		/* The next try decides afresh: nothing may be saved or recorded twice. */
		decision.disposition = DISPOSITION_DEFER;
		return decision;
	}
	decision.reacting = reacting_of(input, acting);
	decision.save_keep = any_does(input, acting, ACTION_KEEP) || failure == FAILURE_BLOCK;
	decision.save_inspect = any_does(input, acting, ACTION_INSPECT);
	if (failure == FAILURE_BLOCK)
		decide_by(&decision, DISPOSITION_STOP, CONDITION_VIRUS, ACTION_KEEP);
	else if (found.stop != CONDITION_COUNT)
		decide_by(&decision, DISPOSITION_STOP, found.stop, action_of(input, found.stop));
	else if (found.bounce != CONDITION_COUNT)
		decide_by(&decision, DISPOSITION_BOUNCE, found.bounce, ACTION_BOUNCE);
	else if (found.inspect != CONDITION_COUNT)
		decide_by(&decision, DISPOSITION_PASS, found.inspect, ACTION_INSPECT);
	decision.write_rep = decision.decided && (decision.action != ACTION_TRASH ||
		decision.save_keep || decision.save_inspect);
	return decision;
}

/*
 * Only an action that stops the mail for good may end the search. A bounce yields to what is met
 * later, and goodmail asks of what a command says whether anything else is met: both want the whole
 * search. A string that is met means what it means, whatever else is.
 */
bool decide_ends_search(const struct filter *filter)
{
	return filter->present && filter->on && filter->quitasap && action_stops(filter->action) &&
	       filter->action != ACTION_BOUNCE;
}

bool decide_may_quit(const struct filters *filters, const struct findings *findings,
	enum condition_id condition)
{
	const struct filter *filter = &filters->conditions[condition];
	const struct finding *first = findings_first(findings, condition);

	if (!first || !decide_ends_search(filter))
		return false;
	return condition != CONDITION_BODYTEXT || !filter->goodmail || !first->by_command;
}
