/*
 * Condition `subject`: a decoded Subject contains a string of badsubjects. A mail may carry several
 * Subject fields, of which mail programs show the first or the last: each is looked at.
 */
#include <errno.h>

#include "conditions/list.h"
#include "conditions/rule.h"
#include "conditions/text_rules.h"
#include "message/message.h"

int subject_check(const struct check *check, struct error *error)
{
	const struct reading *reading = &check->message->reading;
	bool ignorecase = check->control->filters.conditions[CONDITION_SUBJECT].ignorecase;
	__attribute__((cleanup(text_rules_release))) struct text_rules rules = {0};
	const struct header_field *field = NULL;
	cleanup_buf struct buf subject = {0};
	struct text_met met;
	int code;

	if (reading->count == 0)
		return 0;
	code = text_rules_make(&rules, &check->control->subjects, ignorecase, error);
	while (code == 0 &&
		(field = header_next(&reading->parts[0].header, "Subject", field))) {
		buf_clear(&subject);
		code = header_decode(field->value, &subject);
		if (code == 0)
			code = text_rules_search(&rules, buf_slice(&subject), &met);
		if (code == TEXT_MET)
			return rule_met(check, CONDITION_SUBJECT, FINDING_NO_OBJECT, met.pattern,
				buf_slice(&subject));
		if (code == TEXT_LIMIT)
			code = rule_too_slow(check, rules.path, FINDING_NO_OBJECT, met.pattern);
	}
	return code;
}

int subject_prepare(const struct control *control, struct error *error)
{
	return text_rules_check(&control->subjects, error);
}
