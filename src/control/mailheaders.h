/* The file `mailheaders`: which header fields must be there, and the +field rules. */
#ifndef QMVC_CONTROL_MAILHEADERS_H
#define QMVC_CONTROL_MAILHEADERS_H

#include "base/arena.h"
#include "base/error.h"

/* Codes of condition `errors`; they add up in the log (QMVC 1.7's numbers). */
enum mail_error {
	MAIL_ERROR_HEADER = 1,
	MAIL_ERROR_DATE = 2,
	MAIL_ERROR_TO = 4,
	MAIL_ERROR_MSGID = 8,
	MAIL_ERROR_FROM = 16,
	MAIL_ERROR_SUBJECT = 32,
	MAIL_ERROR_MIME = 64,
	MAIL_ERROR_FIELD = 128,
};

/* `+field=content`: met when the field is there and contains the text (ASCII case ignored). */
struct field_rule {
	struct slice field, content;
	unsigned line;
};

struct mailheaders {
	const char *path;
	unsigned wanted; /* the mail_error codes that are looked for */
	struct field_rule *fields;
	size_t field_count;
};

/* Returns 0, -EINVAL with *error set, -ENOMEM. */
int mailheaders_parse(struct arena *arena, struct slice text, const char *path,
	struct mailheaders *mailheaders, struct error *error);

#endif
