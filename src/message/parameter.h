/*
 * A structured field's value and its parameters, as they stand (RFC 2045 section 5.1, RFC 2183,
 * RFC 2231): Content-Type, Content-Disposition. Leniently: missing semicolons, blanks around "=",
 * commas for semicolons, unterminated quotes and comments are taken as most mail programs take
 * them; each parameter is kept, in order, duplicates too, so that a reading can choose.
 */
#ifndef QMVC_MESSAGE_PARAMETER_H
#define QMVC_MESSAGE_PARAMETER_H

#include "base/arena.h"

struct parameter {
	struct slice name;  /* lower case, without RFC 2231's "*N" and "*" */
	int section;	    /* RFC 2231 continuation number, -1 when none */
	bool extended;	    /* name ended in "*": value is charset'lang'percent-encoded, as it is */
	bool quoted;	    /* it stood in double quotes */
	struct slice value; /* comments and quotes taken off, quoted pairs resolved */
	struct slice raw;   /* as it stands between "=" and the next separator, trimmed */
};

struct parameters {
	struct slice value; /* before the first separator: "multipart/mixed", "attachment"; trimmed,
			       comments taken out, case as it stands */
	struct parameter *list;
	size_t count;
	bool untidy; /* something had to be guessed */
};

/* `field` is the raw field value (folds allowed). At most 1000 parameters. 0 or -ENOMEM. */
int parameters_parse(struct arena *arena, struct slice field, struct parameters *parameters);

#endif
