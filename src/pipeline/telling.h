/*
 * Who is told of a stopped mail, and the telling: after the log line, so that what goes wrong here
 * changes nothing but qmvc.error.
 */
#ifndef QMVC_PIPELINE_TELLING_H
#define QMVC_PIPELINE_TELLING_H

#include "pipeline/delivery.h"
#include "react/notice.h"
#include "react/notify.h"

/* Who is to be told; addresses in the arena of the delivery. */
struct telling {
	bool notifies;			/* a condition that was met notifies */
	enum condition_id notify_for;	/* the first of them: notices speak of it */
	const char *recipient, *sender; /* NULL: not told */
	enum notify_why recipient_why, sender_why; /* why not, where the reaction is asked for */
	const char **guards;		/* NULL-terminated */
	unsigned generation;		/* how many notices lie behind this mail */
	const char *circling;		/* a guard who is not told, because there are too many; or NULL */
	const char *unfit;		/* a guard as written that this mail makes no address of, or NULL */
};

/* Looks at the decision and the filters. Returns 0 or -ENOMEM. */
int telling_plan(struct delivery *delivery, struct telling *telling);

/*
 * Sends what is planned, each once. Whatever fails is one line in qmvc.error; the mail's fate is
 * settled already. Never fails.
 */
void telling_send(struct delivery *delivery);

#endif
