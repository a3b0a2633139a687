/* The mails that qmvcbench(8) has filtered: where they are, and a descriptor of each. */
#ifndef QMVC_PROGRAMS_BENCH_MAILS_H
#define QMVC_PROGRAMS_BENCH_MAILS_H

#include "base/arena.h"
#include "base/error.h"

#include <stdio.h>

/* A mail is a file, or a part of one. */
struct bench_message {
	const char *path;
	uint64_t offset, length;
	bool in_mbox; /* lines that begin with >From are to lose the > */
};

struct bench_mails {
	struct bench_message *list; /* owned */
	unsigned count, room;
	uint64_t left_out;  /* beyond BENCH_MAILS */
	struct arena arena; /* of the paths */
};

void bench_mails_release(struct bench_mails *mails);

/*
 * Adds what is at `path`: a Maildir (cur and new), a directory of mails, an mbox (it begins with
 * "From "), or one mail. In a directory files count that are not hidden and have something in them,
 * by their names; no link in it is followed. Returns 0, or a negative errno with *error set.
 */
int bench_mails_add(struct bench_mails *mails, const char *path, struct error *error);

/*
 * Makes `count` mails in `folder`, the same each time: text, HTML, attachments of 1 KB to 1 MB, and
 * in about one of twenty the EICAR test file (eicar.org), which every scanner finds. Returns 0, or a
 * negative errno with *error set.
 */
int bench_mails_generate(
	struct bench_mails *mails, const char *folder, unsigned count, struct error *error);

/*
 * A descriptor of the mail alone, at its start. With `fresh` other than 0 it is a copy like no other
 * before, see bench_fresh(); `tmp` is where copies are, without a name. The caller's, or a negative
 * errno with *error set.
 */
int bench_message_open(
	const struct bench_message *message, const char *tmp, uint64_t fresh, struct error *error);

/*
 * Writes the mail with a header field more, and each part of it with twelve blanks more at its end
 * that spell `number`, so that no scanner has seen any of it: they remember what they have seen by a
 * hash of all its bytes. Blanks because whatever finds the EICAR test file has to bear them. Errors
 * are those of `out`.
 */
void bench_fresh(struct slice mail, uint64_t number, FILE *out);

#endif
