/*
 * The lists of what is looked for; see patterns.h. One loop walks the lines of every such file;
 * what a line means is a small function for each kind of file.
 *
 * A line that could be taken for something else than what was written is an error, not a string:
 * one that begins with a slash and does not end with one may be a path or a regular expression
 * whose end is missing, and a pattern that silently never matches lets mail through.
 */
#include "control/patterns.h"

#include "control/syntax.h"

#include <errno.h>

/* Reads one line into *pattern. Returns 0, -EINVAL with *error set, or -ENOMEM. */
typedef int line_parser(struct arena *arena, const struct syntax *syntax, struct slice line,
	struct pattern *pattern, struct error *error);

static int parse_list(struct arena *arena, struct slice text, const char *path, line_parser *parse,
	struct patterns *patterns, struct error *error)
{
	struct patterns found = {.path = path};
	struct syntax syntax;
	struct slice line;
	size_t count;
	int failed = syntax_begin(&syntax, text, path, error);

	if (failed)
		return failed;
	count = syntax_count(&syntax);
	found.list = arena_array(arena, count, sizeof(*found.list));
	if (!found.list)
		return error_set(error, -ENOMEM, "%s: no memory", path);
	while (found.count < count && syntax_next(&syntax, &line)) {
		struct pattern *pattern = &found.list[found.count];

		failed = parse(arena, &syntax, line, pattern, error);
		if (failed)
			return failed;
		pattern->line = syntax.line;
		found.count++;
	}
	*patterns = found;
	return 0;
}

static int parse_regex(const struct syntax *syntax, struct slice line, struct pattern *pattern,
	struct error *error)
{
	if (line.len < 2 || line.data[line.len - 1] != '/')
		return syntax_error(syntax, error, line,
			"a line that begins with / is a regular expression and ends with / too");
	if (line.len == 2)
		return syntax_error(
			syntax, error, line, "an empty regular expression would match every mail");
	pattern->kind = PATTERN_REGEX;
	pattern->text = slice_make(line.data + 1, line.len - 2);
	return 0;
}

static int parse_subject(struct arena *arena, const struct syntax *syntax, struct slice line,
	struct pattern *pattern, struct error *error)
{
	(void)arena;
	if (line.data[0] == '/')
		return parse_regex(syntax, line, pattern, error);
	if (line.data[0] == '|')
		return syntax_error(syntax, error, line,
			"a command belongs into badbodytexts; for the text itself write /\\|.../");
	pattern->kind = PATTERN_STRING;
	pattern->text = line;
	return 0;
}

/* Where the last colon stands, or text.len. */
static size_t last_colon(struct slice text)
{
	for (size_t i = text.len; i > 0; i--)
		if (text.data[i - 1] == ':')
			return i - 1;
	return text.len;
}

static bool all_digits(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!ascii_digit(text.data[i]))
			return false;
	return true;
}

static int parse_code(
	const struct syntax *syntax, struct slice digits, unsigned *code, struct error *error)
{
	uint64_t number = 0;

	if (slice_to_size(digits, &number) || number > 255)
		return syntax_error(syntax, error, digits,
			"an exit code is a number from 0 to 255 (behind the last colon of a "
			"command)");
	if (number == 111 || number == 126 || number == 127)
		return syntax_error(syntax, error, digits,
			"exit codes 111, 126 and 127 say that a command failed, they cannot meet");
	*code = (unsigned)number;
	return 0;
}

/* |command arguments:code */
static int parse_command(const struct syntax *syntax, struct slice line, struct pattern *pattern,
	struct error *error)
{
	struct slice command = slice_trim(slice_from(line, 1));
	size_t colon = last_colon(command);
	unsigned code = 0;

	if (colon < command.len && all_digits(slice_from(command, colon + 1))) {
		struct slice digits = slice_from(command, colon + 1);
		int failed;

		if (digits.len == 0)
			return syntax_error(syntax, error, line,
				"the exit code is missing behind the last colon");
		failed = parse_code(syntax, digits, &code, error);
		if (failed)
			return failed;
		command = slice_trim(slice_first(command, colon));
	}
	if (command.len == 0)
		return syntax_error(syntax, error, line, "there is no command");
	pattern->kind = PATTERN_COMMAND;
	pattern->text = command;
	pattern->code = code;
	return 0;
}

static int parse_bodytext(struct arena *arena, const struct syntax *syntax, struct slice line,
	struct pattern *pattern, struct error *error)
{
	if (line.data[0] == '|')
		return parse_command(syntax, line, pattern, error);
	return parse_subject(arena, syntax, line, pattern, error);
}

static int parse_name(struct arena *arena, const struct syntax *syntax, struct slice line,
	struct pattern *pattern, struct error *error)
{
	(void)arena, (void)syntax, (void)error;
	pattern->kind = PATTERN_NAME;
	pattern->text = slice_trim(line);
	return 0;
}

/* NAME@HOST, @HOST, or a wildcard of one of these. */
static int parse_address(struct arena *arena, const struct syntax *syntax, struct slice line,
	struct pattern *pattern, struct error *error)
{
	struct slice word = slice_trim(line);
	size_t at = slice_find_byte(word, '@', 0);

	(void)arena;
	if (at + 1 >= word.len || slice_find_byte(word, ' ', 0) < word.len)
		return syntax_error(syntax, error, word, "is neither NAME@HOST nor @HOST");
	pattern->kind = PATTERN_NAME;
	pattern->text = word;
	return 0;
}

static int parse_type(struct arena *arena, const struct syntax *syntax, struct slice line,
	struct pattern *pattern, struct error *error)
{
	(void)arena, (void)syntax, (void)error;
	pattern->kind = PATTERN_TYPE;
	pattern->text = slice_trim(line);
	return 0;
}

/* magic:HEX; blanks between the digits are for the eye. */
static int parse_magic(struct arena *arena, const struct syntax *syntax, struct slice line,
	struct slice hex, struct pattern *pattern, struct error *error)
{
	unsigned char *bytes = arena_alloc(arena, hex.len / 2 + 1);
	size_t digits = 0;

	if (!bytes)
		return error_set(error, -ENOMEM, "%s: no memory", syntax->path);
	for (size_t i = 0; i < hex.len; i++) {
		int value = ascii_hex(hex.data[i]);

		if (ascii_blank(hex.data[i]))
			continue;
		if (value < 0)
			return syntax_error(syntax, error, line,
				"magic: wants hexadecimal digits, two for each byte");
		bytes[digits / 2] = (unsigned char)(bytes[digits / 2] << 4 | value);
		digits++;
	}
	if (digits == 0 || digits % 2)
		return syntax_error(syntax, error, line, "magic: wants two digits for each byte");
	pattern->kind = PATTERN_MAGIC;
	pattern->text = slice_make(bytes, digits / 2);
	return 0;
}

static int parse_loader(struct arena *arena, const struct syntax *syntax, struct slice line,
	struct pattern *pattern, struct error *error)
{
	struct slice word = slice_trim(line);

	if (slice_starts_nocase(word, "magic:"))
		return parse_magic(arena, syntax, word, slice_from(word, 6), pattern, error);
	if (slice_starts_nocase(word, "import:")) {
		pattern->kind = PATTERN_IMPORT;
		pattern->text = slice_trim(slice_from(word, 7));
		if (pattern->text.len == 0)
			return syntax_error(
				syntax, error, word, "import: wants the name of a library");
		return 0;
	}
	pattern->kind = PATTERN_STRING;
	pattern->text = line;
	return 0;
}

int patterns_parse_subjects(struct arena *arena, struct slice text, const char *path,
	struct patterns *patterns, struct error *error)
{
	return parse_list(arena, text, path, parse_subject, patterns, error);
}

int patterns_parse_bodytexts(struct arena *arena, struct slice text, const char *path,
	struct patterns *patterns, struct error *error)
{
	return parse_list(arena, text, path, parse_bodytext, patterns, error);
}

int patterns_parse_names(struct arena *arena, struct slice text, const char *path,
	struct patterns *patterns, struct error *error)
{
	return parse_list(arena, text, path, parse_name, patterns, error);
}

int patterns_parse_addresses(struct arena *arena, struct slice text, const char *path,
	struct patterns *patterns, struct error *error)
{
	return parse_list(arena, text, path, parse_address, patterns, error);
}

int patterns_parse_types(struct arena *arena, struct slice text, const char *path,
	struct patterns *patterns, struct error *error)
{
	return parse_list(arena, text, path, parse_type, patterns, error);
}

int patterns_parse_loaders(struct arena *arena, struct slice text, const char *path,
	struct patterns *patterns, struct error *error)
{
	return parse_list(arena, text, path, parse_loader, patterns, error);
}
