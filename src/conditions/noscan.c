/* What -n keeps from the scanners; see noscan.h. */
#include "conditions/noscan.h"

#include "conditions/type_match.h"

#define NOT_BY_TYPE_ALONE (OBJECT_EXECUTABLE | OBJECT_ENCRYPTED | OBJECT_OVERLIMIT | OBJECT_DAMAGED)

/* Every flag but an unclosed multipart: mailers forget that, and nothing hides behind it. */
#define STRUCTURE_DOUBTFUL \
	(PART_OVER_ANY | PART_NO_BOUNDARY | PART_NO_DELIMITER | PART_BAD_ENCODING | \
		PART_TRUNCATED | PART_ENCODED_MULTIPART | PART_BAD_TYPE | PART_DUPLICATE | \
		PART_UNKNOWN_ENCODING | PART_PARTIAL | PART_NUL)

static bool is_negative(const struct patterns *types, const struct object *object)
{
	if (object->flags & NOT_BY_TYPE_ALONE)
		return false;
	if (object->content && object->content->bytes.len == 0)
		return true;
	for (size_t i = 0; i < types->count; i++)
		if (type_matches(&types->list[i], object, NULL))
			return true;
	return false;
}

void noscan_mark(
	const struct control *control, const struct message *message, struct objects *objects)
{
	bool all = !(message->reading.flags & STRUCTURE_DOUBTFUL);

	for (size_t i = 1; i < objects->count; i++) {
		if (is_negative(&control->noscantypes, &objects->list[i]))
			objects->list[i].flags |= OBJECT_NEGATIVE;
		else
			all = false;
	}
	if (all && objects->count > 1)
		objects->list[0].flags |= OBJECT_NEGATIVE;
}
