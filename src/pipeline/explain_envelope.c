/*
 * The envelope of a mail that nobody delivers: qmail-local's variables when they are there (a trial
 * by hand, a pipe in a dot-qmail file), else what the mail says of itself. qmail-local itself wrote
 * Return-Path and Delivered-To on top of what it delivered, so their first ones come before From
 * and To, which are whatever the sender put there.
 */
#include "pipeline/explanation.h"

#include <errno.h>

/*
 * The first address of a field's value: what stands in <>, else the first word with an '@'. Quoted
 * names may hold anything. False when there is none.
 */
static bool first_address(struct slice value, struct slice *address)
{
	bool quoted = false;
	size_t start = 0;

	for (size_t i = 0; i < value.len; i++) {
		unsigned char c = value.data[i];

		if (c == '\\' && quoted) {
			i++;
		} else if (c == '"') {
			quoted = !quoted;
		} else if (c == '<' && !quoted) {
			struct slice rest = slice_from(value, i + 1);

			*address = slice_trim(slice_first(rest, slice_find_byte(rest, '>', 0)));
			return true;
		}
	}
	for (size_t i = 0; i <= value.len; i++) {
		struct slice word = slice_make(value.data + start, i - start);

		if (i < value.len && !ascii_space(value.data[i]) && !strchr(",;:()", value.data[i]))
			continue;
		if (slice_find_byte(word, '@', 0) < word.len) {
			*address = word;
			return true;
		}
		start = i + 1;
	}
	return false;
}

/* The address of the first of the fields that has one; *from is that field's name, or NULL. */
static int address_of(const struct explanation *explanation, const char *const *fields,
	struct slice *address, const char **from)
{
	struct delivery *delivery = explanation->delivery;
	const struct reading *reading = &delivery->message.reading;

	*from = NULL;
	*address = SLICE_EMPTY;
	for (; *fields && reading->count > 0; fields++) {
		const struct header_field *field =
			header_find(&reading->parts[0].header, *fields, 0);
		cleanup_buf struct buf value = {0};
		struct slice found;

		if (!field)
			continue;
		if (header_unfold(field->value, &value))
			return -ENOMEM;
		if (!first_address(buf_slice(&value), &found))
			continue;
		*address = arena_copy(&delivery->arena, found);
		if (!address->data)
			return -ENOMEM;
		*from = *fields;
		return 0;
	}
	return 0;
}

int explain_envelope(struct explanation *explanation, struct error *error)
{
	static const char *const senders[] = {"Return-Path", "From", "Sender", NULL};
	static const char *const recipients[] = {"Delivered-To", "To", "Cc", NULL};
	struct delivery *delivery = explanation->delivery;
	struct slice sender, recipient;

	if (envelope_is_there(delivery->options)) {
		explanation->sender_from = explanation->recipient_from =
			delivery->options->sender ? "command line" : "environment";
		return envelope_from_environment(
			&delivery->arena, delivery->options, &delivery->envelope, error);
	}
	if (address_of(explanation, senders, &sender, &explanation->sender_from) ||
		address_of(explanation, recipients, &recipient, &explanation->recipient_from))
		return error_set_errno(error, -ENOMEM, "cannot find sender and recipient");
	explain_note(explanation, "no envelope in the environment (SENDER, LOCAL, HOST): sender "
				  "and recipient are taken from the mail");
	return envelope_from_addresses(
		&delivery->arena, delivery->options, sender, recipient, &delivery->envelope, error);
}
