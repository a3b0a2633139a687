/* The file `mailheaders`; see mailheaders.h. The words are QMVC 1.7's, in full or as a letter. */
#include "control/mailheaders.h"

#include "control/syntax.h"

#include <errno.h>

struct rule {
	const char *name;
	const char *value; /* in full; its first letter will do */
	enum mail_error code;
};

static const struct rule rules[] = {
	{"header", "strict", MAIL_ERROR_HEADER},
	{"date", "required", MAIL_ERROR_DATE},
	{"to", "required", MAIL_ERROR_TO},
	{"msgid", "required", MAIL_ERROR_MSGID},
	{"from", "required", MAIL_ERROR_FROM},
	{"subject", "required", MAIL_ERROR_SUBJECT},
	{"mime", "strict", MAIL_ERROR_MIME},
};

static const struct rule *find(struct slice name)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (slice_eq_nocase_cstr(name, rules[i].name))
			return &rules[i];
	return NULL;
}

/* RFC 5322 section 2.2: a field name is printable ASCII without blank and colon. */
static bool is_field_name(struct slice name)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.data[i] <= ' ' || name.data[i] >= 0x7f || name.data[i] == ':')
			return false;
	return name.len > 0;
}

/* +field=content */
static int parse_field(const struct syntax *syntax, struct slice line,
	struct mailheaders *mailheaders, struct error *error)
{
	struct field_rule *rule = &mailheaders->fields[mailheaders->field_count];

	if (!syntax_pair(slice_from(line, 1), &rule->field, &rule->content))
		return syntax_error(syntax, error, line, "must be +FIELD=TEXT");
	if (!is_field_name(rule->field))
		return syntax_error(syntax, error, rule->field,
			"is no name of a header field (write it without colon and blanks)");
	rule->line = syntax->line;
	mailheaders->field_count++;
	mailheaders->wanted |= MAIL_ERROR_FIELD;
	return 0;
}

static int parse_line(const struct syntax *syntax, struct slice line,
	struct mailheaders *mailheaders, struct error *error)
{
	struct slice name, value;
	const struct rule *rule;

	if (line.data[0] == '+')
		return parse_field(syntax, line, mailheaders, error);
	if (!syntax_pair(line, &name, &value))
		return syntax_error(syntax, error, line, "must be NAME=VALUE or +FIELD=TEXT");
	rule = find(name);
	if (!rule)
		return syntax_error(syntax, error, name,
			"no such rule (header, date, to, msgid, from, subject, mime, +FIELD)");
	if (!slice_eq_nocase_cstr(value, rule->value) &&
		!slice_eq_nocase(value, slice_first(slice_cstr(rule->value), 1)))
		return syntax_error(syntax, error, line, "must be %s=%c (%s)", rule->name,
			rule->value[0], rule->value);
	mailheaders->wanted |= rule->code;
	return 0;
}

int mailheaders_parse(struct arena *arena, struct slice text, const char *path,
	struct mailheaders *mailheaders, struct error *error)
{
	struct mailheaders found = {.path = path};
	struct syntax syntax;
	struct slice line;
	int failed = syntax_begin(&syntax, text, path, error);

	if (failed)
		return failed;
	found.fields = arena_array(arena, syntax_count(&syntax), sizeof(*found.fields));
	if (!found.fields)
		return error_set(error, -ENOMEM, "%s: no memory", path);
	while (syntax_next(&syntax, &line)) {
		failed = parse_line(&syntax, slice_trim(line), &found, error);
		if (failed)
			return failed;
	}
	*mailheaders = found;
	return 0;
}
