/* Templates; see template.h. */
#include "react/template.h"

#include "message/unicode.h"
#include "message/utf8.h"

#include <errno.h>

#define REPORT_CHARACTERS 20000

static const char *const names[TEMPLATE_VARIABLES] = {
	[TEMPLATE_RECIPIENT] = "recipient",
	[TEMPLATE_SENDER] = "sender",
	[TEMPLATE_SUBJECT] = "subject",
	[TEMPLATE_DATE] = "date",
	[TEMPLATE_ID] = "id",
	[TEMPLATE_HOST] = "host",
	[TEMPLATE_REASON] = "reason",
	[TEMPLATE_FOUND] = "found",
	[TEMPLATE_FILE] = "file",
	[TEMPLATE_SIZE] = "size",
	[TEMPLATE_FATE] = "fate",
	[TEMPLATE_CONTACT] = "contact",
	[TEMPLATE_REPORT] = "report",
};

/* What stands at a percent sign. */
enum mark {
	MARK_WRONG,
	MARK_PERCENT,
	MARK_VARIABLE,
};

/* Looks at the `%` at `at`. *len is the length of the mark, of what can be seen of a wrong one too. */
static enum mark look(struct slice text, size_t at, size_t *len, enum template_variable *variable)
{
	struct slice rest = slice_from(text, at);
	size_t end = slice_find_byte(rest, ')', 0);

	*len = 2;
	if (slice_starts(rest, "%%"))
		return MARK_PERCENT;
	if (!slice_starts(rest, "%(") || end == rest.len)
		return MARK_WRONG;
	*len = end + 1;
	for (unsigned i = 0; i < TEMPLATE_VARIABLES; i++)
		if (slice_eq_cstr(slice_make(rest.data + 2, end - 2), names[i])) {
			*variable = (enum template_variable)i;
			return MARK_VARIABLE;
		}
	return MARK_WRONG;
}

static int check_line(
	struct slice line, const char *path, unsigned number, bool for_guards, struct error *error)
{
	size_t valid = utf8_valid_prefix(line), at = slice_find_byte(line, '%', 0);

	if (valid < line.len)
		return error_set(error, -EINVAL, "%s:%u: this is not UTF-8 (byte %zu of the line)",
			path, number, valid + 1);
	while (at < line.len) {
		enum template_variable variable = TEMPLATE_VARIABLES;
		size_t len;
		enum mark mark = look(line, at, &len, &variable);
		struct slice word = slice_first(slice_from(line, at), len < 40 ? len : 40);

		if (mark == MARK_WRONG)
			return error_set(error, -EINVAL,
				"%s:%u: '%.*s': no such variable (a percent sign is written %%%%)",
				path, number, SLICE_ARGS(word));
		if (mark == MARK_VARIABLE && variable == TEMPLATE_REPORT && !for_guards)
			return error_set(error, -EINVAL,
				"%s:%u: '%.*s': the report is for guards (inform-guard) only", path,
				number, SLICE_ARGS(word));
		at = slice_find_byte(line, '%', at + len);
	}
	return 0;
}

int template_parse(struct slice text, const char *path, bool for_guards, struct template *template,
	struct error *error)
{
	static const char subject[] = "Subject:";
	struct slice rest = text, line;
	struct template found = {{0}};

	for (unsigned number = 1; slice_next_line(&rest, &line); number++) {
		int result = check_line(line, path, number, for_guards, error);

		if (result)
			return result;
		if (number == 1 && slice_starts_nocase(line, subject))
			found.subject = slice_trim(slice_from(line, sizeof(subject) - 1));
		if (number == 1 && found.subject.len == 0)
			return error_set(error, -EINVAL,
				"%s:1: a template begins with a line \"Subject: ...\"", path);
		if (number == 2 && slice_trim(line).len > 0)
			return error_set(error, -EINVAL,
				"%s:2: an empty line must follow the subject", path);
		if (number == 2)
			found.body = rest;
	}
	if (slice_trim(found.body).len == 0)
		return error_set(error, -EINVAL, "%s: there is no text in this template", path);
	*template = found;
	return 0;
}

/* What only says how the character before it is drawn, as in many an honest subject's emoji. */
static bool is_style(uint32_t c)
{
	return c == 0x00ad || c == 0x200c || c == 0x200d || (c >= 0xfe00 && c <= 0xfe0f);
}

static bool is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029;
}

static void add_value(struct buf *out, struct slice value, bool lines, size_t most)
{
	size_t at = 0, count = 0;

	while (at < value.len && count < most) {
		uint32_t c = utf8_next(value, &at);

		count++;
		if (is_control(c))
			buf_add_byte(out, lines && c == '\n' ? '\n' : ' ');
		else if (c == UTF8_WRONG || (unicode_is_invisible(c) && !is_style(c)))
			utf8_add(out, 0xfffd);
		else if (!is_style(c))
			utf8_add(out, c);
	}
	if (at < value.len)
		buf_add_cstr(out, "\xe2\x80\xa6");
}

/* Has the line variables, and are all of them empty? */
static bool says_nothing(struct slice line, const struct template_values *values)
{
	bool any = false;

	for (size_t at = slice_find_byte(line, '%', 0); at < line.len;
		at = slice_find_byte(line, '%', at)) {
		enum template_variable variable;
		size_t len;

		if (look(line, at, &len, &variable) == MARK_VARIABLE) {
			any = true;
			if (slice_trim(values->list[variable]).len > 0)
				return false;
		}
		at += len;
	}
	return any;
}

static void expand_line(
	struct slice line, const struct template_values *values, size_t most, struct buf *out)
{
	while (line.len > 0) {
		size_t at = slice_find_byte(line, '%', 0), len = 0;
		enum template_variable variable = TEMPLATE_VARIABLES;

		buf_add(out, slice_first(line, at));
		if (at == line.len)
			return;
		switch (look(line, at, &len, &variable)) {
		case MARK_PERCENT:
		case MARK_WRONG: /* was refused when it was read */
			buf_add_byte(out, '%');
			break;
		case MARK_VARIABLE:
			add_value(out, slice_trim(values->list[variable]),
				variable == TEMPLATE_REPORT,
				variable == TEMPLATE_REPORT ? REPORT_CHARACTERS : most);
			break;
		}
		line = slice_from(line, at + len);
	}
}

void template_expand(
	struct slice text, const struct template_values *values, size_t most, struct buf *out)
{
	struct slice line;
	bool first = true;

	while (slice_next_line(&text, &line)) {
		if (says_nothing(line, values))
			continue;
		if (!first)
			buf_add_byte(out, '\n');
		first = false;
		expand_line(line, values, most, out);
	}
}
