/*
 * The file `filters`; see filters.h. The first field is the condition, the second the action; from
 * the third on the keyword decides what an item is, so empty fields in between do not matter.
 * Whether a line makes sense as a whole is asked when it has been read whole; what the file asks of
 * a coming version is refused last, so that a line is known to be right before it is called early.
 */
#include "control/filters.h"

#include "base/buf.h"
#include "control/reaction.h"
#include "control/syntax.h"

#include <errno.h>

struct reader {
	struct arena *arena;
	struct syntax syntax;
	struct filters *filters;
	struct error *error;
};

/* What one line says, and the words that later checks point at. */
struct line {
	enum condition_id id;
	struct filter filter;
	struct slice condition;	     /* "virus" */
};

static int no_such_condition(struct reader *reader, struct slice word)
{
	cleanup_buf struct buf names = {0};

	for (enum condition_id id = 0; id < CONDITION_COUNT; id++)
		buf_addf(&names, "%s%s", id > 0 ? ", " : "", condition_name(id));
	return syntax_error(&reader->syntax, reader->error, word, "no such condition (%s)",
		buf_cstr(&names) ? buf_cstr(&names) : "");
}

static int parse_condition(struct reader *reader, struct slice field, struct line *line)
{
	struct slice value;

	if (!syntax_pair(field, &line->condition, &value))
		return syntax_error(&reader->syntax, reader->error, field,
			"a line begins with CONDITION=y or CONDITION=n");
	if (!condition_from_name(line->condition, &line->id))
		return no_such_condition(reader, line->condition);
	line->filter.on = slice_eq_nocase_cstr(value, "y");
	if (!line->filter.on && !slice_eq_nocase_cstr(value, "n"))
		return syntax_error(&reader->syntax, reader->error, field, "must be %s=y or %s=n",
			condition_name(line->id), condition_name(line->id));
	if (reader->filters->conditions[line->id].present)
		return syntax_error(&reader->syntax, reader->error, line->condition,
			"this condition is given twice (the first time in line %u)",
			reader->filters->conditions[line->id].line);
	return 0;
}

static int parse_action(struct reader *reader, struct slice field, struct line *line)
{
	if (field.len == 0 || action_from_name(field, &line->filter.action))
		return 0;
	return syntax_error(&reader->syntax, reader->error, field,
		"no such action (block, keep, trash, bounce, inspect)");
}

static int refuse_option(struct reader *reader, struct slice word, const char *useful)
{
	return syntax_error(
		&reader->syntax, reader->error, word, "this option is for %s only", useful);
}

/* One item from the third field on. */
static int parse_item(struct reader *reader, struct slice item, struct line *line)
{
	int outcome =
		reaction_parse(reader->arena, &reader->syntax, item, &line->filter, reader->error);

	if (outcome <= 0)
		return outcome;
	if (slice_eq_nocase_cstr(item, "quitasap")) {
		line->filter.quitasap = true;
		return 0;
	}
	if (slice_eq_nocase_cstr(item, "ignorecase")) {
		if (line->id != CONDITION_SUBJECT && line->id != CONDITION_BODYTEXT)
			return refuse_option(reader, item, "subject and bodytext");
		line->filter.ignorecase = true;
		return 0;
	}
	if (slice_eq_nocase_cstr(item, "goodmail")) {
		if (line->id != CONDITION_BODYTEXT)
			return refuse_option(reader, item, "bodytext");
		line->filter.goodmail = true;
		return 0;
	}
	return syntax_error(&reader->syntax, reader->error, item,
		"no such reaction or option (notify=, inform=, forward=, ignorecase, goodmail, "
		"quitasap)");
}

/* The line is understood: can it be carried out? */
static int check_line(struct reader *reader, const struct line *line)
{
	if (line->filter.quitasap && !action_stops(line->filter.action))
		return syntax_error(&reader->syntax, reader->error, slice_cstr("quitasap"),
			"action %s does not stop the mail, so the search cannot end with it",
			action_name(line->filter.action));
	if (!line->filter.on)
		return 0;
	if (line->id == CONDITION_AMBIGUOUS)
		return syntax_error(&reader->syntax, reader->error, line->condition,
			"this condition comes with a later version; take the line out");
	return 0;
}

static int parse_line(struct reader *reader, struct slice text)
{
	struct line line = {.filter = {.present = true, .line = reader->syntax.line}};
	struct slice field = SLICE_EMPTY, item;
	int failed;

	syntax_item(&text, SYNTAX_FIELD, &field);
	failed = parse_condition(reader, field, &line);
	if (!failed && syntax_item(&text, SYNTAX_FIELD, &field))
		failed = parse_action(reader, field, &line);
	while (!failed && syntax_item(&text, SYNTAX_FIELD, &field))
		while (!failed && syntax_item(&field, SYNTAX_LIST, &item))
			failed = item.len > 0 ? parse_item(reader, item, &line) : 0;
	if (!failed)
		failed = check_line(reader, &line);
	if (!failed)
		reader->filters->conditions[line.id] = line.filter;
	return failed;
}

int filters_parse(struct arena *arena, struct slice text, const char *path, struct filters *filters,
	struct error *error)
{
	struct filters found = {.path = path};
	struct reader reader = {.arena = arena, .filters = &found, .error = error};
	struct filter *overlimit = &found.conditions[CONDITION_OVERLIMIT];
	struct slice line;
	int failed = syntax_begin(&reader.syntax, text, path, error);

	if (failed)
		return failed;
	while (syntax_next(&reader.syntax, &line)) {
		failed = parse_line(&reader, line);
		if (failed)
			return failed;
	}
	if (!overlimit->present)
		*overlimit = (struct filter){.on = true, .action = ACTION_KEEP};
	*filters = found;
	return 0;
}

unsigned filters_enabled(const struct filters *filters)
{
	unsigned enabled = 0;

	for (unsigned i = 0; i < CONDITION_COUNT; i++)
		if (filters->conditions[i].on)
			enabled |= CONDITION_BIT(i);
	return enabled;
}
