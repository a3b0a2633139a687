/* Sentences by key; see words.h. */
#include "react/words.h"

#include "control/syntax.h"
#include "message/utf8.h"

#include <errno.h>

#define REASON "reason."

/* Where the sentence of `key` belongs, or NULL. */
static struct slice *find(struct words *words, struct slice key)
{
	enum condition_id id;

	if (slice_eq_nocase_cstr(key, "fate.kept"))
		return &words->kept;
	if (slice_eq_nocase_cstr(key, "fate.dropped"))
		return &words->dropped;
	if (slice_starts_nocase(key, REASON) &&
		condition_from_name(slice_from(key, sizeof(REASON) - 1), &id))
		return &words->reasons[id];
	return NULL;
}

int words_parse(struct slice text, const char *path, struct words *words, struct error *error)
{
	struct syntax syntax;
	struct words found = {{{0}}};
	struct slice line;
	int result = syntax_begin(&syntax, text, path, error);

	if (result)
		return result;
	while (syntax_next(&syntax, &line)) {
		struct slice key, value, *place;

		if (!syntax_pair(line, &key, &value) || value.len == 0)
			return syntax_error(&syntax, error, line, "must be KEY = sentence");
		place = find(&found, key);
		if (!place)
			return syntax_error(&syntax, error, key,
				"no such key (reason.CONDITION, fate.kept, fate.dropped)");
		if (place->len > 0)
			return syntax_error(&syntax, error, key, "is given twice");
		if (utf8_valid_prefix(value) < value.len)
			return syntax_error(&syntax, error, key, "this is not UTF-8");
		*place = value;
	}
	*words = found;
	return 0;
}

void words_add(struct words *words, const struct words *others)
{
	for (enum condition_id id = 0; id < CONDITION_COUNT; id++)
		if (words->reasons[id].len == 0)
			words->reasons[id] = others->reasons[id];
	if (words->kept.len == 0)
		words->kept = others->kept;
	if (words->dropped.len == 0)
		words->dropped = others->dropped;
}

int words_check(const struct words *words, const char *path, struct error *error)
{
	for (enum condition_id id = 0; id < CONDITION_COUNT; id++)
		if (words->reasons[id].len == 0)
			return error_set(error, -EINVAL, "%s: '%s%s': is missing", path, REASON,
				condition_name(id));
	if (words->kept.len == 0 || words->dropped.len == 0)
		return error_set(error, -EINVAL, "%s: '%s': is missing", path,
			words->kept.len == 0 ? "fate.kept" : "fate.dropped");
	return 0;
}
