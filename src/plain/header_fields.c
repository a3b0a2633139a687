/*
 * Fields that are kept; see header_fields.h. A value stays as it is, folds and all, when its bytes
 * are printable ASCII and its encoded-words hold no control characters. Otherwise it is decoded,
 * leniently as mail programs do, and written anew.
 */
#include "plain/header_fields.h"

#include "message/utf8.h"
#include "react/compose.h"

#include <errno.h>

/* Of a value that is written anew, so that no header is longer than what it was made of. */
#define ADDRESSES_MAX 1000

/* A line of a value: printable; a folded one begins with a blank and holds something else. */
static bool line_is_tidy(struct slice line, bool is_folded)
{
	if (is_folded && (line.len == 0 || !ascii_blank(line.data[0]) || slice_trim(line).len == 0))
		return false;
	for (size_t i = 0; i < line.len; i++)
		if ((line.data[i] < ' ' && line.data[i] != '\t') || line.data[i] > 0x7e)
			return false;
	return line.len <= 900;
}

/* As UTF-8, without control characters. Returns 0 or -ENOMEM; *was_clean: there were none. */
static int decode(struct slice value, struct buf *out, bool *was_clean)
{
	cleanup_buf struct buf decoded = {0};

	*was_clean = true;
	if (header_decode(value, &decoded))
		return -ENOMEM;
	for (size_t i = 0; i < decoded.len; i++) {
		bool is_control = decoded.data[i] < ' ' || decoded.data[i] == 0x7f;

		*was_clean &= !is_control || decoded.data[i] == '\t';
		buf_add_byte(out, is_control ? ' ' : decoded.data[i]);
	}
	return out->failed ? -ENOMEM : 0;
}

/* Returns 1 when it may stay as it is, 0, or -ENOMEM. */
static int is_tidy(const struct header_field *field)
{
	cleanup_buf struct buf decoded = {0};
	struct slice rest = field->value, line;
	bool is_folded = false, is_clean = true;
	int result = 0;

	if (header_value_is_empty(field->value))
		return 0;
	while (slice_next_line(&rest, &line)) {
		if (!line_is_tidy(line, is_folded))
			return 0;
		is_folded = true;
	}
	if (slice_find(field->value, slice_cstr("=?"), 0) < field->value.len)
		result = decode(field->value, &decoded, &is_clean);
	return result ? result : is_clean;
}

static void add_raw(struct buf *out, const char *name, struct slice value)
{
	struct slice line;

	buf_addf(out, "%s:", name);
	if (value.len == 0 || !ascii_blank(value.data[0]))
		buf_add_byte(out, ' ');
	while (slice_next_line(&value, &line)) {
		buf_add(out, line);
		buf_add_byte(out, '\n');
	}
}

/*
 * Where the mailbox at the front of a list ends: a comma outside of quotes, comments and brackets.
 */
static size_t mailbox_end(struct slice list)
{
	unsigned comments = 0;
	bool quoted = false, bracketed = false;

	for (size_t i = 0; i < list.len; i++) {
		unsigned char c = list.data[i];

		if (c == '\\' && (quoted || comments > 0))
			i++;
		else if (c == '"' && comments == 0)
			quoted = !quoted;
		else if (quoted)
			continue;
		else if (c == '(')
			comments++;
		else if (c == ')' && comments > 0)
			comments--;
		else if (c == '<' || c == '>')
			bracketed = c == '<';
		else if (c == ',' && comments == 0 && !bracketed)
			return i;
	}
	return list.len;
}

/* A display name without the quotes around it. */
static struct slice unquoted(struct slice name)
{
	name = slice_trim(name);
	if (name.len >= 2 && name.data[0] == '"' && name.data[name.len - 1] == '"')
		name = slice_trim(slice_make(name.data + 1, name.len - 2));
	return name;
}

/* "words <address>"; returns false, with nothing written, when there is no address. */
static bool add_one_mailbox(struct buf *out, struct slice mailbox)
{
	cleanup_buf struct buf address = {0};
	size_t bracket = mailbox.len, end;
	struct slice name;

	for (size_t i = 0; i < mailbox.len; i++)
		if (mailbox.data[i] == '<')
			bracket = i;
	end = slice_find_byte(mailbox, '>', bracket);
	if (!compose_address(&address,
		    slice_trim(bracket < mailbox.len
				       ? slice_make(mailbox.data + bracket + 1, end - bracket - 1)
				       : mailbox)))
		return false;
	name = bracket < mailbox.len ? unquoted(slice_first(mailbox, bracket)) : SLICE_EMPTY;
	if (name.len > 0) {
		compose_words(out, strlen("Reply-To: "), name);
		buf_add_cstr(out, "\n ");
	}
	buf_add(out, buf_slice(&address));
	return true;
}

static void add_mailboxes(struct buf *out, const char *name, struct slice list)
{
	unsigned count = 0;

	buf_addf(out, "%s: ", name);
	while (list.len > 0 && count < ADDRESSES_MAX) {
		cleanup_buf struct buf one = {0};
		size_t end = mailbox_end(list);

		if (add_one_mailbox(&one, slice_first(list, end))) {
			buf_add_cstr(out, count++ > 0 ? ",\n " : "");
			buf_add(out, buf_slice(&one));
		}
		list = slice_from(list, end + 1);
	}
	buf_add_cstr(out, count > 0 ? "\n" : "undisclosed-recipients:;\n");
}

/* The "<...>" among what stands there, one a line. */
static void add_references(struct buf *out, const char *name, struct slice text)
{
	bool is_begun = false;

	while (text.len > 0) {
		size_t from = slice_find_byte(text, '<', 0);
		size_t end = slice_find_byte(text, '>', from);
		struct slice id = slice_make(text.data + from, end < text.len ? end + 1 - from : 0);

		if (id.len > 0 && line_is_tidy(id, false) &&
			slice_find_byte(id, ' ', 0) == id.len &&
			slice_find_byte(id, '\t', 0) == id.len) {
			if (!is_begun)
				buf_addf(out, "%s:", name);
			buf_add_cstr(out, is_begun ? "\n " : " ");
			buf_add(out, id);
			is_begun = true;
		}
		text = slice_from(text, end + 1);
	}
	if (is_begun)
		buf_add_byte(out, '\n');
}

enum field_form { MAILBOXES, TEXT, REFERENCES, DATE, MESSAGE_ID };

static const struct kept {
	const char *name;
	enum field_form form;
} kept[] = {
	{"From", MAILBOXES},
	{"Reply-To", MAILBOXES},
	{"To", MAILBOXES},
	{"Cc", MAILBOXES},
	{"Subject", TEXT},
	{"Date", DATE},
	{"Message-ID", MESSAGE_ID},
	{"In-Reply-To", REFERENCES},
	{"References", REFERENCES},
};

static void add_default(
	struct buf *out, const struct kept *kind, const struct header_defaults *defaults)
{
	if (kind->form == DATE)
		compose_date(out, defaults->now_ms);
	else if (kind->form == MESSAGE_ID)
		compose_message_id(out, defaults->unique, defaults->host);
	else if (strcmp(kind->name, "From") == 0)
		compose_mailbox(out, "From", defaults->sender);
}

static int add_anew(struct buf *out, const struct kept *kind, const struct header_field *field,
	const struct header_defaults *defaults)
{
	cleanup_buf struct buf value = {0};
	bool was_clean;
	int result = decode(field->value, &value, &was_clean);

	if (result)
		return result;
	if (kind->form == MAILBOXES)
		add_mailboxes(out, kind->name, buf_slice(&value));
	else if (kind->form == TEXT)
		compose_text(out, kind->name, slice_trim(buf_slice(&value)));
	else if (kind->form == REFERENCES)
		add_references(out, kind->name, buf_slice(&value));
	else
		add_default(out, kind, defaults);
	return 0;
}

/* As they stand, other bytes than ASCII too: qmail-local compares whole lines. */
static void add_delivered_to(struct buf *out, const struct header *header)
{
	const struct header_field *field = NULL;

	while ((field = header_next(header, "Delivered-To", field)) != NULL) {
		bool is_line = !header_value_is_empty(field->value);

		for (size_t i = 0; i < field->value.len; i++)
			is_line &= field->value.data[i] >= ' ' && field->value.data[i] != 0x7f;
		if (is_line && field->value.len <= 1200)
			add_raw(out, "Delivered-To", field->value);
	}
}

int header_fields_keep(
	const struct header *header, const struct header_defaults *defaults, struct buf *out)
{
	add_delivered_to(out, header);
	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++) {
		const struct header_field *field = header_find(header, kept[i].name, 0);
		int result = field ? is_tidy(field) : 0;

		if (!field || header_value_is_empty(field->value))
			add_default(out, &kept[i], defaults);
		else if (result == 1)
			add_raw(out, kept[i].name, field->value);
		else if (result == 0)
			result = add_anew(out, &kept[i], field, defaults);
		if (result < 0)
			return result;
	}
	return out->failed ? -ENOMEM : 0;
}
