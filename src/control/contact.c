/* The file `contact`; see contact.h. */
#include "control/contact.h"

#include "control/syntax.h"

#include <errno.h>

#define CONTACT_LENGTH 200

/* It stands in From, so it is held to what every mail program shows as an address. */
static bool is_contact(struct slice word)
{
	size_t at = slice_find_byte(word, '@', 0);

	for (size_t i = 0; i < word.len; i++) {
		unsigned char c = word.data[i];

		if (c <= ' ' || c >= 0x7f || strchr("<>()[],;:\"\\$", c) || (c == '@' && i != at))
			return false;
	}
	return at > 0 && at + 1 < word.len && word.len <= CONTACT_LENGTH;
}

int contact_parse(struct arena *arena, struct slice text, const char *path, const char **contact,
	struct error *error)
{
	struct syntax syntax;
	struct slice line, found = SLICE_EMPTY;
	int failed = syntax_begin(&syntax, text, path, error);

	if (failed)
		return failed;
	while (syntax_next(&syntax, &line)) {
		line = slice_trim(line);
		if (!is_contact(line))
			return syntax_error(&syntax, error, line,
				"is no address (NAME@HOST, nothing else in the line)");
		if (found.len > 0)
			return syntax_error(&syntax, error, line, "is a second address");
		found = line;
	}
	*contact = NULL;
	if (found.len == 0)
		return 0;
	*contact = arena_cstr(arena, found);
	return *contact ? 0 : error_set(error, -ENOMEM, "%s: no memory", path);
}
