/*
 * Types by content; see type_match.h. What the mail declares does not count: it is what senders of
 * bad mail lie about.
 */
#include "conditions/type_match.h"

#include "message/text.h"

/*
 * libmagic has renamed types over the years; a rule written for one version must not go blind under
 * the next. Pairs of old and new name, in both directions.
 */
static bool same_type(struct slice rule, struct slice mime)
{
	static const char *const renamed[][2] = {
		{"application/x-dosexec", "application/vnd.microsoft.portable-executable"},
		{"application/x-gzip", "application/gzip"},
		{"application/x-zip-compressed", "application/zip"},
		{"application/vnd.ms-office", "application/x-ole-storage"},
	};

	if (slice_eq_nocase(rule, mime))
		return true;
	for (size_t i = 0; i < sizeof(renamed) / sizeof(renamed[0]); i++)
		for (int way = 0; way < 2; way++)
			if (slice_eq_nocase_cstr(rule, renamed[i][way]) &&
				slice_eq_nocase_cstr(mime, renamed[i][!way]))
				return true;
	return false;
}

static bool mime_matches(struct slice rule, struct slice mime)
{
	size_t end = slice_find_byte(mime, ';', 0); /* "text/plain; charset=..." */

	mime = slice_trim(slice_first(mime, end));
	if (rule.len >= 2 && rule.data[rule.len - 1] == '*' && rule.data[rule.len - 2] == '/')
		return mime.len >= rule.len &&
		       slice_eq_nocase(slice_first(mime, rule.len - 1), slice_first(rule, rule.len - 1));
	return same_type(rule, mime);
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

/* The families that libmagic has types in. No description begins like that. */
static bool is_mime(struct slice rule)
{
	static const char *const families[] = {"application/", "audio/", "font/", "image/",
		"inode/", "message/", "model/", "multipart/", "text/", "video/"};

	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (slice_starts_nocase(rule, families[i]))
			return true;
	return false;
}

bool types_need_descriptions(const struct patterns *types)
{
	for (size_t i = 0; i < types->count; i++)
		if (types->list[i].text.len > 0 && !is_mime(types->list[i].text))
			return true;
	return false;
}
