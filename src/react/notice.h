/*
 * Makes one mail of ours about a mail: to its recipient, its sender, or a guard. It is written from
 * the templates of each language of the profile (template.h), one text behind the other.
 */
#ifndef QMVC_REACT_NOTICE_H
#define QMVC_REACT_NOTICE_H

#include "control/profile.h"
#include "control/vocabulary.h"
#include "react/template.h"

/*
 * Says how many notices lie behind this one: 1 when it is about a stranger's mail, 2 when it is about
 * a notice that a filter stopped, and so on. Two filters whose guards stand behind each other's
 * would else write to each other for ever.
 */
#define NOTICE_FIELD	   "X-QMVC-Notice"
#define NOTICE_GENERATIONS 3

enum notice_kind {
	NOTICE_RECIPIENT, /* tpl/LANG/notify-recipient */
	NOTICE_SENDER,	  /* tpl/LANG/notify-sender */
	NOTICE_GUARD,	  /* tpl/LANG/inform-guard */
	NOTICE_KINDS
};

struct notice {
	enum notice_kind kind;
	const char *unique; /* for the Message-ID, of our own making */
	int64_t wall_ms;
	const char *from, *to;
	unsigned generation;	     /* see NOTICE_FIELD */
	enum condition_id condition; /* what the mail was stopped for: reason.CONDITION in `words` */
	bool kept;		     /* fate.kept or fate.dropped in `words` */
	const struct template_values *values; /* reason and fate are put in for each language */
};

/* Name of the template's file: "notify-recipient", ... */
const char *notice_file(enum notice_kind kind);

/*
 * Appends the mail to *out: RFC 5322, seven-bit, text/plain, Auto-Submitted (RFC 3834). Languages
 * are those of the control file `language`. Returns 0 or a negative errno with *error naming the
 * template at fault: missing (-ENOENT) or wrong (-EINVAL).
 */
int notice_write(const struct profile *profile, const char *const *languages,
	const struct notice *notice, struct buf *out, struct error *error);

/*
 * For `qmvc -t`: reads every template and `words` of the language. Returns 0 or a negative errno
 * with *error set.
 */
int notice_check(const struct profile *profile, const char *language, struct error *error);

#endif
