/* Conditions and scanners of an explanation, for people. */
#include "pipeline/explain_text.h"

#include "pipeline/explain_words.h"

#include <stdio.h>

#define MARK_AT	       2
#define NAME_AT	       4
#define STATE_AT       16
#define TEXT_AT	       30
#define FINDINGS_SHOWN 5

static bool is_on(const struct explanation *explanation, enum condition_id id)
{
	const struct filter *filter = &explanation->delivery->control.filters.conditions[id];

	return filter->on || (id == CONDITION_OVERLIMIT && !filter->present);
}

/* The file's name alone when the profile has one directory; else people want to know which. */
static const char *short_path(const struct explanation *explanation, const char *path)
{
	const char *slash = strrchr(path, '/');

	return explanation->profile.dir_count > 1 || !slash ? path : slash + 1;
}

static void put_place(
	struct screen *screen, const struct explanation *explanation, const struct place *place)
{
	char line[16] = "";

	if (!place->path)
		return;
	if (place->line > 0)
		snprintf(line, sizeof(line), ":%u", place->line);
	screen_wrap_cstr(screen, STYLE_DIM, "  ");
	screen_wrap_shown(screen, STYLE_DIM, short_path(explanation, place->path));
	screen_wrap_cstr(screen, STYLE_DIM, line);
}

static void put_finding(struct screen *screen, const struct explanation *explanation,
	const struct met *met, bool beyond)
{
	const struct finding *finding = met->finding;
	const char *rule = finding->pattern ? finding->pattern : "";
	const char *detail = finding->detail ? finding->detail : "";
	char number[16];

	screen_to(screen, TEXT_AT);
	if (finding->object != FINDING_NO_OBJECT) {
		snprintf(number, sizeof(number), "#%d ", finding->object);
		screen_say(screen, STYLE_DIM, number);
	}
	screen_wrap_shown(screen, beyond ? STYLE_PLAIN : STYLE_BAD, rule);
	put_place(screen, explanation, &met->place);
	if (*detail && strcmp(rule, detail) != 0) {
		screen_wrap_cstr(screen, STYLE_DIM,
			finding->condition == CONDITION_VIRUS ? "  in " : "  by ");
		screen_wrap_shown(screen, STYLE_NAME, detail);
	}
	screen_end(screen);
}

/* What is done about a condition that is met: "keep", and in *why what the file does not say. */
static const char *consequence(
	const struct explanation *explanation, enum condition_id id, const char **why)
{
	const struct filter *filter = &explanation->delivery->control.filters.conditions[id];

	*why = NULL;
	if (!is_on(explanation, id)) {
		*why = "it is off, and only logged";
		return "log";
	}
	if (!filter->present)
		*why = "the default, for want of a line in filters";
	return action_name(filter->present ? filter->action : ACTION_KEEP);
}

static void put_reason(struct screen *screen, const char *why)
{
	screen_to(screen, TEXT_AT);
	screen_wrap_shown(screen, STYLE_DIM, why);
	screen_end(screen);
}

static void put_met(
	struct screen *screen, const struct explanation *explanation, enum condition_id id)
{
	size_t shown = 0, more = 0;
	char text[64];
	const char *why, *action = consequence(explanation, id, &why);

	screen_say(screen, STYLE_PLAIN, ": ");
	screen_say(screen, explanation->trials[id].beyond ? STYLE_PLAIN : STYLE_WARN, action);

	for (size_t i = 0; i < explanation->met_count; i++) {
		const struct met *met = &explanation->met[i];

		if (met->finding->condition != id)
			continue;
		if (shown < FINDINGS_SHOWN) {
			put_finding(screen, explanation, met, explanation->trials[id].beyond);
			shown++;
		} else {
			more++;
		}
	}
	if (more > 0) {
		snprintf(text, sizeof(text), "and %zu more", more);
		screen_to(screen, TEXT_AT);
		screen_say(screen, STYLE_DIM, text);
		screen_end(screen);
	}
	if (shown == 0 && explanation->trials[id].why)
		put_reason(screen, explanation->trials[id].why);
	if (why)
		put_reason(screen, why);
	if (screen->column > 0)
		screen_end(screen);
}

static void put_head(struct screen *screen, const struct explanation *explanation,
	enum condition_id id, enum style style, const char *mark, const char *state)
{
	bool quiet = explanation->trials[id].state == TRIAL_OFF ||
		     explanation->trials[id].state == TRIAL_ABSENT;

	screen_to(screen, MARK_AT);
	screen_say(screen, style, mark);
	screen_to(screen, NAME_AT);
	screen_say(screen, quiet ? STYLE_DIM : STYLE_PLAIN, condition_name(id));
	screen_to(screen, STATE_AT);
	screen_say(screen, style, state);
}

/* Did every scanner that was asked say something that settles the question? */
static bool all_answered(const struct explanation *explanation)
{
	for (unsigned i = 0; i < explanation->scans.count; i++)
		if (explanation->scans.list[i].verdict > VERDICT_CLEAN)
			return false;
	return true;
}

static void put_condition(
	struct screen *screen, const struct explanation *explanation, enum condition_id id)
{
	const struct trial *trial = &explanation->trials[id];
	const struct signs *signs = screen->signs;

	if (trial->state == TRIAL_OFF && !trial->met) {
		put_head(screen, explanation, id, STYLE_DIM, signs->off, "off");
	} else if (trial->state == TRIAL_ABSENT) {
		put_head(screen, explanation, id, STYLE_DIM, signs->off,
			"comes with a later version");
	} else if (trial->state == TRIAL_FAILED) {
		put_head(screen, explanation, id, STYLE_BAD, "!", "failed");
		screen_to(screen, TEXT_AT);
		screen_wrap_shown(screen, STYLE_BAD, trial->why);
	} else if (trial->met) {
		put_head(screen, explanation, id, trial->beyond ? STYLE_WARN : STYLE_BAD,
			trial->beyond ? signs->beyond : signs->met, "met");
		put_met(screen, explanation, id);
		return;
	} else {
		bool unknown = id == CONDITION_VIRUS && !all_answered(explanation);

		put_head(screen, explanation, id, unknown ? STYLE_WARN : STYLE_GOOD,
			unknown ? "?" : signs->unmet, unknown ? "unknown" : "not met");
		screen_to(screen, TEXT_AT);
		screen_wrap_shown(screen, STYLE_DIM, trial->why);
	}
	screen_end(screen);
}

/* The line above what the filter would not have come to. */
static void put_end_of_search(
	struct screen *screen, const struct explanation *explanation, const char *not_done)
{
	const char *name = condition_name(explanation->ended_by);
	bool failed = explanation->trials[explanation->ended_by].state == TRIAL_FAILED;
	char text[160];

	snprintf(text, sizeof(text), " would not be %s, %s %s ", not_done, name,
		failed ? "could not be judged" : "ended the search (quitasap)");
	screen_to(screen, MARK_AT);
	screen_say(screen, STYLE_DIM, screen->signs->rule);
	screen_say(screen, STYLE_DIM, screen->signs->rule);
	screen_say(screen, STYLE_WARN, text);
	while (screen->column < 78)
		screen_say(screen, STYLE_DIM, screen->signs->rule);
	screen_end(screen);
}

void explain_text_conditions(struct screen *screen, const struct explanation *explanation)
{
	bool told = false;

	explain_text_title(screen, "Conditions");
	screen->margin = TEXT_AT;
	for (enum condition_id id = 0; id < CONDITION_COUNT; id++) {
		if (explanation->trials[id].beyond && !told) {
			put_end_of_search(screen, explanation, "tried");
			told = true;
		}
		put_condition(screen, explanation, id);
	}
	screen->margin = 0;
}

static enum style verdict_style(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_CLEAN:
		return STYLE_GOOD;
	case VERDICT_SKIPPED:
	case VERDICT_CANCELLED:
		return STYLE_DIM;
	case VERDICT_LIMIT:
	case VERDICT_ENCRYPTED:
	case VERDICT_SUSPICIOUS:
		return STYLE_WARN;
	default:
		return STYLE_BAD;
	}
}

static const char *verdict_mark(const struct screen *screen, enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_CLEAN:
		return screen->signs->unmet;
	case VERDICT_SKIPPED:
	case VERDICT_CANCELLED:
		return screen->signs->off;
	case VERDICT_INFECTED:
	case VERDICT_SUSPICIOUS:
	case VERDICT_LIMIT:
	case VERDICT_ENCRYPTED:
		return screen->signs->met;
	default:
		return "!";
	}
}

/* "#4 Eicar-Test-Signature  in eicar.com". */
static void put_virus(struct screen *screen, const struct explanation *explanation,
	const struct scan_result *result, unsigned at)
{
	const struct objects *objects = &explanation->delivery->objects;
	int object = result->virus_objects[at];
	char number[16];

	if (object >= 0) {
		snprintf(number, sizeof(number), "#%d ", object);
		screen_say(screen, STYLE_DIM, number);
	}
	screen_wrap_shown(screen, STYLE_BAD, result->viruses[at]);
	if (object < 0 || (size_t)object >= objects->count)
		return;
	screen_wrap_cstr(screen, STYLE_DIM, "  in ");
	if (objects->list[object].name_count > 0) {
		cleanup_buf struct buf label = {0}, name = {0};

		object_label(objects, &objects->list[object], &label);
		screen_shown(screen, buf_slice(&label), &name);
		screen_wrap(screen, STYLE_NAME, buf_slice(&name));
	} else {
		screen_wrap_cstr(screen, STYLE_DIM,
			object == 0 ? "the whole mail" : "a part without a name");
	}
}

#define VERDICT_AT 33
#define MS_END	   57

/* Where its time went, when it was asked at all. */
static void put_split(struct screen *screen, const struct scan_result *result)
{
	char line[100];

	if (result->reach_us == 0 && result->send_us == 0)
		return;
	snprintf(line, sizeof(line), "waiting %.1f, sending %.1f, scanning %.1f",
		(double)result->reach_us / 1000, (double)result->send_us / 1000,
		(double)result->scan_us / 1000);
	screen_to(screen, screen->margin);
	screen_wrap_cstr(screen, STYLE_DIM, line);
	screen_end(screen);
}

static void put_scanner(struct screen *screen, const struct explanation *explanation, unsigned at)
{
	const struct scan_result *result = &explanation->scans.list[at];
	cleanup_buf struct buf name = {0};
	char ms[32];

	screen_shown(screen, slice_cstr(result->name), &name);
	screen_to(screen, MARK_AT);
	screen_say(screen, verdict_style(result->verdict), verdict_mark(screen, result->verdict));
	screen_to(screen, NAME_AT);
	screen_say(screen, STYLE_NAME, result->initial);
	screen_to(screen, NAME_AT + 3);
	screen_fit(screen, STYLE_PLAIN, buf_slice(&name), VERDICT_AT - screen->column - 2);
	screen_to(screen, VERDICT_AT);
	screen_say(screen, verdict_style(result->verdict), verdict_name(result->verdict));
	if (result->latency_us > 0) {
		int len = snprintf(ms, sizeof(ms), "%.1f ms", (double)result->latency_us / 1000);

		screen_to(screen, MS_END - (unsigned)len);
		screen_say(screen, STYLE_PLAIN, ms);
	}
	screen_end(screen);
	put_split(screen, result);
	for (unsigned i = 0; i < result->virus_count; i++) {
		screen_to(screen, screen->margin);
		put_virus(screen, explanation, result, i);
		screen_end(screen);
	}
	if (result->whitelisted) {
		screen_to(screen, screen->margin);
		screen_wrap_shown(screen, STYLE_PLAIN, result->whitelisted_name);
		screen_wrap_cstr(screen, STYLE_DIM, ": does not count (whitelist)");
		screen_end(screen);
	}
	if (result->text && *result->text) {
		screen_to(screen, screen->margin);
		screen_wrap_shown(screen, verdict_style(result->verdict), result->text);
		screen_end(screen);
	}
}

void explain_text_scanners(struct screen *screen, const struct explanation *explanation)
{
	explain_text_title(screen, "Scanners");
	screen->margin = NAME_AT + 3;
	if (explanation->scans.count == 0) {
		screen_to(screen, MARK_AT);
		screen_say(screen, STYLE_DIM, "none asked");
		screen_end(screen);
	} else if (explanation->scans_beyond) {
		put_end_of_search(screen, explanation, "asked");
	}
	for (unsigned i = 0; i < explanation->scans.count; i++)
		put_scanner(screen, explanation, i);
	screen->margin = 0;
}
