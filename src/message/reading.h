/*
 * One plausible reading of a message. A message can be read in more than one way, and an attacker
 * counts on the filter reading it otherwise than the recipient does. So a reading is a thing of its
 * own: the rules that were followed where the text leaves a choice, and the parts that came of it.
 * Today there is one, the principal reading; others differ in their rules, not in the reader.
 */
#ifndef QMVC_MESSAGE_READING_H
#define QMVC_MESSAGE_READING_H

#include "base/error.h"
#include "control/limits.h"
#include "message/part.h"

/* Which of several values counts, for fields and for parameters. */
enum reading_choice {
	CHOOSE_FIRST,
	CHOOSE_LAST,
};

/* What a reading does where the standards leave, or mails make, a choice. */
struct reading_rules {
	const char *name;
	enum reading_choice content_type; /* duplicate Content-Type fields */
	enum reading_choice encoding;	  /* duplicate Content-Transfer-Encoding fields */
	enum reading_choice boundary;	  /* duplicate boundary parameters */
	bool guess_boundary;		  /* missing or unused: take the body's first delimiter */
	bool blocks_in_text;		  /* uuencode, yEnc and BinHex blocks in text are parts */
	bool decode_multipart;		  /* a transfer encoding on a multipart is undone */
};

/* The reading that most mail programs would agree on. */
extern const struct reading_rules reading_principal;

struct reading {
	const struct reading_rules *rules;
	struct arena arena;
	struct part *parts;
	size_t count, cap;
	unsigned flags;	   /* all parts' flags together */
	uint64_t decoded;  /* bytes decoded so far, against limits.bytes */
	uint64_t work;	   /* bytes looked at, so that nesting cannot multiply the cost */
};

/*
 * Reads `raw` by `rules`. `raw` must outlive the reading; large decoded parts go into unlinked
 * files in `tmp`. Never fails for what the mail contains: that becomes flags. Returns 0 or a
 * negative errno (memory, tmp) with *error set; the reading is to be released in any case.
 */
int reading_read(struct reading *reading, const struct reading_rules *rules, struct slice raw,
	const struct limits *limits, const char *tmp, struct error *error);

/* Closes, unmaps and frees everything; legal on a zeroed one. */
void reading_release(struct reading *reading);

#endif
