/*
 * Parameters of structured fields; see parameter.h. The grammar of RFC 2045 is short, what is sent
 * is not: this reader takes every deviation that some mail program writes, tells that it did, and
 * looks at each byte a bounded number of times (an unterminated comment or quote is met once and
 * settles the matter for the rest of the field).
 */
#include "message/parameter.h"

#include <errno.h>

#define PARAMETERS_MAX ((size_t)1000)

struct parser {
	struct slice field;
	size_t at;
	unsigned char *room; /* as long as the field: values are never longer than their source */
	size_t used;
	bool no_comments; /* a comment did not end: "(" stands for itself from here on */
	bool untidy;
};

static bool at_end(const struct parser *p)
{
	return p->at >= p->field.len;
}

static unsigned char peek(const struct parser *p)
{
	return p->field.data[p->at];
}

/* Index behind the comment that begins at `from`, or 0 when it does not end. */
static size_t comment_end(struct slice field, size_t from)
{
	size_t depth = 0;

	for (size_t i = from; i < field.len; i++) {
		unsigned char c = field.data[i];

		if (c == '\\' && i + 1 < field.len)
			i++;
		else if (c == '(')
			depth++;
		else if (c == ')' && --depth == 0)
			return i + 1;
	}
	return 0;
}

static bool skip_comment(struct parser *p)
{
	size_t end;

	if (p->no_comments || at_end(p) || peek(p) != '(')
		return false;
	p->untidy = true; /* legal, but nobody writes them and readers differ */
	end = comment_end(p->field, p->at);
	if (end == 0) {
		p->no_comments = true;
		return false;
	}
	p->at = end;
	return true;
}

/* Blanks, line ends, comments. */
static void skip_space(struct parser *p)
{
	for (;;) {
		while (!at_end(p) && ascii_space(peek(p)))
			p->at++;
		if (!skip_comment(p))
			return;
	}
}

static void put(struct parser *p, unsigned char c)
{
	p->room[p->used++] = c;
}

/* What was put since `start`. */
static struct slice taken(const struct parser *p, size_t start)
{
	return slice_make(p->room + start, p->used - start);
}

static bool separator(unsigned char c)
{
	return c == ';' || c == ',' || c == '=' || c == '"' || c == '(' || ascii_space(c);
}

/* Does "token =" stand at `at`, so that a parameter begins there, separator or not? */
static bool parameter_begins(struct slice field, size_t at)
{
	size_t i = at;

	while (i < field.len && !separator(field.data[i]))
		i++;
	if (i == at)
		return false;
	while (i < field.len && ascii_blank(field.data[i]))
		i++;
	return i < field.len && field.data[i] == '=';
}

/*
 * Where a run of blanks and commas stands: a separator that somebody forgot or mistook, when a
 * parameter begins behind it. Leaves `at` behind the run in either case.
 */
static bool run_separates(struct parser *p)
{
	while (!at_end(p) && (ascii_space(peek(p)) || peek(p) == ','))
		p->at++;
	return parameter_begins(p->field, p->at);
}

static struct slice quoted_value(struct parser *p)
{
	size_t start = p->used;

	for (p->at++; !at_end(p) && peek(p) != '"'; p->at++) {
		if (peek(p) == '\\' && p->at + 1 < p->field.len)
			p->at++;
		if (peek(p) != '\r' && peek(p) != '\n')
			put(p, peek(p));
	}
	if (at_end(p))
		p->untidy = true;
	else
		p->at++;
	return taken(p, start);
}

/* Without quotes: up to the next separator; blanks inside belong to it, as in names of files. */
static struct slice bare_value(struct parser *p)
{
	size_t start = p->used, run;

	while (!at_end(p) && peek(p) != ';') {
		if (skip_comment(p))
			continue;
		if (!ascii_space(peek(p)) && peek(p) != ',') {
			put(p, peek(p));
			p->at++;
			continue;
		}
		run = p->at;
		if (run_separates(p)) {
			p->untidy = true;
			break;
		}
		if (!at_end(p) && peek(p) != ';' && peek(p) != '(')
			p->untidy = true;
		for (; run < p->at; run++)
			if (p->field.data[run] != '\r' && p->field.data[run] != '\n')
				put(p, p->field.data[run]);
	}
	return slice_trim(taken(p, start));
}

/* To the next ";", for what follows a value and belongs to nothing. */
static void skip_rest(struct parser *p)
{
	while (!at_end(p) && peek(p) != ';') {
		if (skip_comment(p))
			continue;
		if (ascii_space(peek(p)) || peek(p) == ',') {
			if (run_separates(p)) {
				p->untidy = true;
				return;
			}
			continue;
		}
		if (peek(p) == '"') {
			size_t used = p->used;

			quoted_value(p); /* a ";" in quotes is none */
			p->used = used;
			p->untidy = true;
			continue;
		}
		p->untidy = true;
		p->at++;
	}
}

/* Takes RFC 2231's "*", "*N" and "*N*" off the end of a name. */
static void split_name(struct parameter *parameter)
{
	struct slice name = parameter->name;
	size_t star, section = 0, digits;

	parameter->section = -1;
	if (name.len > 1 && name.data[name.len - 1] == '*') {
		parameter->extended = true;
		name.len--;
	}
	star = slice_find_byte(name, '*', 0);
	digits = star + 1;
	while (digits < name.len && ascii_digit(name.data[digits]) && section < 100000)
		section = section * 10 + (name.data[digits++] - '0');
	if (star < name.len && digits == name.len && digits > star + 1) {
		parameter->section = (int)section;
		name.len = star;
	}
	parameter->name = name;
}

/* "name = value" at the cursor. False when it is nothing of the kind: passed over. */
static bool next_parameter(struct parser *p, struct parameter *parameter)
{
	size_t start = p->used, raw;

	*parameter = (struct parameter){0};
	while (!at_end(p) && !separator(peek(p)))
		put(p, ascii_lower(p->field.data[p->at++]));
	parameter->name = taken(p, start);
	split_name(parameter);
	skip_space(p);
	if (at_end(p) || peek(p) != '=' || parameter->name.len == 0) {
		p->untidy = true;
		if (!at_end(p) && peek(p) == '=')
			p->at++;
		skip_rest(p);
		return false;
	}
	p->at++;
	raw = p->at;
	skip_space(p);
	if (!at_end(p) && peek(p) == '"') {
		parameter->quoted = true;
		parameter->value = quoted_value(p);
		skip_rest(p);
	} else {
		parameter->value = bare_value(p);
	}
	parameter->raw = slice_trim(slice_first(slice_from(p->field, raw), p->at - raw));
	while (parameter->raw.len > 0 && parameter->raw.data[parameter->raw.len - 1] == ',')
		parameter->raw.len--;
	return true;
}

/* What stands before the first separator: blanks and comments dropped. */
static struct slice main_value(struct parser *p)
{
	size_t start = p->used;

	while (!at_end(p) && peek(p) != ';') {
		if (skip_comment(p))
			continue;
		if (ascii_space(peek(p)) || peek(p) == ',') {
			size_t run = p->at;
			bool comma;

			if (run_separates(p)) {
				p->untidy = true;
				break;
			}
			comma = slice_find_byte(slice_first(p->field, p->at), ',', run) < p->at;
			if (comma) {
				/* A second value: nobody can mean both. */
				p->untidy = true;
				skip_rest(p);
				break;
			}
			if (!at_end(p) && peek(p) != ';' && p->used > start)
				put(p, ' ');
			continue;
		}
		put(p, peek(p));
		p->at++;
	}
	return slice_trim(taken(p, start));
}

static int list_add(struct arena *arena, struct parameters *parameters, size_t *cap,
	const struct parameter *parameter)
{
	if (parameters->count == *cap) {
		size_t larger = *cap ? *cap * 4 : 4;
		struct parameter *list = arena_array(arena, larger, sizeof(*list));

		if (!list)
			return -ENOMEM;
		if (parameters->count > 0)
			memcpy(list, parameters->list, parameters->count * sizeof(*list));
		parameters->list = list;
		*cap = larger;
	}
	parameters->list[parameters->count++] = *parameter;
	return 0;
}

int parameters_parse(struct arena *arena, struct slice field, struct parameters *parameters)
{
	struct parser p = {.field = field, .room = arena_alloc(arena, field.len + 1)};
	struct parameters parsed = {0};
	size_t cap = 0;

	if (!p.room)
		return -ENOMEM;
	parsed.value = main_value(&p);
	for (;;) {
		struct parameter parameter;

		while (!at_end(&p) && (peek(&p) == ';' || ascii_space(peek(&p)) || peek(&p) == ','))
			p.at++;
		skip_space(&p);
		if (at_end(&p))
			break;
		if (peek(&p) == ';')
			continue;
		if (parsed.count == PARAMETERS_MAX) {
			p.untidy = true;
			break;
		}
		if (next_parameter(&p, &parameter) &&
			list_add(arena, &parsed, &cap, &parameter))
			return -ENOMEM;
	}
	parsed.untidy = p.untidy;
	*parameters = parsed;
	return 0;
}
