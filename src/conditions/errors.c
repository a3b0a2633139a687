/*
 * Condition `errors`: the header or the MIME structure breaks a rule that mailheaders asks for. All
 * that is wrong becomes one finding, whose code is the sum of what QMVC 1.7's logs have.
 *
 * What counts for header=s is what RFC 5322 forbids and no tolerable mailer does: a line that is
 * no field, an impossible field name, control characters, a CR alone, lines over 998 bytes, bytes
 * that are not UTF-8, a field twice that may stand once (section 3.6). Not counted: an mbox line on
 * top, which is somebody's storage and not the sender; a folded line of blanks, which section 4.2
 * makes readers accept; a header without body, which section 3.5 allows.
 */
#include <errno.h>

#include "conditions/list.h"
#include "conditions/rule.h"
#include "message/message.h"

struct flag_words {
	unsigned flag;
	const char *words;
};

static const struct flag_words header_words[] = {
	{HEADER_NO_COLON, "header line without colon"},
	{HEADER_BAD_NAME, "impossible field name"},
	{HEADER_CONTROL, "control character in header"},
	{HEADER_BARE_CR, "bare CR in header"},
	{HEADER_LONG_LINE, "header line over 998 bytes"},
	{HEADER_EIGHT_BIT, "8-bit header that is not UTF-8"},
	{HEADER_DUPLICATE, "field given twice"},
};

/* In the header of a part only what can hide a part from a reader counts. */
#define PART_HEADER_FLAGS (HEADER_NO_COLON | HEADER_BAD_NAME | HEADER_CONTROL | HEADER_BARE_CR)

static const struct flag_words part_words[] = {
	{PART_NO_BOUNDARY, "multipart without boundary"},
	{PART_NO_DELIMITER, "boundary not in body"},
	{PART_NO_CLOSE, "multipart not closed"},
	{PART_BAD_ENCODING, "bad characters in encoded part"},
	{PART_TRUNCATED, "encoded part cut off"},
	{PART_ENCODED_MULTIPART, "encoded multipart"},
	{PART_BAD_TYPE, "bad Content-Type"},
	{PART_DUPLICATE, "Content field or parameter given twice"},
	{PART_UNKNOWN_ENCODING, "unknown transfer encoding"},
	{PART_NUL, "NUL in a part that is not binary"},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What has been found so far: both lists as they will stand in the finding. */
struct faults {
	unsigned code;
	struct buf rules, details;
};

static void faults_release(struct faults *faults)
{
	buf_release(&faults->rules);
	buf_release(&faults->details);
}

static void add_detail(struct faults *faults, const char *text)
{
	buf_addf(&faults->details, "%s%s", faults->details.len > 0 ? "; " : "", text);
}

static void add_rule(struct faults *faults, unsigned code, const char *rule)
{
	if (faults->code & code)
		return;
	faults->code |= code;
	buf_addf(&faults->rules, "%s%s", faults->rules.len > 0 ? " " : "", rule);
}

static void check_flags(struct faults *faults, unsigned code, const char *rule, unsigned flags,
	const struct flag_words *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!(flags & words[i].flag))
			continue;
		add_rule(faults, code, rule);
		add_detail(faults, words[i].words);
	}
}

static void check_mime(struct faults *faults, const struct reading *reading)
{
	unsigned flags = 0, header = 0;

	for (size_t i = 0; i < reading->count; i++) {
		flags |= reading->parts[i].flags;
		if (i > 0)
			header |= reading->parts[i].header.flags;
	}
	check_flags(faults, MAIL_ERROR_MIME, "mime=s", flags, part_words, COUNT(part_words));
	if (header & PART_HEADER_FLAGS) {
		add_rule(faults, MAIL_ERROR_MIME, "mime=s");
		add_detail(faults, "broken header of a part");
	}
}

/* Is there a field of that name that says something? */
static bool has_field(const struct header *header, const char *name)
{
	const struct header_field *field = NULL;

	while ((field = header_next(header, name, field)))
		if (!header_value_is_empty(field->value))
			return true;
	return false;
}

static void check_required(struct faults *faults, unsigned wanted, const struct header *header)
{
	static const struct {
		unsigned code;
		const char *rule, *field, *instead;
	} required[] = {
		{MAIL_ERROR_DATE, "date=r", "Date", NULL},
		{MAIL_ERROR_TO, "to=r", "To", NULL},
		{MAIL_ERROR_MSGID, "msgid=r", "Message-ID", NULL},
		{MAIL_ERROR_FROM, "from=r", "From", "Sender"},
		{MAIL_ERROR_SUBJECT, "subject=r", "Subject", NULL},
	};

	for (size_t i = 0; i < COUNT(required); i++) {
		if (!(wanted & required[i].code) || has_field(header, required[i].field))
			continue;
		if (required[i].instead && has_field(header, required[i].instead))
			continue;
		add_rule(faults, required[i].code, required[i].rule);
		buf_addf(&faults->details, "%sno %s", faults->details.len > 0 ? "; " : "",
			required[i].field);
	}
}

/* Every field of that name counts, decoded: a spam filter's may stand beside a forged one. */
static int check_field(
	struct faults *faults, const struct field_rule *rule, const struct header *header)
{
	cleanup_buf struct buf value = {0};

	for (size_t i = 0; i < header->count; i++) {
		if (!slice_eq_nocase(header->fields[i].name, rule->field))
			continue;
		buf_clear(&value);
		if (header_decode(header->fields[i].value, &value))
			return -ENOMEM;
		if (rule->content.len > value.len ||
			(rule->content.len > 0 && slice_find_nocase(buf_slice(&value),
							  rule->content, 0) == value.len))
			continue;
		faults->code |= MAIL_ERROR_FIELD;
		buf_add_cstr(&faults->rules, faults->rules.len > 0 ? " +" : "+");
		buf_add(&faults->rules, rule->field);
		buf_add_cstr(&faults->rules, "=");
		buf_add(&faults->rules, rule->content);
		buf_add_cstr(&faults->details, faults->details.len > 0 ? "; " : "");
		buf_add(&faults->details, header->fields[i].name);
		buf_add_cstr(&faults->details, ": ");
		buf_add(&faults->details, buf_slice(&value));
		return 0;
	}
	return 0;
}

static int check_fields(
	struct faults *faults, const struct mailheaders *rules, const struct header *header)
{
	int code = 0;

	for (size_t i = 0; code == 0 && i < rules->field_count; i++)
		code = check_field(faults, &rules->fields[i], header);
	return code;
}

int errors_check(const struct check *check, struct error *error)
{
	const struct mailheaders *rules = &check->control->mailheaders;
	const struct reading *reading = &check->message->reading;
	__attribute__((cleanup(faults_release))) struct faults faults = {0};
	struct finding finding = {.condition = CONDITION_ERRORS, .object = FINDING_NO_OBJECT};
	const struct header *header;

	(void)error;
	if (reading->count == 0)
		return 0;
	header = &reading->parts[0].header;
	if (rules->wanted & MAIL_ERROR_HEADER)
		check_flags(&faults, MAIL_ERROR_HEADER, "header=s", header->flags, header_words,
			COUNT(header_words));
	check_required(&faults, rules->wanted, header);
	if (rules->wanted & MAIL_ERROR_MIME)
		check_mime(&faults, reading);
	if (check_fields(&faults, rules, header) || faults.rules.failed || faults.details.failed)
		return -ENOMEM;
	if (faults.code == 0)
		return 0;
	finding.code = faults.code;
	finding.pattern = arena_cstr(check->arena, buf_slice(&faults.rules));
	finding.detail = rule_detail(check->arena, buf_slice(&faults.details));
	if (!finding.pattern || !finding.detail)
		return -ENOMEM;
	return findings_add(check->findings, check->arena, &finding);
}
