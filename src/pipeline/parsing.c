/* Takes the message apart: the MIME tree, the objects, and the subject for log and record. */
#include "pipeline/delivery.h"

#include <errno.h>

/* The first Subject, decoded, for the log and the record. */
static int read_subject(struct delivery *delivery, struct error *error)
{
	const struct reading *reading = &delivery->message.reading;
	const struct header_field *field =
		reading->count > 0 ? header_find(&reading->parts[0].header, "subject", 0) : NULL;
	cleanup_buf struct buf text = {0};

	delivery->subject = "";
	if (!field)
		return 0;
	if (header_decode(field->value, &text))
		return error_set_errno(error, -ENOMEM, "cannot decode the subject");
	delivery->subject = arena_cstr(&delivery->arena, buf_slice(&text));
	return delivery->subject ? 0 : error_set_errno(error, -ENOMEM, "cannot keep the subject");
}

int delivery_parse(struct delivery *delivery, struct error *error)
{
	int result = message_read(
		&delivery->message, &delivery->control.limits, delivery->profile.tmp, error);

	if (result)
		return result;
	result = objects_make(&delivery->objects, &delivery->message);
	if (result)
		return error_set_errno(error, result, "cannot list the parts");
	return read_subject(delivery, error);
}
