/* The table of control files; see control_file.h. */
#include "control/control_file.h"

#include "base/buf.h"
#include "control/contact.h"
#include "control/language.h"

#include <errno.h>
#include <stdio.h>

static int parse_mailheaders(const struct control_reader *reader, struct slice text,
	const char *path, struct error *error)
{
	return mailheaders_parse(reader->arena, text, path, &reader->control->mailheaders, error);
}

static int parse_limits(const struct control_reader *reader, struct slice text, const char *path,
	struct error *error)
{
	return limits_parse(text, path, &reader->control->limits, error);
}

static int parse_scanners(const struct control_reader *reader, struct slice text, const char *path,
	struct error *error)
{
	return scanner_list_parse(reader->arena, text, path, &reader->control->scanners, error);
}

static int parse_language(const struct control_reader *reader, struct slice text, const char *path,
	struct error *error)
{
	return language_parse(reader->arena, text, path, &reader->control->languages, error);
}

static int parse_contact(const struct control_reader *reader, struct slice text, const char *path,
	struct error *error)
{
	return contact_parse(reader->arena, text, path, &reader->control->contact, error);
}

#define LIST(field, parser) \
	.patterns = patterns_parse_##parser, .offset = offsetof(struct control, field)

const struct control_file control_files[] = {
	{"mailheaders", CONDITION_BIT(CONDITION_ERRORS), .parse = parse_mailheaders},
	{"badsubjects", CONDITION_BIT(CONDITION_SUBJECT), LIST(subjects, subjects)},
	{"badbodytexts", CONDITION_BIT(CONDITION_BODYTEXT), LIST(bodytexts, bodytexts)},
	{"badfilenames", CONDITION_BIT(CONDITION_FILENAME), LIST(filenames, names)},
	{"badmimetypes", CONDITION_BIT(CONDITION_MIMETYPE), LIST(mimetypes, types)},
	{"badloadertypes", CONDITION_BIT(CONDITION_LOADERTYPE), LIST(loadertypes, loaders)},
	{"noscantypes", .for_noscan = true, LIST(noscantypes, types)},
	{"limits", .always = true, .optional = true, .parse = parse_limits},
	{"scanners", CONDITION_BIT(CONDITION_VIRUS), .parse = parse_scanners},
	{"whitelist", CONDITION_BIT(CONDITION_VIRUS), .optional = true, LIST(whitelist, names)},
	{"neverblock", .optional = true, LIST(neverblock, addresses)},
	{"language", .for_notices = true, .optional = true, .parse = parse_language},
	{"contact", .for_notices = true, .optional = true, .parse = parse_contact},
};

const size_t control_file_count = sizeof(control_files) / sizeof(control_files[0]);

int control_defaults(const struct control_reader *reader, struct error *error)
{
	*reader->control = (struct control){
		.limits = limits_default(),
		.languages = language_default(reader->arena),
	};
	return reader->control->languages ? 0 : error_set(error, -ENOMEM, "no memory");
}

/* "A/control, B/control": where a file was looked for. */
static int say_missing(
	const struct control_reader *reader, const char *name, const char *why, struct error *error)
{
	cleanup_buf struct buf places = {0};

	for (unsigned i = 0; i < reader->profile->dir_count; i++)
		buf_addf(&places, "%s%s/control", i ? ", " : "", reader->profile->dirs[i]);
	return error_set(error, -ENOENT, "no control file '%s'%s (looked in %s)", name, why,
		buf_cstr(&places) ? buf_cstr(&places) : "the profile");
}

int control_file_read_filters(const struct control_reader *reader, struct error *error)
{
	struct slice text;
	const char *path;
	int outcome = profile_read(reader->profile, reader->arena, "filters", &text, &path, error);

	if (outcome > 0)
		return say_missing(reader, "filters", "", error);
	if (outcome < 0)
		return outcome;
	return filters_parse(reader->arena, text, path, &reader->control->filters, error);
}

static bool sends_notices(const struct filters *filters)
{
	for (unsigned id = 0; id < CONDITION_COUNT; id++) {
		const struct filter *filter = &filters->conditions[id];

		if (filter->on && (filter->notify_recipient || filter->notify_sender ||
					  filter->inform))
			return true;
	}
	return false;
}

bool control_file_wanted(const struct control_reader *reader, const struct control_file *file)
{
	return (filters_enabled(&reader->control->filters) & file->conditions) ||
	       (file->for_noscan && reader->options->noscan) ||
	       (file->for_notices && sends_notices(&reader->control->filters)) || file->always;
}

/* Who asks for it, for the message: " for subject=y". */
static int say_needed(
	const struct control_reader *reader, const struct control_file *file, struct error *error)
{
	unsigned wanted = filters_enabled(&reader->control->filters) & file->conditions;
	char why[64] = ", which option -n needs";

	for (unsigned i = 0; i < CONDITION_COUNT; i++)
		if (wanted & CONDITION_BIT(i))
			snprintf(why, sizeof(why), ", which %s=y needs",
				condition_name((enum condition_id)i));
	return say_missing(reader, file->name, why, error);
}

int control_file_read(
	const struct control_reader *reader, const struct control_file *file, struct error *error)
{
	struct slice text;
	const char *path;
	int outcome = profile_read(reader->profile, reader->arena, file->name, &text, &path, error);

	if (outcome > 0 && !file->optional && control_file_wanted(reader, file))
		return say_needed(reader, file, error);
	if (outcome != 0)
		return outcome;
	if (file->parse)
		return file->parse(reader, text, path, error);
	return file->patterns(reader->arena, text, path,
		(struct patterns *)(void *)((char *)reader->control + file->offset), error);
}

static bool is_on(const struct control_reader *reader, enum condition_id id)
{
	return reader->control->filters.conditions[id].on;
}

int control_check_scanners(const struct control_reader *reader, struct error *error)
{
	const struct scanner_list *list = &reader->control->scanners;

	if (!is_on(reader, CONDITION_VIRUS) || list->count > 0)
		return 0;
	return error_set(error, -EINVAL, "%s: lists no scanner, and virus=y needs one", list->path);
}

int control_check_passwords(const struct control_reader *reader, struct error *error)
{
	struct slice text;
	const char *path;
	int outcome;

	if (!is_on(reader, CONDITION_ENCRYPTED))
		return 0;
	outcome = profile_read(reader->profile, reader->arena, "passwords", &text, &path, error);
	if (outcome < 0)
		return outcome;
	if (outcome == 0)
		return error_set(error, -EINVAL,
			"%s: trying passwords comes with a later version; take this file away",
			path);
	return 0;
}
