/*
 * The names of a part; see names.h. Mail programs differ in which of several parameters counts and
 * in how far they decode it, so nothing is decided here: every form that some program shows is a
 * candidate, and a list of bad names is held against all of them. The likeliest comes first, for
 * people to read.
 */
#include "message/names.h"
#include "base/cleanup.h"
#include "message/encoded_word.h"
#include "message/name_forms.h"
#include "message/parameter.h"
#include "message/percent.h"

#include <errno.h>
#include <stdlib.h>

/* An own order next to the section number, because qsort(3) need not keep equal ones in order. */
struct section {
	const struct parameter *parameter;
	size_t order;
};

static int compare_sections(const void *left, const void *right)
{
	const struct section *a = left, *b = right;

	if (a->parameter->section != b->parameter->section)
		return a->parameter->section < b->parameter->section ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

/* The names of one part, and the charsets they are written in. */
struct collector {
	struct name_forms forms;
	struct charset_converters converters;
};

static int convert(struct collector *c, struct slice name, struct slice bytes, struct buf *out)
{
	struct charset charset = charset_find(name);

	return charset_convert(&c->converters, &charset, bytes, out);
}

/* The bytes as they stand: unfolded, taken as UTF-8 or Latin-1. */
static int add_literal(struct collector *c, struct slice value)
{
	cleanup_buf struct buf unfolded = {0}, text = {0};
	int error = header_unfold(value, &unfolded);

	if (!error)
		error = charset_name_to_utf8(SLICE_EMPTY, buf_slice(&unfolded), &text);
	return error ? error : name_forms_add(&c->forms, buf_slice(&text));
}

/* Encoded words decoded (forbidden in parameters, done by everybody), then as they stand. */
static int add_text(struct collector *c, struct slice value)
{
	cleanup_buf struct buf text = {0};
	int error = header_decode_with(&c->converters, value, &text);

	if (!error)
		error = name_forms_add(&c->forms, buf_slice(&text));
	return error ? error : add_literal(c, value);
}

/* Takes "charset'language'" off the front of an extended value (RFC 2231 4); none: UTF-8. */
static struct slice take_charset(struct slice *value)
{
	size_t first = slice_find_byte(*value, '\'', 0);
	size_t second = first < value->len ? slice_find_byte(*value, '\'', first + 1) : value->len;
	struct slice charset;

	if (second == value->len || first > CHARSET_NAME_MAX)
		return SLICE_EMPTY;
	charset = slice_first(*value, first);
	*value = slice_from(*value, second + 1);
	return charset;
}

static int add_extended(struct collector *c, struct slice value)
{
	cleanup_buf struct buf bytes = {0}, text = {0};
	struct slice charset = take_charset(&value);
	int error = percent_decode(value, &bytes);

	if (!error)
		error = convert(c, charset, buf_slice(&bytes), &text);
	return error ? error : add_text(c, buf_slice(&text));
}

/*
 * What a lenient reader makes of the text between "=" and the next separator: all of it with its
 * comments and blanks, and, unquoted, what stands before the first blank.
 */
static int add_raw(struct collector *c, const struct parameter *parameter)
{
	struct slice raw = slice_trim(parameter->raw);
	size_t end = 0;
	int error;

	if (parameter->quoted && raw.len > 1 && raw.data[0] == '"') {
		raw = slice_from(raw, 1);
		if (raw.data[raw.len - 1] == '"')
			raw.len--;
		return add_text(c, raw);
	}
	error = add_text(c, raw);
	while (end < raw.len && !ascii_space(raw.data[end]))
		end++;
	return error || end == raw.len ? error : add_text(c, slice_first(raw, end));
}

/* How sections of one number, or a missing number, are read. */
enum joining {
	JOIN_FIRST,   /* the first of each number */
	JOIN_LAST,    /* the last of each number */
	JOIN_GAPLESS, /* the first of each, up to the first gap */
	JOIN_ALL,     /* every one */
};

static bool is_joined(const struct section *sections, size_t count, size_t i, enum joining joining)
{
	bool first = i == 0 || sections[i].parameter->section != sections[i - 1].parameter->section;
	bool last = i + 1 == count ||
		    sections[i].parameter->section != sections[i + 1].parameter->section;

	switch (joining) {
	case JOIN_LAST:
		return last;
	case JOIN_ALL:
		return true;
	case JOIN_FIRST:
	case JOIN_GAPLESS:
	default:
		return first;
	}
}

static int add_joined(
	struct collector *c, const struct section *sections, size_t count, enum joining joining)
{
	cleanup_buf struct buf bytes = {0}, text = {0};
	struct slice charset = SLICE_EMPTY;
	bool extended = false;
	int error;

	for (size_t i = 0; i < count; i++) {
		const struct parameter *parameter = sections[i].parameter;
		struct slice value = parameter->value;

		if (joining == JOIN_GAPLESS && i > 0 &&
			parameter->section > sections[i - 1].parameter->section + 1)
			break;
		if (!is_joined(sections, count, i, joining))
			continue;
		if (parameter->extended && parameter->section == 0 && charset.len == 0)
			charset = take_charset(&value);
		extended = extended || parameter->extended;
		error = parameter->extended ? percent_decode(value, &bytes)
					    : buf_add(&bytes, value);
		if (error)
			return error;
	}
	if (!extended)
		return add_text(c, buf_slice(&bytes));
	error = convert(c, charset, buf_slice(&bytes), &text);
	return error ? error : add_text(c, buf_slice(&text));
}

/* RFC 2231 section 3: name*0, name*1*, ...: joined in each way that a reader may join them. */
static int add_continuations(
	struct collector *c, const struct parameters *parameters, const char *name)
{
	cleanup_free struct section *sections = NULL;
	size_t count = 0;
	int error;

	if (parameters->count == 0)
		return 0;
	sections = calloc(parameters->count, sizeof(*sections));
	if (!sections)
		return -ENOMEM;
	for (size_t i = 0; i < parameters->count; i++) {
		const struct parameter *parameter = &parameters->list[i];

		if (parameter->section < 0 || !slice_eq_cstr(parameter->name, name))
			continue;
		sections[count++] = (struct section){parameter, i};
	}
	if (count == 0)
		return 0;
	error = add_joined(c, sections, count, JOIN_ALL); /* as they come */
	qsort(sections, count, sizeof(*sections), compare_sections);
	for (enum joining joining = JOIN_FIRST; !error && joining <= JOIN_ALL; joining++)
		error = add_joined(c, sections, count, joining);
	return error;
}

static int add_parameter(struct collector *c, const struct parameter *parameter)
{
	int error = 0;

	if (parameter->extended)
		error = add_extended(c, parameter->value);
	if (!error)
		error = add_text(c, parameter->value);
	return error ? error : add_raw(c, parameter);
}

static int add_named(struct collector *c, const struct parameters *parameters, const char *name)
{
	int error = add_continuations(c, parameters, name);

	/* RFC 6266 4.3: the extended form wins over the plain one where both stand. */
	for (int extended = 1; !error && extended >= 0; extended--) {
		for (size_t i = 0; !error && i < parameters->count; i++) {
			const struct parameter *parameter = &parameters->list[i];

			if (parameter->section < 0 && parameter->extended == (extended == 1) &&
				slice_eq_cstr(parameter->name, name))
				error = add_parameter(c, parameter);
		}
	}
	return error;
}

static int add_fields(struct collector *c, const struct header *header, const char *field_name)
{
	const struct header_field *field = NULL;

	while ((field = header_next(header, field_name, field))) {
		cleanup_arena struct arena scratch = {0};
		struct parameters parameters;
		int error = parameters_parse(&scratch, field->value, &parameters);

		if (!error)
			error = add_named(c, &parameters, "filename");
		if (!error)
			error = add_named(c, &parameters, "name");
		if (error)
			return error;
	}
	return 0;
}

static int collect(struct collector *c, const struct header *header)
{
	int error = add_fields(c, header, "Content-Disposition");

	return error ? error : add_fields(c, header, "Content-Type");
}

int names_collect(
	struct arena *arena, const struct header *header, struct slice **names, size_t *count)
{
	struct collector c = {.forms = {.arena = arena}};
	struct slice *list = NULL;
	size_t found = 0;
	int error = collect(&c, header);

	charset_converters_release(&c.converters);
	if (!error)
		error = name_forms_append(&c.forms, &list, &found);
	if (error)
		return error;
	*names = list;
	*count = found;
	return 0;
}

int names_add(struct arena *arena, struct slice raw, struct slice **names, size_t *count)
{
	struct collector c = {.forms = {.arena = arena}};
	int error = add_text(&c, raw);

	charset_converters_release(&c.converters);
	return error ? error : name_forms_append(&c.forms, names, count);
}
