/*
 * Asks qmvc-open, the helper in the sandbox, what the objects are and what is inside: type,
 * description, the libraries an executable imports, the members of archives, which become objects
 * themselves and are asked for in their turn. The helper gets descriptors and gives back lines and
 * bytes; it is trusted with nothing: what it says is checked like mail, and all limits are kept
 * here. One that dies on an object is started anew for the others.
 */
#ifndef QMVC_OPEN_OPEN_H
#define QMVC_OPEN_OPEN_H

#include "control/limits.h"
#include "control/patterns.h"
#include "loop/loop.h"
#include "message/object.h"

struct open_request {
	struct loop *loop;
	const char *libexec; /* directory of qmvc-open */
	const char *tmp;     /* where large members go, as unlinked files */
	const struct limits *limits;
	bool types;   /* MIME types of objects; else only archives are opened */
	bool descriptions; /* and those, which take as long again */
	bool members; /* look into archives */
	bool all;     /* types also of objects settled as text */
	bool exact;   /* and of those settled as ordinary (ordinary.h): more hangs on the type than rules */
	bool named;   /* nothing but the types of objects that are OBJECT_NAMED */
	/*
	 * The types that rules ask for; NULL: all types matter. An object that libmagic gives none of them
	 * is OBJECT_UNTYPED then, unless it begins with a PATTERN_MAGIC of `shown` (may be NULL), which is
	 * told with its type.
	 */
	const struct patterns *rules, *shown;
};

/* How it went; each object's flags, mime, description and imports are filled in as far as known. */
enum open_outcome {
	OPEN_DONE = 0,
	OPEN_OVERLIMIT = 1, /* the helper died, was killed, ran out of time or talked nonsense: the
			       objects it could not answer for carry OBJECT_OVERLIMIT */
};

/*
 * Marks the objects whose bytes show the signature of an archive with OBJECT_CONTAINER. Returns
 * whether there is any.
 */
bool open_mark(struct objects *objects);

/*
 * Runs the loop until the helper has answered all or ended; one that has answered is killed, and
 * reaped by whoever runs the loop next, at the latest loop_free(). Returns an open_outcome, or a
 * negative errno with *error set when the helper could not be started, or ended before it was ready
 * to look at the mail: that is the environment's fault, not the mail's.
 */
int open_objects(const struct open_request *request, struct objects *objects, struct error *error);

#endif
