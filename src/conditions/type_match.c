/*
 * Types by content; see type_match.h. What the mail declares does not count: it is what senders of
 * bad mail lie about.
 */
#include "conditions/type_match.h"

#include "message/text.h"

static bool mime_matches(struct slice rule, struct slice mime)
{
	size_t end = slice_find_byte(mime, ';', 0); /* "text/plain; charset=..." */

	mime = slice_trim(slice_first(mime, end));
	if (rule.len >= 2 && rule.data[rule.len - 1] == '*' && rule.data[rule.len - 2] == '/')
		return mime.len >= rule.len &&
		       slice_eq_nocase(slice_first(mime, rule.len - 1), slice_first(rule, rule.len - 1));
	return slice_eq_nocase(mime, rule);
}

bool type_matches(const struct pattern *pattern, const struct object *object, const char **matched)
{
	const char *mime = object->mime, *description = object->description, *found = NULL;
	struct slice rule = pattern->text;

	if (rule.len == 0)
		return false;
	if (!mime && !description && (object->flags & OBJECT_TEXT)) {
		mime = object->part && text_is_html(object->part) ? "text/html" : "text/plain";
		description = "text";
	}
	if (mime && mime_matches(rule, slice_cstr(mime)))
		found = mime;
	else if (description && slice_eq_nocase(slice_first(slice_cstr(description), rule.len), rule))
		found = description;
	if (found && matched)
		*matched = found;
	return found != NULL;
}
