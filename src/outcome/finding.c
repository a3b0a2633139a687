/* The list of findings; see finding.h. */
#include "outcome/finding.h"

#include <errno.h>

#define FINDINGS_PER_CONDITION 64

int findings_add(struct findings *findings, struct arena *arena, const struct finding *finding)
{
	unsigned same = 0;

	for (size_t i = 0; i < findings->count; i++)
		same += findings->list[i].condition == finding->condition;
	if (same < FINDINGS_PER_CONDITION) {
		if (findings->count == findings->cap) {
			size_t cap = findings->cap ? findings->cap * 2 : 8;
			struct finding *list = arena_array(arena, cap, sizeof(*list));

			if (!list)
				return -ENOMEM;
			if (findings->count > 0)
				memcpy(list, findings->list, findings->count * sizeof(*list));
			findings->list = list;
			findings->cap = cap;
		}
		findings->list[findings->count++] = *finding;
	}
	findings->met |= CONDITION_BIT(finding->condition);
	return 0;
}

const struct finding *findings_first(const struct findings *findings, enum condition_id condition)
{
	for (size_t i = 0; i < findings->count; i++)
		if (findings->list[i].condition == condition)
			return &findings->list[i];
	return NULL;
}
