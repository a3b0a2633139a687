/*
 * What -n keeps from the scanners; see noscan.h. The one thing that must not happen is that a mail
 * program unpacks something from what we took for harmless text: see message/doubt.h.
 */
#include "conditions/noscan.h"

#include "conditions/type_match.h"
#include "message/doubt.h"

#define NOT_BY_TYPE_ALONE \
	(OBJECT_EXECUTABLE | OBJECT_ENCRYPTED | OBJECT_OVERLIMIT | OBJECT_DAMAGED | \
		OBJECT_UNSUPPORTED | OBJECT_CONTAINER)

static bool is_negative(const struct patterns *types, const struct object *object)
{
	if (object->flags & NOT_BY_TYPE_ALONE)
		return false;
	if (object->content && object->content->bytes.len == 0)
		return true;
	for (size_t i = 0; i < types->count; i++)
		if (type_matches(&types->list[i], object, NULL))
			return !object->content || !text_holds_mail(object->content->bytes);
	return false;
}

void noscan_mark(
	const struct control *control, const struct message *message, struct objects *objects)
{
	bool all = !message_is_doubtful(message);

	for (size_t i = 1; i < objects->count; i++) {
		if (is_negative(&control->noscantypes, &objects->list[i]))
			objects->list[i].flags |= OBJECT_NEGATIVE;
		else
			all = false;
	}
	if (all && objects->count > 1)
		objects->list[0].flags |= OBJECT_NEGATIVE;
}
