/* The file `language`; see language.h. */
#include "control/language.h"

#include "control/syntax.h"

#include <errno.h>

/* Each is a mail's text once more: nobody reads more than a few. */
#define LANGUAGES_MAX	16
#define LANGUAGE_LENGTH 16
#define SEPARATORS	", \t"

static bool is_language(struct slice word)
{
	for (size_t i = 0; i < word.len; i++) {
		unsigned char c = ascii_lower(word.data[i]);

		if (!(c >= 'a' && c <= 'z') && !ascii_digit(c) && c != '-' && c != '_')
			return false;
	}
	return word.len <= LANGUAGE_LENGTH;
}

static int add(struct arena *arena, const struct syntax *syntax, struct slice word,
	const char **list, size_t *count, struct error *error)
{
	if (!is_language(word))
		return syntax_error(
			syntax, error, word, "is no name of a language (such as en or de)");
	for (size_t i = 0; i < *count; i++)
		if (slice_eq_nocase_cstr(word, list[i]))
			return syntax_error(syntax, error, word, "is given twice");
	if (*count == LANGUAGES_MAX)
		return syntax_error(syntax, error, word, "more than %d languages", LANGUAGES_MAX);
	list[*count] = arena_cstr(arena, word);
	if (!list[*count])
		return error_set(error, -ENOMEM, "%s: no memory", syntax->path);
	++*count;
	return 0;
}

const char **language_default(struct arena *arena)
{
	const char **list = arena_array(arena, 2, sizeof(*list));

	if (list)
		list[0] = "en";
	return list;
}

int language_parse(struct arena *arena, struct slice text, const char *path,
	const char ***languages, struct error *error)
{
	const char **list = arena_array(arena, LANGUAGES_MAX + 1, sizeof(*list));
	struct slice line, word;
	struct syntax syntax;
	size_t count = 0;
	int failed = syntax_begin(&syntax, text, path, error);

	if (failed)
		return failed;
	if (!list)
		return error_set(error, -ENOMEM, "%s: no memory", path);
	while (syntax_next(&syntax, &line)) {
		while (syntax_item(&line, SEPARATORS, &word)) {
			failed = word.len > 0 ? add(arena, &syntax, word, list, &count, error) : 0;
			if (failed)
				return failed;
		}
	}
	if (count == 0)
		list[count++] = "en";
	*languages = list;
	return 0;
}
