/*
 * Condition `encrypted`: something in the mail is closed with a password, so nobody but who knows
 * it can tell what is inside.
 */
#include <errno.h>

#include "conditions/list.h"
#include "conditions/rule.h"

int encrypted_check(const struct check *check, struct error *error)
{
	(void)error;
	for (size_t i = 0; i < check->objects->count; i++) {
		const struct object *object = &check->objects->list[i];
		cleanup_buf struct buf label = {0};
		int code;

		if (!(object->flags & OBJECT_ENCRYPTED))
			continue;
		code = object_label(check->objects, object, &label);
		if (code == 0)
			code = rule_met_words(
				check, CONDITION_ENCRYPTED, (int)i, "encrypted", buf_slice(&label));
		if (code)
			return code;
	}
	return 0;
}
