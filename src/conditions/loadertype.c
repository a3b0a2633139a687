/*
 * Condition `loadertype`: an executable carries what badloadertypes lists. Strings are looked for
 * in all of the decoded content, where no alignment of base64 can hide them, with ASCII's case
 * ignored as loaders do; imports are what qmvc-open read out of the file's own tables; first bytes
 * are looked at in every object, executable or not.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "conditions/list.h"
#include "conditions/rule.h"
#include "conditions/text_search.h"

#define PIECE ((size_t)16 * 1024)

struct loader_rules {
	const struct patterns *patterns;
	const struct pattern **strings; /* those in `search` */
	size_t string_count;
	struct text_search search;
	bool made;
};

static void loader_rules_release(struct loader_rules *rules)
{
	free(rules->strings);
	text_search_release(&rules->search);
}

static void lower(struct slice bytes, unsigned char *out)
{
	for (size_t i = 0; i < bytes.len; i++)
		out[i] = ascii_lower(bytes.data[i]);
}

/* Made when the first executable turns up: most mails have none. */
static int make_search(struct loader_rules *rules)
{
	const struct patterns *patterns = rules->patterns;
	cleanup_free struct slice *lowered = calloc(patterns->count, sizeof(*lowered));
	cleanup_buf struct buf room = {0};
	size_t bytes = 0;

	rules->made = true;
	rules->strings = calloc(patterns->count, sizeof(*rules->strings));
	for (size_t i = 0; i < patterns->count; i++)
		bytes += patterns->list[i].text.len;
	if (!lowered || !rules->strings || buf_reserve(&room, bytes + 1))
		return -ENOMEM;
	for (size_t i = 0; i < patterns->count; i++) {
		struct slice text = patterns->list[i].text;

		if (patterns->list[i].kind != PATTERN_STRING)
			continue;
		lower(text, room.data + room.len);
		lowered[rules->string_count] = slice_make(room.data + room.len, text.len);
		rules->strings[rules->string_count++] = &patterns->list[i];
		room.len += text.len;
	}
	return text_search_make(&rules->search, lowered, rules->string_count);
}

static const struct pattern *find_string(const struct loader_rules *rules, struct slice content)
{
	unsigned char room[PIECE];
	struct text_search_state state = {0};
	struct text_hit hit;

	while (content.len > 0) {
		struct slice piece = slice_first(content, PIECE);

		lower(piece, room);
		if (text_search_feed(&rules->search, &state, slice_make(room, piece.len), &hit))
			return rules->strings[hit.string];
		content = slice_from(content, piece.len);
	}
	return NULL;
}

static const struct pattern *find_import(
	const struct patterns *patterns, const char *const *imports)
{
	for (; imports && *imports; imports++)
		for (size_t i = 0; i < patterns->count; i++)
			if (patterns->list[i].kind == PATTERN_IMPORT &&
				slice_eq_nocase_cstr(patterns->list[i].text, *imports))
				return &patterns->list[i];
	return NULL;
}

static const struct pattern *find_magic(const struct patterns *patterns, struct slice content)
{
	for (size_t i = 0; i < patterns->count; i++) {
		struct slice magic = patterns->list[i].text;

		if (patterns->list[i].kind == PATTERN_MAGIC && magic.len > 0 &&
			slice_eq(slice_first(content, magic.len), magic))
			return &patterns->list[i];
	}
	return NULL;
}

static int find(
	struct loader_rules *rules, const struct object *object, const struct pattern **found)
{
	struct slice content = object->content ? object->content->bytes : SLICE_EMPTY;

	*found = find_magic(rules->patterns, content);
	if (*found || !(object->flags & OBJECT_EXECUTABLE))
		return 0;
	*found = find_import(rules->patterns, object->imports);
	if (*found)
		return 0;
	if (!rules->made && make_search(rules))
		return -ENOMEM;
	*found = find_string(rules, content);
	return 0;
}

int loadertype_check(const struct check *check, struct error *error)
{
	__attribute__((cleanup(loader_rules_release))) struct loader_rules rules = {
		.patterns = &check->control->loadertypes,
	};

	(void)error;
	if (rules.patterns->count == 0)
		return 0;
	for (size_t i = 1; i < check->objects->count; i++) {
		const struct object *object = &check->objects->list[i];
		const char *type = object->description ? object->description : object->mime;
		const struct pattern *found;
		int code = find(&rules, object, &found);

		if (code == 0 && found)
			code = rule_met(
				check, CONDITION_LOADERTYPE, (int)i, found, slice_cstr(type ? type : ""));
		if (code)
			return code;
	}
	return 0;
}
