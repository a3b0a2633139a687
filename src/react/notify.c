/* Who may be told; see notify.h. */
#include "react/notify.h"

#include "react/notice.h"

/* A header of more fields of a kind than this is nobody's letter. */
#define FIELDS_MAX 16

static bool has_value(const struct header *header, const char *name, bool (*is)(struct slice value))
{
	const struct header_field *field = NULL;

	for (unsigned i = 0; i < FIELDS_MAX && (field = header_next(header, name, field)); i++) {
		cleanup_buf struct buf value = {0};

		if (header_unfold(field->value, &value) || is(slice_trim(buf_slice(&value))))
			return true;
	}
	return field != NULL;
}

/* "no", also with a comment or parameters behind it. */
static bool is_automatic(struct slice value)
{
	size_t len = 0;

	while (len < value.len && ascii_lower(value.data[len]) >= 'a' &&
		ascii_lower(value.data[len]) <= 'z')
		len++;
	return !slice_eq_nocase_cstr(slice_first(value, len), "no");
}

static bool is_bulk(struct slice value)
{
	return slice_starts_nocase(value, "bulk") || slice_starts_nocase(value, "list") ||
	       slice_starts_nocase(value, "junk");
}

static bool is_anything(struct slice value)
{
	return value.len > 0;
}

static bool holds(struct slice text, const char *part)
{
	return slice_find_nocase(text, slice_cstr(part), 0) < text.len;
}

/* It asks not to be answered (Exchange's field; OOF and AutoReply are what we would be). */
static bool suppresses(struct slice value)
{
	return holds(value, "all") || holds(value, "autoreply");
}

static bool is_program(struct slice sender)
{
	static const char *const names[] = {"mailer-daemon", "daemon", "noreply", "no-reply",
		"donotreply", "do-not-reply", "nobody", "bounce", "bounces"};
	size_t at = sender.len;
	struct slice local;

	for (size_t i = 0; i < sender.len; i++)
		if (sender.data[i] == '@')
			at = i;
	local = slice_first(sender, at);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (slice_eq_nocase_cstr(local, names[i]))
			return true;
	/* The latter two are how mailing lists put the subscriber into the sender (VERP). */
	return slice_starts_nocase(local, "owner-") || slice_starts_nocase(local, "bounce-") ||
	       slice_starts_nocase(local, "bounces-") || slice_starts_nocase(local, "bounce+") ||
	       slice_starts_nocase(local, "bounces+") || slice_ends_nocase(local, "-owner") ||
	       slice_ends_nocase(local, "-request") || slice_ends_nocase(local, "-bounces") ||
	       holds(local, "-bounces+") || holds(local, "-return-") || local.len == 0 ||
	       at == sender.len;
}

enum notify_why notify_recipient_may(const struct envelope *envelope)
{
	return envelope_sender_is_null(envelope) ? NOTIFY_NULL_SENDER : NOTIFY_YES;
}

enum notify_why notify_sender_may(const struct envelope *envelope, const struct header *header)
{
	if (envelope_sender_is_null(envelope))
		return NOTIFY_NULL_SENDER;
	if (is_program(envelope->sender))
		return NOTIFY_PROGRAM_SENDER;
	/* Of a header that was cut nobody knows what it would have said. */
	if ((header->flags & HEADER_LIMIT) || has_value(header, "Auto-Submitted", is_automatic) ||
		has_value(header, "Precedence", is_bulk) ||
		has_value(header, "List-Id", is_anything) ||
		has_value(header, "List-Unsubscribe", is_anything) ||
		has_value(header, "X-Auto-Response-Suppress", suppresses) ||
		has_value(header, "X-QMVC-Seal", is_anything))
		return NOTIFY_AUTOMATIC;
	return NOTIFY_YES;
}

const char *notify_why_words(enum notify_why why)
{
	switch (why) {
	case NOTIFY_NULL_SENDER:
		return "the sender is empty";
	case NOTIFY_AUTOMATIC:
		return "a program wrote the mail";
	case NOTIFY_PROGRAM_SENDER:
		return "nobody reads mail at the sender's address";
	case NOTIFY_NO_ADDRESS:
		return "qmail-queue takes no such address";
	case NOTIFY_YES:
		break;
	}
	return "";
}

unsigned notify_generation(const struct envelope *envelope, const struct header *header)
{
	const struct header_field *field = header_find(header, NOTICE_FIELD, 0);
	cleanup_buf struct buf value = {0};
	struct slice number;

	/* A notice has no sender: in any other mail the field is nothing but a header field. */
	if (!envelope_sender_is_null(envelope) || !field || header_unfold(field->value, &value))
		return 0;
	number = slice_trim(buf_slice(&value));
	if (number.len == 1 && ascii_digit(number.data[0]))
		return (unsigned)(number.data[0] - '0');
	return NOTICE_GENERATIONS;
}
