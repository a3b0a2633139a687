/* A bounded set of names; see name_forms.h. */
#include "message/name_forms.h"
#include "message/utf8.h"

#include <errno.h>

#define LATE_FORMS (NAME_FORMS_MAX / 4)

static bool contains(const struct slice *list, size_t count, struct slice name)
{
	for (size_t i = 0; i < count; i++)
		if (slice_eq(list[i], name))
			return true;
	return false;
}

static struct slice keep_end(struct slice name)
{
	if (name.len <= NAME_MAX_BYTES)
		return name;
	name = slice_from(name, name.len - NAME_MAX_BYTES);
	while (name.len > 0 && (name.data[0] & 0xc0) == 0x80)
		name = slice_from(name, 1);
	return name;
}

int name_forms_add(struct name_forms *forms, struct slice name)
{
	struct slice copy;

	name = keep_end(name);
	if (name.len == 0 || slice_eq(name, forms->itself) ||
		contains(forms->list, forms->count, name))
		return 0;
	copy = arena_copy(forms->arena, name);
	if (!copy.data)
		return -ENOMEM;
	if (forms->count < NAME_FORMS_MAX) {
		forms->list[forms->count++] = copy;
		return 0;
	}
	forms->list[NAME_FORMS_MAX - LATE_FORMS + forms->next_late] = copy;
	forms->next_late = (forms->next_late + 1) % LATE_FORMS;
	return 0;
}

int name_forms_append(struct name_forms *forms, struct slice **list, size_t *count)
{
	struct slice *all;
	size_t total = *count;

	if (forms->count == 0)
		return 0;
	all = arena_array(forms->arena, *count + forms->count, sizeof(*all));
	if (!all)
		return -ENOMEM;
	if (*count > 0)
		memcpy(all, *list, *count * sizeof(*all));
	for (size_t i = 0; i < forms->count; i++)
		if (!contains(all, *count, forms->list[i]))
			all[total++] = forms->list[i];
	*list = all;
	*count = total;
	return 0;
}
