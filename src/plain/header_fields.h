/*
 * The fields of a mail that a text made of it keeps: as they stand where they are well formed,
 * written anew where they are not. What its sender put into a value never becomes a field of its
 * own.
 */
#ifndef QMVC_PLAIN_HEADER_FIELDS_H
#define QMVC_PLAIN_HEADER_FIELDS_H

#include "message/header.h"

struct header_defaults {
	struct slice sender; /* From, when there is none */
	struct slice host;   /* of a Message-ID, when there is none */
	const char *unique;
	int64_t now_ms; /* Date, when there is none */
};

/*
 * Appends From, To, Cc, Reply-To, Subject, Date, Message-ID, In-Reply-To and References, of each
 * the first, and before them every Delivered-To, without which mail could go round for ever.
 * Returns 0 or -ENOMEM.
 */
int header_fields_keep(
	const struct header *header, const struct header_defaults *defaults, struct buf *out);

#endif
