/*
 * Strings and expressions on a text; see text_rules.h. The text is folded piece by piece into a
 * buffer that stays in the processor's cache, so a text of any size costs no second copy.
 */
#include "conditions/text_rules.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "conditions/rule.h"
#include "conditions/text_fold.h"

#define PIECE	((size_t)16 * 1024)
#define CONTEXT ((size_t)128) /* bytes of the piece before, kept to show what a string stands in */

/* Folds the strings and builds the search. */
static int make_search(struct text_rules *rules)
{
	cleanup_free struct slice *folded = calloc(rules->string_count, sizeof(*folded));
	cleanup_buf struct buf room = {0};
	size_t bytes = 0;

	if (!folded)
		return -ENOMEM;
	for (size_t i = 0; i < rules->string_count; i++)
		bytes += rules->strings[i]->text.len;
	if (buf_reserve(&room, bytes + 1))
		return -ENOMEM;
	for (size_t i = 0; i < rules->string_count; i++) {
		struct text_fold fold = {.ignorecase = rules->ignorecase};
		unsigned char *at = room.data + room.len;

		folded[i] = slice_make(at, text_fold(&fold, rules->strings[i]->text, at));
		room.len += folded[i].len;
	}
	return text_search_make(&rules->search, folded, rules->string_count);
}

int text_rules_make(struct text_rules *rules, const struct patterns *patterns, bool ignorecase,
	struct error *error)
{
	size_t room = patterns->count ? patterns->count : 1;
	int code;

	*rules = (struct text_rules){
		.path = patterns->path,
		.ignorecase = ignorecase,
		.budget = {.left_us = REGEX_BUDGET_US},
	};
	rules->strings = calloc(room, sizeof(*rules->strings));
	rules->regexes = calloc(room, sizeof(*rules->regexes));
	if (!rules->strings || !rules->regexes)
		return -ENOMEM;
	for (size_t i = 0; i < patterns->count; i++) {
		const struct pattern *pattern = &patterns->list[i];
		struct text_regex *regex = &rules->regexes[rules->regex_count];

		if (pattern->kind == PATTERN_STRING)
			rules->strings[rules->string_count++] = pattern;
		if (pattern->kind != PATTERN_REGEX)
			continue;
		code = regex_compile(pattern->text, ignorecase, patterns->path, pattern->line,
			&regex->regex, error);
		if (code)
			return code;
		regex->pattern = pattern;
		rules->regex_count++;
	}
	return rules->string_count > 0 ? make_search(rules) : 0;
}

static void set_around(struct text_met *met, struct slice text, size_t from, size_t len)
{
	struct slice around = rule_around(text, from, len);

	if (around.len > 0)
		memcpy(met->around, around.data, around.len);
	met->around[around.len] = 0;
}

static int search_strings(const struct text_rules *rules, struct slice text, struct text_met *met)
{
	unsigned char room[CONTEXT + PIECE];
	struct text_search_state state = {0};
	struct text_fold fold = {.ignorecase = rules->ignorecase};
	struct text_hit hit;
	size_t before = 0; /* bytes of context in front of the piece */

	while (text.len > 0) {
		size_t taken = text_fold_cut(text, PIECE);
		size_t len = text_fold(&fold, slice_first(text, taken), room + before);
		size_t held = before + len, keep = held < CONTEXT ? held : CONTEXT;

		if (text_search_feed(
			    &rules->search, &state, slice_make(room + before, len), &hit)) {
			size_t end = before + hit.end, length;

			met->pattern = rules->strings[hit.string];
			length = met->pattern->text.len < end ? met->pattern->text.len : end;
			set_around(met, slice_make(room, held), end - length, length);
			return TEXT_MET;
		}
		memmove(room, room + held - keep, keep);
		before = keep;
		text = slice_from(text, taken);
	}
	return TEXT_NONE;
}

/* One that ran into its limit must not hide what the others would find: they are tried, too. */
static int search_regexes(struct text_rules *rules, struct slice text, struct text_met *met)
{
	const struct pattern *limited = NULL;

	for (size_t i = 0; i < rules->regex_count; i++) {
		struct slice found;
		int result = regex_search(rules->regexes[i].regex, text, &rules->budget, &found);

		if (result < 0)
			return result;
		if (result == REGEX_LIMIT && !limited)
			limited = rules->regexes[i].pattern;
		if (result != REGEX_FOUND)
			continue;
		met->pattern = rules->regexes[i].pattern;
		set_around(met, text, (size_t)(found.data - text.data), found.len);
		return TEXT_MET;
	}
	if (!limited)
		return TEXT_NONE;
	met->pattern = limited;
	met->around[0] = 0;
	return TEXT_LIMIT;
}

int text_rules_search(struct text_rules *rules, struct slice text, struct text_met *met)
{
	cleanup_buf struct buf unhidden = {0};
	int result = TEXT_NONE;

	if (rules->string_count > 0)
		result = search_strings(rules, text, met);
	if (result != TEXT_NONE || rules->regex_count == 0)
		return result;
	result = search_regexes(rules, text, met);
	if (result != TEXT_NONE)
		return result;
	result = text_fold_unhide(text, &unhidden);
	return result == 1 ? search_regexes(rules, buf_slice(&unhidden), met) : result;
}

void text_rules_release(struct text_rules *rules)
{
	for (size_t i = 0; i < rules->regex_count; i++)
		regex_free(rules->regexes[i].regex);
	free(rules->regexes);
	free(rules->strings);
	text_search_release(&rules->search);
	*rules = (struct text_rules){0};
}

int text_rules_check(const struct patterns *patterns, struct error *error)
{
	struct text_rules rules;
	int code = text_rules_make(&rules, patterns, false, error);

	text_rules_release(&rules);
	return code;
}
