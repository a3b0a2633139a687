/*
 * The mail of blockvirussender(8) about the senders it has added.
 */
#ifndef QMVC_PROGRAMS_BLOCK_MAIL_H
#define QMVC_PROGRAMS_BLOCK_MAIL_H

#include "control/profile.h"
#include "programs/block_list.h"

/*
 * Mails what was added to each address (NULL behind the last). `me` is qmail's name of this host.
 * One that fails does not stop the others. Returns 0 or a negative errno with *error about the
 * first that failed.
 */
int block_mail(const struct profile *profile, const char *me, const struct block_list *list,
	char *const *addresses, struct error *error);

#endif
