/*
 * Doubt about a reading: whether the parts we found are all that any mail program may find. Where
 * there is none, what was said of the parts holds for the mail as a whole.
 */
#ifndef QMVC_MESSAGE_DOUBT_H
#define QMVC_MESSAGE_DOUBT_H

#include "message/message.h"

/* May another mail program see parts in the mail that its reading has not? One pass over it. */
bool message_is_doubtful(const struct message *message);

/* Does a header field that encodes stand at the beginning of a line of this text? */
bool text_holds_mail(struct slice text);

#endif
