/*
 * What a part is: its type, boundary, transfer encoding and names, out of its Content-* fields. The
 * rules of the reading say which of several values counts; all else is read the way most mail
 * programs do, and flagged.
 */
#include "message/part.h"

#include "message/names.h"
#include "message/parameter.h"
#include "message/percent.h"
#include "message/reader.h"
#include "message/transfer.h"

#include <errno.h>

/* Each is looked for among all parameters; a boundary of more pieces is no boundary. */
#define SECTIONS_MAX 100

bool part_is(const struct part *part, const char *type, const char *subtype)
{
	return slice_eq_cstr(part->type, type) &&
	       (!subtype || slice_eq_cstr(part->subtype, subtype));
}

bool part_is_encoded(const struct part *part)
{
	return part->encoding != TRANSFER_IDENTITY && part->encoding != TRANSFER_UNKNOWN;
}

static struct slice lower_copy(struct arena *arena, struct slice s)
{
	unsigned char *copy = arena_alloc(arena, s.len + 1);

	if (!copy)
		return SLICE_EMPTY;
	for (size_t i = 0; i < s.len; i++)
		copy[i] = ascii_lower(s.data[i]);
	return slice_make(copy, s.len);
}

/* The field that counts among those of one name, or NULL; several are flagged. */
static const struct header_field *choose_field(struct part *part, const char *name,
	enum reading_choice choice)
{
	const struct header_field *chosen = NULL;

	for (size_t i = 0; i < part->header.count; i++) {
		const struct header_field *field = &part->header.fields[i];

		if (!slice_eq_nocase_cstr(field->name, name))
			continue;
		if (chosen)
			part->flags |= PART_DUPLICATE;
		if (!chosen || choice == CHOOSE_LAST)
			chosen = field;
	}
	return chosen;
}

static const struct parameter *find_plain(struct part *part, const struct parameters *parameters,
	const char *name, enum reading_choice choice)
{
	const struct parameter *chosen = NULL;

	for (size_t i = 0; i < parameters->count; i++) {
		const struct parameter *parameter = &parameters->list[i];

		if (!slice_eq_cstr(parameter->name, name) || parameter->section >= 0 ||
			parameter->extended)
			continue;
		if (chosen)
			part->flags |= PART_DUPLICATE;
		if (!chosen || choice == CHOOSE_LAST)
			chosen = parameter;
	}
	return chosen;
}

/* The boundary parameter with that RFC 2231 section; -1: the one that is extended and whole. */
static const struct parameter *find_section(const struct parameters *parameters, int section)
{
	for (size_t i = 0; i < parameters->count; i++) {
		const struct parameter *parameter = &parameters->list[i];

		if (slice_eq_cstr(parameter->name, "boundary") && parameter->section == section &&
			(section >= 0 || parameter->extended))
			return parameter;
	}
	return NULL;
}

/*
 * A boundary in the forms of RFC 2231, which are legal and which hardly anybody but an attacker
 * uses: "boundary*=", or sections joined in the order of their numbers as far as there is no gap.
 * Gives the place of the last one in *at; an empty *boundary with data NULL when there is none.
 */
static int extended_boundary(struct arena *arena, const struct parameters *parameters,
	struct slice *boundary, size_t *at)
{
	cleanup_buf struct buf joined = {0};
	const struct parameter *parameter = find_section(parameters, -1);
	int section = 0; /* the next one; 0: none follows */

	if (!parameter)
		parameter = find_section(parameters, section++);
	*boundary = SLICE_EMPTY;
	if (!parameter)
		return 0;
	while (parameter) {
		struct slice value = parameter->value;
		size_t first = slice_find_byte(value, '\'', 0);
		size_t second = slice_find_byte(value, '\'', first + 1);

		*at = (size_t)(parameter - parameters->list);
		if (!parameter->extended) {
			buf_add(&joined, value);
		} else {
			/* The first one begins with charset'language'. */
			if (second == value.len)
				second = first;
			if (parameter->section <= 0 && first < value.len)
				value = slice_from(value, second + 1);
			percent_decode(value, &joined);
		}
		parameter = section > 0 && section < SECTIONS_MAX
				    ? find_section(parameters, section++)
				    : NULL;
	}
	if (joined.failed)
		return -ENOMEM;
	*boundary = arena_copy(arena, buf_slice(&joined));
	return boundary->data ? 0 : -ENOMEM;
}

static int find_boundary(struct arena *arena, const struct reading_rules *rules,
	const struct parameters *parameters, struct part *part)
{
	const struct parameter *plain =
		find_plain(part, parameters, "boundary", rules->boundary);
	struct slice extended = SLICE_EMPTY, boundary;
	size_t at = 0;
	int error = extended_boundary(arena, parameters, &extended, &at);

	if (error)
		return error;
	if (plain && extended.data)
		part->flags |= PART_DUPLICATE;
	if (extended.data && (!plain || (rules->boundary == CHOOSE_LAST &&
						&parameters->list[at] > plain))) {
		boundary = extended;
	} else if (plain) {
		boundary = plain->value;
		if (!plain->quoted)
			for (size_t i = 0; i < boundary.len; i++)
				if (ascii_blank(boundary.data[i]))
					boundary.len = i;
		if (!boundary.data)
			boundary.data = (const unsigned char *)"";
	} else {
		part->boundary = SLICE_EMPTY;
		return 0;
	}
	while (boundary.len > 0 && ascii_space(boundary.data[boundary.len - 1]))
		boundary.len--; /* a delimiter line may have lost them on its way: RFC 2046 5.1.1 */
	part->boundary = boundary;
	return 0;
}

static bool token(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.data[i] <= ' ' || s.data[i] > 126 || strchr("()<>@,;:\\\"/[]?=", s.data[i]))
			return false;
	return s.len > 0;
}

/* A type alone, without a subtype: what it most likely stands for. */
static struct slice lone_subtype(struct slice type)
{
	static const struct slice plain = SLICE_LITERAL("plain"), mixed = SLICE_LITERAL("mixed"),
				  octets = SLICE_LITERAL("octet-stream");

	if (slice_eq_cstr(type, "text"))
		return plain;
	if (slice_eq_cstr(type, "multipart"))
		return mixed;
	return slice_eq_cstr(type, "application") ? octets : SLICE_EMPTY;
}

static int set_type(struct arena *arena, struct slice value, struct part *part)
{
	size_t slash = slice_find_byte(value, '/', 0);
	struct slice type = lower_copy(arena, slice_trim(slice_first(value, slash)));
	struct slice subtype = lower_copy(arena, slice_trim(slice_from(value, slash + 1)));

	if (!type.data || !subtype.data)
		return -ENOMEM;
	if (!token(type) || !token(subtype)) {
		part->flags |= PART_BAD_TYPE;
		if (subtype.len == 0)
			subtype = lone_subtype(type);
		if (type.len == 0 || subtype.len == 0)
			return 0; /* keeps the default, RFC 2045 section 5.2 */
	}
	part->type = type;
	part->subtype = subtype;
	return 0;
}

static void set_partial(const struct parameters *parameters, struct part *part,
	struct part_shape *shape)
{
	const struct parameter *number = find_plain(part, parameters, "number", CHOOSE_FIRST);
	const struct parameter *total = find_plain(part, parameters, "total", CHOOSE_FIRST);

	part->flags |= PART_PARTIAL;
	/* The one fragment of one is the whole mail. */
	shape->message = number && total && slice_eq_cstr(number->value, "1") &&
			 slice_eq_cstr(total->value, "1");
}

static int describe_type(struct arena *arena, const struct reading_rules *rules, bool in_digest,
	struct part *part, struct part_shape *shape)
{
	static const struct slice text = SLICE_LITERAL("text"), plain = SLICE_LITERAL("plain");
	static const struct slice message = SLICE_LITERAL("message"),
				  rfc822 = SLICE_LITERAL("rfc822");
	const struct header_field *field = choose_field(part, "Content-Type", rules->content_type);
	struct parameters parameters = {0};
	const struct parameter *charset;
	int error;

	part->type = in_digest ? message : text;
	part->subtype = in_digest ? rfc822 : plain;
	if (field) {
		error = parameters_parse(arena, field->value, &parameters);
		if (!error)
			error = set_type(arena, parameters.value, part);
		if (error)
			return error;
		if (parameters.untidy)
			part->flags |= PART_UNTIDY;
	}
	charset = find_plain(part, &parameters, "charset", CHOOSE_FIRST);
	if (charset) {
		part->charset = lower_copy(arena, charset->value);
		if (!part->charset.data)
			return -ENOMEM;
	}
	shape->multipart = part_is(part, "multipart", NULL);
	shape->message = part_is(part, "message", "rfc822") || part_is(part, "message", "global") ||
			 part_is(part, "message", "news");
	if (part_is(part, "message", "partial"))
		set_partial(&parameters, part, shape);
	if (!shape->multipart)
		return 0;
	return find_boundary(arena, rules, &parameters, part);
}

static int describe_disposition(struct arena *arena, struct part *part)
{
	const struct header_field *field = choose_field(part, "Content-Disposition", CHOOSE_FIRST);
	struct parameters parameters;
	int error;

	if (!field)
		return 0;
	error = parameters_parse(arena, field->value, &parameters);
	if (error)
		return error;
	/* RFC 2183 section 2.8: an unknown disposition is an attachment. */
	part->is_attachment = parameters.value.len > 0 &&
			      !slice_eq_nocase_cstr(parameters.value, "inline");
	if (parameters.untidy)
		part->flags |= PART_UNTIDY;
	return 0;
}

int part_describe(struct arena *arena, const struct reading_rules *rules, bool in_digest,
	struct part *part, struct part_shape *shape)
{
	const struct header_field *encoding;
	bool untidy = false;
	int error;

	*shape = (struct part_shape){0};
	if (part->header.flags & HEADER_LIMIT)
		part->flags |= PART_OVER_HEADER;
	error = describe_type(arena, rules, in_digest, part, shape);
	if (!error)
		error = describe_disposition(arena, part);
	if (error)
		return error;
	encoding = choose_field(part, "Content-Transfer-Encoding", rules->encoding);
	if (encoding)
		part->encoding = transfer_from_field(encoding->value, &untidy);
	if (untidy)
		part->flags |= PART_UNTIDY;
	if (part->encoding == TRANSFER_UNKNOWN)
		part->flags |= PART_UNKNOWN_ENCODING;
	if ((shape->multipart || shape->message) && part_is_encoded(part))
		part->flags |= PART_ENCODED_MULTIPART;
	return names_collect(arena, &part->header, &part->names, &part->name_count);
}
