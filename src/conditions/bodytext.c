/*
 * Condition `bodytext`: a text part, decoded, contains a string of badbodytexts, or a command
 * listed there says so. HTML is searched as it stands and as a person reads it. Strings cost little
 * and commands much, so a command runs only when no string was met; commands run in the order
 * written, and the first that meets ends them.
 */
#include <errno.h>

#include "conditions/command.h"
#include "conditions/list.h"
#include "conditions/rule.h"
#include "conditions/text_rules.h"
#include "message/text.h"

/* Under -n strings are searched in what is harmless by its type; else in every text. */
static bool is_searched(
	const struct check *check, const struct object *object, const struct part *part)
{
	if (!part || object->kind == OBJECT_MESSAGE)
		return false;
	if (check->options->noscan && !(object->flags & (OBJECT_NEGATIVE | OBJECT_TEXT)))
		return false;
	return (object->flags & OBJECT_TEXT) || text_is_searchable(part);
}

/* Returns a text_result or -ENOMEM. */
static int search_part(struct text_rules *rules, const struct part *part, struct text_met *met)
{
	cleanup_buf struct buf room = {0}, plain = {0};
	struct slice text;
	int code = text_utf8(part, &room, &text);

	if (code == 0)
		code = text_rules_search(rules, text, met);
	if (code != TEXT_NONE || !text_is_html(part))
		return code;
	code = text_from_html(text, &plain);
	return code ? code : text_rules_search(rules, buf_slice(&plain), met);
}

/* Sets *any when a text met a rule. */
static int check_texts(const struct check *check, bool *any, struct error *error)
{
	bool ignorecase = check->control->filters.conditions[CONDITION_BODYTEXT].ignorecase;
	__attribute__((cleanup(text_rules_release))) struct text_rules rules = {0};
	struct text_met met;
	int code = text_rules_make(&rules, &check->control->bodytexts, ignorecase, error);

	if (rules.string_count + rules.regex_count == 0)
		return code;
	for (size_t i = 0; code == 0 && i < check->objects->count; i++) {
		const struct object *object = &check->objects->list[i];
		struct part room;
		const struct part *part = text_part(object, &room);

		if (!is_searched(check, object, part))
			continue;
		code = search_part(&rules, part, &met);
		if (code == TEXT_MET) {
			*any = true;
			code = rule_met(check, CONDITION_BODYTEXT, (int)i, met.pattern,
				slice_cstr(met.around));
		} else if (code == TEXT_LIMIT) {
			code = rule_too_slow(check, rules.path, (int)i, met.pattern);
		}
	}
	return code;
}

static int check_commands(const struct check *check, struct error *error)
{
	const struct patterns *patterns = &check->control->bodytexts;

	for (size_t i = 0; i < patterns->count; i++) {
		bool met;
		int code;

		if (patterns->list[i].kind != PATTERN_COMMAND)
			continue;
		code = command_run(check, patterns->path, &patterns->list[i], &met, error);
		if (code)
			return code;
		if (met) {
			struct finding finding = {
				.condition = CONDITION_BODYTEXT,
				.object = FINDING_NO_OBJECT,
				.pattern = rule_text(check->arena, &patterns->list[i]),
				.detail = "a command",
				.by_command = true,
			};

			return finding.pattern
				       ? findings_add(check->findings, check->arena, &finding)
				       : -ENOMEM;
		}
	}
	return 0;
}

int bodytext_check(const struct check *check, struct error *error)
{
	bool any = false;
	int code = check_texts(check, &any, error);

	return code || any ? code : check_commands(check, error);
}

int bodytext_prepare(const struct control *control, struct error *error)
{
	return text_rules_check(&control->bodytexts, error);
}
