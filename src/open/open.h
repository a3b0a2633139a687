/*
 * Asks qmvc-open, the helper in the sandbox, what the objects are: type, description, the libraries
 * an executable imports (and, with archives, what is inside). The helper gets descriptors and gives
 * back lines; it is trusted with nothing: what it says is checked like mail.
 */
#ifndef QMVC_OPEN_OPEN_H
#define QMVC_OPEN_OPEN_H

#include "control/limits.h"
#include "loop/loop.h"
#include "message/object.h"

struct open_request {
	struct loop *loop;
	const char *libexec; /* directory of qmvc-open */
	const struct limits *limits;
	bool all; /* also objects settled as text (noscantypes wants their types too) */
};

/* How it went; each object's flags, mime, description and imports are filled in as far as known. */
enum open_outcome {
	OPEN_DONE = 0,
	OPEN_OVERLIMIT = 1, /* the helper died, was killed, ran out of time or talked nonsense: the
			       objects it had not answered for carry OBJECT_OVERLIMIT */
};

/*
 * Runs the loop until the helper has ended. Returns an open_outcome, or a negative errno with
 * *error set when the helper could not be started, or ended before it was ready to look at the
 * mail: that is the environment's fault, not the mail's.
 */
int open_objects(const struct open_request *request, struct objects *objects, struct error *error);

#endif
