/* What all control files share; see syntax.h. */
#include "control/syntax.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

/* Longer words are cut in messages: the line number says where the rest stands. */
#define WORD_SHOWN 80

static unsigned line_at(struct slice text, size_t position)
{
	unsigned line = 1;

	for (size_t i = 0; i < position; i++)
		if (text.data[i] == '\n')
			line++;
	return line;
}

int syntax_begin(struct syntax *syntax, struct slice text, const char *path, struct error *error)
{
	size_t nul = slice_find_byte(text, 0, 0);

	for (size_t i = slice_find_byte(text, '\r', 0); i < nul;
		i = slice_find_byte(text, '\r', i + 1))
		if (i + 1 < text.len && text.data[i + 1] != '\n' && text.data[i + 1] != '\r')
			return error_set(error, -EINVAL,
				"%s:%u: a carriage return inside the line", path,
				line_at(text, i));
	if (nul < text.len)
		return error_set(error, -EINVAL, "%s:%u: a NUL byte: this is not a text file", path,
			line_at(text, nul));
	if (slice_starts(text, "\xef\xbb\xbf"))
		text = slice_from(text, 3);
	*syntax = (struct syntax){.path = path, .rest = text};
	return 0;
}

bool syntax_next(struct syntax *syntax, struct slice *line)
{
	struct slice found;

	while (slice_next_line(&syntax->rest, &found)) {
		syntax->line++;
		while (found.len > 0 && ascii_space(found.data[found.len - 1]))
			found.len--;
		if (found.len == 0 || found.data[0] == '#')
			continue;
		*line = found;
		return true;
	}
	return false;
}

size_t syntax_count(const struct syntax *syntax)
{
	struct syntax copy = *syntax;
	struct slice line;
	size_t count = 0;

	while (syntax_next(&copy, &line))
		count++;
	return count;
}

bool syntax_item(struct slice *rest, const char *separators, struct slice *item)
{
	size_t end = 0;

	if (rest->len == 0)
		return false;
	while (end < rest->len && !strchr(separators, rest->data[end]))
		end++;
	*item = slice_trim(slice_first(*rest, end));
	*rest = slice_from(*rest, end + 1);
	return true;
}

bool syntax_pair(struct slice item, struct slice *key, struct slice *value)
{
	size_t equals = slice_find_byte(item, '=', 0);

	if (equals == item.len)
		return false;
	*key = slice_trim(slice_first(item, equals));
	*value = slice_trim(slice_from(item, equals + 1));
	return true;
}

int syntax_number(const struct syntax *syntax, struct slice word, struct slice value, uint64_t min,
	uint64_t max, uint64_t *number, struct error *error)
{
	uint64_t found = 0;

	if (slice_to_size(value, &found) || found < min || found > max)
		return syntax_error(syntax, error, word, "must be a number from %llu to %llu",
			(unsigned long long)min, (unsigned long long)max);
	*number = found;
	return 0;
}

int syntax_error(const struct syntax *syntax, struct error *error, struct slice word,
	const char *format, ...)
{
	struct slice shown = slice_first(word, WORD_SHOWN);
	const char *cut = shown.len < word.len ? "..." : "";
	char what[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(what, sizeof(what), format, arguments);
	va_end(arguments);
	return error_set(error, -EINVAL, "%s:%u: '%.*s%s': %s", syntax->path, syntax->line,
		SLICE_ARGS(shown), cut, what);
}
