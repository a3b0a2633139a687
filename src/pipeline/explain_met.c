/*
 * What met the conditions, each with the place of its rule. A finding carries its rule in words, as
 * the log wants it; the line is found again by them, so that the filter need not carry it along.
 */
#include "conditions/rule.h"
#include "pipeline/explanation.h"

#include <errno.h>

static const struct patterns *rules_of(const struct control *control, enum condition_id id)
{
	switch (id) {
	case CONDITION_SUBJECT:
		return &control->subjects;
	case CONDITION_BODYTEXT:
		return &control->bodytexts;
	case CONDITION_FILENAME:
		return &control->filenames;
	case CONDITION_MIMETYPE:
		return &control->mimetypes;
	case CONDITION_LOADERTYPE:
		return &control->loadertypes;
	case CONDITION_ERRORS:
	case CONDITION_AMBIGUOUS:
	case CONDITION_ENCRYPTED:
	case CONDITION_OVERLIMIT:
	case CONDITION_VIRUS:
	case CONDITION_COUNT:
		break;
	}
	return NULL;
}

static int find_place(
	const struct control *control, const struct finding *finding, struct place *place)
{
	const struct patterns *rules = rules_of(control, finding->condition);
	cleanup_arena struct arena arena = {0};

	*place = (struct place){0};
	if (finding->condition == CONDITION_ERRORS)
		place->path = control->mailheaders.path;
	if (!rules || !finding->pattern)
		return 0;
	for (size_t i = 0; i < rules->count; i++) {
		const char *text = rule_text(&arena, &rules->list[i]);

		if (!text)
			return -ENOMEM;
		if (strcmp(text, finding->pattern) != 0)
			continue;
		*place = (struct place){rules->path, rules->list[i].line};
		return 0;
	}
	return 0;
}

static int add_condition(struct explanation *explanation, const struct findings *findings,
	enum condition_id id, bool beyond)
{
	for (size_t i = 0; i < findings->count; i++) {
		struct met *met = &explanation->met[explanation->met_count];

		if (findings->list[i].condition != id)
			continue;
		*met = (struct met){.finding = &findings->list[i], .beyond = beyond};
		if (find_place(&explanation->delivery->control, met->finding, &met->place))
			return -ENOMEM;
		explanation->met_count++;
	}
	return 0;
}

int explain_met(struct explanation *explanation, struct error *error)
{
	struct delivery *delivery = explanation->delivery;
	size_t count = delivery->findings.count + explanation->beyond.count;

	explanation->met = arena_array(&delivery->arena, count + 1, sizeof(*explanation->met));
	if (!explanation->met)
		return error_set_errno(error, -ENOMEM, "cannot list what was met");
	for (enum condition_id id = 0; id < CONDITION_COUNT; id++)
		if (add_condition(explanation, &delivery->findings, id, false) ||
			add_condition(explanation, &explanation->beyond, id, true))
			return error_set_errno(error, -ENOMEM, "cannot list what was met");
	return 0;
}
