/*
 * Condition `filename`: a name of a part or member matches badfilenames. A part can have many names
 * (each mail program shows its own) and each name many forms; all are tried. So that many names and
 * many rules do not multiply, rules are sorted by the last byte they ask for: `*.exe` is only tried
 * on names that end in "e".
 */
#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "conditions/list.h"
#include "conditions/rule.h"
#include "message/names.h"

#define BUCKETS	   257
#define ANY_ENDING 256 /* rules whose end is a wildcard */

struct name_rules {
	const struct patterns *patterns;
	size_t *order;		   /* indexes of patterns, by bucket; as written within one */
	size_t start[BUCKETS + 1]; /* where in `order` each bucket begins */
};

static void name_rules_release(struct name_rules *rules)
{
	free(rules->order);
}

static unsigned bucket_of(struct slice rule)
{
	unsigned char last = rule.len > 0 ? rule.data[rule.len - 1] : 0;

	return strchr("*?]", last) ? ANY_ENDING : ascii_lower(last);
}

/* A counting sort. */
static int name_rules_make(struct name_rules *rules, const struct patterns *patterns)
{
	size_t next[BUCKETS];

	rules->patterns = patterns;
	rules->order = calloc(patterns->count ? patterns->count : 1, sizeof(*rules->order));
	if (!rules->order)
		return -ENOMEM;
	for (size_t i = 0; i < patterns->count; i++)
		rules->start[bucket_of(patterns->list[i].text) + 1]++;
	for (size_t b = 0; b < BUCKETS; b++)
		rules->start[b + 1] += rules->start[b];
	memcpy(next, rules->start, sizeof(next));
	for (size_t i = 0; i < patterns->count; i++)
		rules->order[next[bucket_of(patterns->list[i].text)]++] = i;
	return 0;
}

static const struct pattern *match_bucket(
	const struct name_rules *rules, unsigned bucket, struct slice name)
{
	for (size_t i = rules->start[bucket]; i < rules->start[bucket + 1]; i++) {
		const struct pattern *pattern = &rules->patterns->list[rules->order[i]];

		if (pattern_matches_name(pattern->text, name))
			return pattern;
	}
	return NULL;
}

static const struct pattern *match_name(const struct name_rules *rules, struct slice name)
{
	const struct pattern *found;

	if (name.len == 0)
		return NULL;
	found = match_bucket(rules, ascii_lower(name.data[name.len - 1]), name);
	return found ? found : match_bucket(rules, ANY_ENDING, name);
}

/* Sets *found and *form (in the arena or the object) when a form of a name matches. */
static int match_object(const struct name_rules *rules, const struct object *object,
	struct arena *arena, const struct pattern **found, struct slice *form)
{
	for (size_t i = 0; i < object->name_count; i++) {
		struct slice *forms = NULL;
		size_t count = 0;

		*form = object->names[i];
		*found = match_name(rules, *form);
		if (*found)
			return 0;
		if (names_variants(arena, object->names[i], &forms, &count))
			return -ENOMEM;
		for (size_t f = 0; f < count; f++) {
			*form = forms[f];
			*found = match_name(rules, *form);
			if (*found)
				return 0;
		}
	}
	*found = NULL;
	return 0;
}

int filename_check(const struct check *check, struct error *error)
{
	__attribute__((cleanup(name_rules_release))) struct name_rules rules = {0};
	int code = name_rules_make(&rules, &check->control->filenames);

	(void)error;
	for (size_t i = 1; code == 0 && i < check->objects->count; i++) {
		cleanup_arena struct arena arena = {0};
		const struct pattern *found;
		struct slice form;

		code = match_object(&rules, &check->objects->list[i], &arena, &found, &form);
		if (code == 0 && found)
			code = rule_met(check, CONDITION_FILENAME, (int)i, found, form);
	}
	return code;
}
