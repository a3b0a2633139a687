/* qmail's control/virtualdomains; see virtualdomains.h. */
#include "control/virtualdomains.h"

#include "control/syntax.h"

#include <errno.h>

int virtualdomains_parse(struct arena *arena, struct slice text, const char *path,
	struct virtualdomains *domains, struct error *error)
{
	struct virtualdomain *items;
	struct syntax syntax;
	struct slice line;
	size_t count = 0;
	int failed = syntax_begin(&syntax, text, path, error);

	if (failed)
		return failed;
	items = arena_array(arena, syntax_count(&syntax) + 1, sizeof(*items));
	if (!items)
		return error_set_errno(error, -ENOMEM, "%s", path);
	while (syntax_next(&syntax, &line)) {
		size_t colon = slice_find_byte(line, ':', 0);

		if (colon < line.len) /* else qmail sees nothing in it (constmap_init()) */
			items[count++] = (struct virtualdomain){
				slice_first(line, colon), slice_from(line, colon + 1)};
	}
	*domains = (struct virtualdomains){items, count};
	return 0;
}
