/*
 * Releasing: a kept mail goes to its recipient after all, through qmail-queue, with a seal (seal.h)
 * by which the filter that kept it lets it pass.
 *
 * No Delivered-To is put on top: the mail is delivered to an address that has not had it, and with
 * that address's own line in it qmail-local would take it for a loop. The envelope sender is empty,
 * as of all that qmvc sends: should the copy not be deliverable either, it comes to the postmaster
 * as a double bounce, and not, with the virus, to whoever is named as its sender.
 *
 * It is marked when it is queued: who is killed between the two leaves a mail that can be released
 * twice, which is better than one that looks as if it had gone out.
 */
#ifndef QMVC_REACT_RELEASE_H
#define QMVC_REACT_RELEASE_H

#include "react/kept.h"
#include "react/submit.h"

enum release_outcome {
	RELEASE_DONE,
	RELEASE_ALREADY, /* and it was not asked for again */
	RELEASE_REFUSED, /* and would be again */
};

struct release_request {
	struct loop *loop;
	const struct profile *profile;
	struct slice to; /* empty: the recipient */
	bool again;	 /* also when it has been released */
};

/* To whom: `to`, else the recipient as the sender wrote it, to which qmail adds what it needs. */
struct slice release_address(const struct release_request *request, const struct kept *kept);

/*
 * Releases the mail in `dir`, which is taken, and marks it. Returns a release_outcome, or a
 * negative errno when it may work later; *error says why, also beside RELEASE_DONE where the mail
 * is queued and could not be marked.
 */
int release_mail(const struct release_request *request, const struct kept *kept, int dir,
	struct error *error);

#endif
