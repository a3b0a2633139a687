/*
 * Templates of the mail that qmvc writes: UTF-8 text with `%(name)` where a value goes, and `%%` for
 * a percent sign. Format: qmvc-templates(5).
 *
 *	Subject: Mail from %(sender) was not delivered
 *
 *	A mail to %(recipient) ...
 *
 * The first line is the subject, an empty line follows, then the text. A line in which every
 * variable is empty is left out, so that "File: %(file)" is not written when there is none.
 */
#ifndef QMVC_REACT_TEMPLATE_H
#define QMVC_REACT_TEMPLATE_H

#include "base/buf.h"
#include "base/error.h"

enum template_variable {
	TEMPLATE_RECIPIENT,
	TEMPLATE_SENDER,
	TEMPLATE_SUBJECT,
	TEMPLATE_DATE,
	TEMPLATE_ID,
	TEMPLATE_HOST,
	TEMPLATE_REASON,
	TEMPLATE_FOUND,
	TEMPLATE_FILE,
	TEMPLATE_SIZE,
	TEMPLATE_FATE,
	TEMPLATE_CONTACT,
	TEMPLATE_REPORT,
	TEMPLATE_VARIABLES
};

struct template_values {
	struct slice list[TEMPLATE_VARIABLES]; /* hostile; UTF-8 is hoped for */
};

struct template {
	struct slice subject, body; /* borrowed from the text */
};

/* Of a value, at most so many characters: in a subject, which is read in a list, and in a text. */
#define TEMPLATE_IN_SUBJECT 60
#define TEMPLATE_IN_TEXT    200

/*
 * Parts `text` of file `path` and looks at its variables; `report` may stand in it only `for_guards`.
 * Returns 0, or -EINVAL with *error set as "PATH:LINE: 'WORD': what": no subject, an unknown
 * variable, a single %, text that is no UTF-8.
 */
int template_parse(struct slice text, const char *path, bool for_guards, struct template *template,
	struct error *error);

/*
 * Appends `text` (a template's subject or body) with the values in it. Each value but the report
 * is one line of at most `most` characters: line ends and control characters become blanks, what is
 * seen nowhere or turns the reading direction and what is no UTF-8 U+FFFD, and what was cut ends in
 * U+2026. Failures are remembered in `out`.
 */
void template_expand(struct slice text, const struct template_values *values, size_t most,
	struct buf *out);

#endif
