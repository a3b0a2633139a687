/*
 * The message on fd 0 as qmail-local gives it: a regular file that others will read after us. It is
 * mapped, never copied, and its offset is left alone. A pipe is drained into an unlinked file
 * first.
 */
#ifndef QMVC_MESSAGE_MESSAGE_H
#define QMVC_MESSAGE_MESSAGE_H

#include "message/reading.h"

struct message {
	int fd;		    /* borrowed when it is the caller's regular file, else our own file */
	bool fd_owned;
	struct slice bytes; /* all of it, mapped */
	struct reading reading; /* the principal reading */
};

/*
 * Maps what `fd` holds from its start (a pipe: what it gives until its end, into `tmp`). Pages are
 * asked for in order; a file that is cut short while we read would raise SIGBUS: qmail's queue
 * files are not. Returns 0 or a negative errno with *error set.
 */
int message_open(struct message *message, int fd, const char *tmp, struct error *error);

/* Reads it by the principal rules. As reading_read. */
int message_read(struct message *message, const struct limits *limits, const char *tmp,
	struct error *error);

void message_release(struct message *message);

#endif
