/* Condition `mimetype`: the content of a part or member is of a type listed in badmimetypes. */
#include <errno.h>

#include "conditions/list.h"
#include "conditions/rule.h"
#include "conditions/type_match.h"

int mimetype_check(const struct check *check, struct error *error)
{
	const struct patterns *patterns = &check->control->mimetypes;

	(void)error;
	for (size_t i = 1; i < check->objects->count; i++) {
		const struct object *object = &check->objects->list[i];

		for (size_t p = 0; p < patterns->count; p++) {
			const char *type;
			int code;

			if (!type_matches(&patterns->list[p], object, &type))
				continue;
			code = rule_met(check, CONDITION_MIMETYPE, (int)i, &patterns->list[p],
				slice_cstr(type));
			if (code)
				return code;
			break;
		}
	}
	return 0;
}
