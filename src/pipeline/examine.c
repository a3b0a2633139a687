/*
 * The conditions, in their documented order. qmvc-open is started just before the first enabled
 * condition that asks for types, or for what is inside when there is an archive; so that a mail
 * stopped earlier, or one of plain text alone, never starts it. The scanners are to see what is
 * inside too, and then it is started before the two conditions that tell of what stood in its way.
 */
#include "base/clock.h"
#include "conditions/noscan.h"
#include "conditions/type_match.h"
#include "open/open.h"
#include "pipeline/decide.h"
#include "pipeline/delivery.h"

#include <errno.h>

/* What some enabled condition, or -n, wants of qmvc-open. */
static unsigned needs_of_all(const struct delivery *delivery)
{
	unsigned needs = delivery->options->noscan ? NEED_TYPES : 0;

	for (unsigned id = 0; id < CONDITION_COUNT; id++)
		if (delivery->control.filters.conditions[id].on)
			needs |= conditions[id].needs;
	return needs & (NEED_TYPES | NEED_MEMBERS);
}

static bool needs_descriptions(const struct delivery *delivery)
{
	const struct control *control = &delivery->control;

	return delivery->describe ||
	       (control->filters.conditions[CONDITION_MIMETYPE].on &&
		       types_need_descriptions(&control->mimetypes)) ||
	       (delivery->options->noscan && types_need_descriptions(&control->noscantypes));
}

/* The request that all have in common; the loop is made when there is none. */
static int make_request(
	struct delivery *delivery, struct open_request *request, struct error *error)
{
	int failed = delivery_loop(delivery, error);

	*request = (struct open_request){
		.loop = delivery->loop,
		.libexec = delivery->profile.libexec,
		.tmp = delivery->profile.tmp,
		.limits = &delivery->control.limits,
	};
	return failed;
}

/* Types the objects, and under -n says which of them the scanners need not see. */
static int open_and_mark(struct delivery *delivery, struct error *error)
{
	const struct options *options = delivery->options;
	const unsigned needs = needs_of_all(delivery);
	const bool members = (needs & NEED_MEMBERS) && open_mark(&delivery->objects);
	uint64_t started = clock_us();
	int result = 0;

	if (members || ((needs & NEED_TYPES) && objects_need_opening(&delivery->objects))) {
		static const struct patterns none = {0};
		const struct filter *filters = delivery->control.filters.conditions;
		struct open_request request;

		result = make_request(delivery, &request, error);
		if (result)
			return result;
		request.types = needs & NEED_TYPES;
		request.descriptions = needs_descriptions(delivery);
		request.members = members;
		/* Under -n what is harmless by its type is not scanned. */
		request.exact = options->noscan;
		request.rules =
			filters[CONDITION_MIMETYPE].on ? &delivery->control.mimetypes : &none;
		if (filters[CONDITION_LOADERTYPE].on)
			request.shown = &delivery->control.loadertypes;
		result = open_objects(&request, &delivery->objects, error);
		if (result < 0)
			return result;
	}
	if (options->noscan)
		noscan_mark(&delivery->control, &delivery->message, &delivery->objects);
	delivery->stage_us[STAGE_OPEN] = clock_us() - started;
	return 0;
}

/*
 * Is the condition to be judged? One that is off is not, but the two that come out of the reading
 * itself cost nothing and are logged all the same.
 */
static bool is_judged(const struct delivery *delivery, enum condition_id id)
{
	if (!conditions[id].check)
		return false;
	return delivery->control.filters.conditions[id].on || id == CONDITION_ENCRYPTED ||
	       id == CONDITION_OVERLIMIT;
}

/*
 * Is the last moment for qmvc-open come? Under -n even the text rules ask which parts are harmless;
 * `encrypted` and `overlimit` are judged for everybody who wants opening.
 */
static bool opens_before(const struct delivery *delivery, enum condition_id id)
{
	if (id >= CONDITION_ENCRYPTED || (delivery->options->noscan && id >= CONDITION_BODYTEXT))
		return true;
	return delivery->control.filters.conditions[id].on &&
	       (conditions[id].needs & (NEED_TYPES | NEED_MEMBERS));
}

int delivery_examine(struct delivery *delivery, bool *quit, struct error *error)
{
	const struct check check = delivery_check(delivery, &delivery->findings);
	const unsigned needs = needs_of_all(delivery);
	bool opened = needs == 0;
	uint64_t started = clock_us();

	*quit = false;
	for (unsigned id = 0; id < CONDITION_COUNT && !*quit; id++) {
		int result;

		if (!opened && opens_before(delivery, (enum condition_id)id)) {
			result = open_and_mark(delivery, error);
			if (result)
				return result;
			opened = true;
		}
		if (!is_judged(delivery, (enum condition_id)id))
			continue;
		result = conditions[id].check(&check, error);
		if (result)
			return error_set_errno(error, result, "condition %s",
				condition_name((enum condition_id)id));
		*quit = decide_may_quit(
			&delivery->control.filters, &delivery->findings, (enum condition_id)id);
	}
	delivery->stage_us[STAGE_CONDITIONS] =
		clock_us() - started - delivery->stage_us[STAGE_OPEN];
	return 0;
}

/*
 * A record tells of what was found with its type, which is what libmagic says, if it was not known
 * before that none of the rules is for it. What cannot be had is left out: a mail that is decided is not
 * deferred for a word in its record.
 */
void delivery_type_found(struct delivery *delivery)
{
	const struct findings *findings = &delivery->findings;
	uint64_t started = clock_us();
	struct error ignored = {0};
	struct open_request request;
	bool any = false;

	for (size_t i = 0; i < findings->count; i++) {
		const int index = findings->list[i].object;
		struct object *object;

		if (index < 0 || (size_t)index >= delivery->objects.count)
			continue;
		object = &delivery->objects.list[index];
		if (!(object->flags & OBJECT_UNTYPED) || object->mime)
			continue;
		object->flags |= OBJECT_NAMED;
		any = true;
	}
	if (!any || make_request(delivery, &request, &ignored))
		return;
	request.types = request.named = true;
	(void)open_objects(&request, &delivery->objects, &ignored);
	delivery->stage_us[STAGE_OPEN] += clock_us() - started;
}
